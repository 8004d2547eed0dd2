r"""Replace the usual commands of the package physics: brackets, vectors, derivatives, Dirac notation, matrices, words.

Source of their meaning: the documentation of physics. Names to which LaTeX or MathJax give another meaning (`\div`,
`\Re`, `\sin`) keep it, and short names that authors use for macros of their own (`\var`, `\op`) are not known.
"""

from __future__ import annotations

from collections.abc import Callable

from ..tex_tokens import Group, Node, Reader, TexError, is_char, source
from .plain import alias, template

BRACKETS = {
    "pqty": ("(", ")"),
    "bqty": ("[", "]"),
    "Bqty": (r"\lbrace", r"\rbrace"),
    "vqty": (r"\lvert", r"\rvert"),
    "abs": (r"\lvert", r"\rvert"),
    "absolutevalue": (r"\lvert", r"\rvert"),
    "norm": (r"\lVert", r"\rVert"),
}
ORDERS = {"order": r"\mathcal{O}"}
PAIRS = {
    "comm": ("[", "]"),
    "commutator": ("[", "]"),
    "acomm": (r"\lbrace", r"\rbrace"),
    "anticommutator": (r"\lbrace", r"\rbrace"),
    "poissonbracket": (r"\lbrace", r"\rbrace"),
}
SIGNS = {
    "vdot": r"\boldsymbol{\cdot}",
    "dotproduct": r"\boldsymbol{\cdot}",
    "cross": r"\boldsymbol{\times}",
    "crossproduct": r"\boldsymbol{\times}",
    "Tr": r"\operatorname{Tr}",
    "tr": r"\operatorname{tr}",
    "rank": r"\operatorname{rank}",
    "erf": r"\operatorname{erf}",
    "Res": r"\operatorname{Res}",
    "principalvalue": r"\mathcal{P}",
}
OPERATORS = {
    "grad": r"\boldsymbol{\nabla}",
    "gradient": r"\boldsymbol{\nabla}",
    "divergence": r"\boldsymbol{\nabla}\boldsymbol{\cdot}",
    "curl": r"\boldsymbol{\nabla}\boldsymbol{\times}",
    "laplacian": r"\nabla^{2}",
}
DERIVATIVES = {
    "dv": r"\mathrm{d}",
    "derivative": r"\mathrm{d}",
    "pdv": r"\partial ",
    "pderivative": r"\partial ",
    "partialderivative": r"\partial ",
    "fdv": r"\delta ",
    "functionalderivative": r"\delta ",
}
DIFFERENTIALS = {"dd": r"\mathrm{d}", "differential": r"\mathrm{d}", "variation": r"\delta "}
WORDS = {
    **{f"q{word}": word for word in ("if", "then", "else", "otherwise", "unless", "given", "using", "assume", "since")},
    **{f"q{word}": word for word in ("let", "for", "all", "even", "odd", "integer", "and", "or", "as", "in")},
    "qcc": "c.c.",
}
MATRICES = {"mqty": "", "matrixquantity": "", "pmqty": "p", "bmqty": "b", "Bmqty": "B", "vmqty": "v", "mdet": "v"}
SMALL = {
    "smqty": ("", ""),
    "spmqty": ("(", ")"),
    "sbmqty": ("[", "]"),
    "svmqty": (r"\lvert", r"\rvert"),
    "smdet": (r"\lvert", r"\rvert"),
}
OPENING = {"(": (")", "(", ")"), "[": ("]", "[", "]"), "|": ("|", r"\lvert", r"\rvert")}


def bracketed(left: str, right: str) -> Callable[[Reader, str], str]:
    r"""Return the function for `\abs{x}`, `\abs*{x}`, `\abs(x)` (delimiters that do not grow), `\norm\big{x}`."""

    def command(reader: Reader, name: str) -> str:
        star = reader.star()
        content = _inner(reader, name)
        return rf"{left} {content}{right} " if star else rf"\left{left} {content}\right{right} "

    return command


def _inner(reader: Reader, name: str) -> str:
    if isinstance(reader.peek(), Group):
        return source(reader.argument(name))
    return _delimited(reader) or source(reader.argument(name))


def _delimited(reader: Reader) -> str | None:
    """Take parentheses, brackets or bars that come next, and return their content; None if none come next.

    Raise TexError if they are never closed.
    """
    following = reader.peek()
    opening = next((char for char in OPENING if is_char(following, char)), None)
    if opening is None:
        return None
    reader.skip_spaces()
    reader.take()
    depth, inner = 1, list[Node]()
    while reader:
        node = reader.take()
        if is_char(node, OPENING[opening][0]):
            depth -= 1
            if depth == 0:
                return source(inner)
        elif is_char(node, opening):
            depth += 1
        inner.append(node)
    raise TexError(f"a {opening} is never closed")


def quantity(reader: Reader, name: str) -> str | None:
    r"""Replace `\qty(x)`, `\qty[x]`, `\qty|x|`, `\qty{x}` by content in delimiters that grow."""
    reader.star()
    following = reader.peek()
    for opening, (_, left, right) in OPENING.items():
        if is_char(following, opening):
            return rf"\left{left} {_delimited(reader)}\right{right} "
    return rf"\left\lbrace {source(reader.argument(name))}\right\rbrace "


def order(reader: Reader, name: str) -> str:
    r"""Replace `\order{x}`, `\order(x)`."""
    return rf"{ORDERS[name]}\!\left({_inner(reader, name)}\right)"


def pair(reader: Reader, name: str) -> str:
    r"""Replace `\comm{a}{b}` and other pairs in brackets."""
    reader.star()
    left, right = PAIRS[name]
    return rf"\left{left} {source(reader.argument(name))},{source(reader.argument(name))}\right{right} "


def evaluated(reader: Reader, name: str) -> str:
    r"""Replace `\eval{f}_a^b`, `\eval(f|_a^b`, `\eval[f|_a^b`."""
    reader.star()
    if isinstance(reader.peek(), Group):
        return rf"\left.{source(reader.argument(name))}\right\rvert "
    opening = next((char for char in "([" if is_char(reader.peek(), char)), None)
    if opening is None:
        raise TexError(f"\\{name} lacks what is to be evaluated")
    reader.skip_spaces()
    reader.take()
    inner: list[Node] = []
    while reader and not is_char(reader.rest[-1], "|"):
        inner.append(reader.take())
    if not reader:
        raise TexError(f"\\{name} lacks its bar")
    reader.take()
    return rf"\left{opening}{source(inner)}\right\rvert "


def vector(form: str, starred: str) -> Callable[[Reader, str], str]:
    r"""Return the function for `\vb{a}` and, bold and italic, `\vb*{a}`."""

    def command(reader: Reader, name: str) -> str:
        pattern = starred if reader.star() else form
        return pattern.replace("#1", source(reader.argument(name)))

    return command


def operator(reader: Reader, name: str) -> str:
    r"""Replace `\grad`, `\grad{f}`, `\grad(f)`."""
    sign = OPERATORS[name]
    if isinstance(reader.peek(), Group):
        return rf"{sign}{{{source(reader.argument(name))}}}"
    if any(is_char(reader.peek(), char) for char in "(["):
        opening = "(" if is_char(reader.peek(), "(") else "["
        return rf"{sign}\left{opening}{_delimited(reader)}\right{OPENING[opening][2]} "
    return f"{{{sign}}}"


def differential(reader: Reader, name: str) -> str:
    r"""Replace `\dd x`, `\dd{x}`, `\dd[3]{x}`, `\dd(x)`."""
    sign = DIFFERENTIALS[name]
    power = reader.optional()
    raised = rf"{sign}^{{{source(power)}}}" if power else sign
    if isinstance(reader.peek(), Group):
        return rf"\mathop{{}}\!{raised}{{{source(reader.argument(name))}}}"
    if is_char(reader.peek(), "("):
        return rf"\mathop{{}}\!{raised}\left({_delimited(reader)}\right)"
    return rf"{raised} "


def derivative(reader: Reader, name: str) -> str:
    r"""Replace `\dv{x}`, `\dv{f}{x}`, `\dv[n]{f}{x}`, `\dv{x}(f)`, `\dv*{f}{x}`.

    With two variables: `\pdv{f}{x}{y}`.
    """
    sign = DERIVATIVES[name]
    flat = reader.star()
    given = reader.optional()
    power = f"^{{{source(given)}}}" if given else ""
    arguments = [source(reader.argument(name))]
    most = 3 if sign == r"\partial " else 2
    while len(arguments) < most and isinstance(reader.rest[-1] if reader.rest else None, Group):
        arguments.append(source(reader.argument(name)))
    after = ""
    if len(arguments) == 1:
        function, variables = "", arguments
        if is_char(reader.peek(), "("):
            after = rf"\left({_delimited(reader)}\right)"
    else:
        function, *variables = arguments
    if len(variables) == 2 and not power:
        power = "^{2}"
        below = " ".join(f"{sign}{{{variable}}}" for variable in variables)
    else:
        below = (
            f"{sign}{{{variables[0]}}}{power}" if len(variables) == 1 else " ".join(f"{sign}{{{v}}}" for v in variables)
        )
    above = f"{sign}{power}{{{function}}}" if function else f"{sign}{power}"
    return (f"{above}/{below}" if flat else rf"\frac{{{above}}}{{{below}}}") + after


def braket(reader: Reader, name: str) -> str | None:
    r"""Replace `\braket{a}{b}`.

    Return None for `\braket` with one argument, which is the command of the package braket, `\braket{a|b}`.
    """
    star = reader.star()
    nodes = [node for node in reversed(reader.rest) if isinstance(node, Group) or node.kind != "space"][:2]
    if len(nodes) < 2 or not isinstance(nodes[0], Group) or not isinstance(nodes[1], Group):
        if star or name != "braket":
            return _ket(reader, name, r"\langle ", r"\middle| ", r"\rangle ", same=True)
        return None
    return _ket(reader, name, r"\langle ", r"\middle| ", r"\rangle ", same=False)


def outer(reader: Reader, name: str) -> str:
    r"""Replace `\ketbra{a}{b}`, `\dyad{a}`."""
    reader.star()
    first = source(reader.argument(name))
    second = source(reader.argument(name)) if isinstance(reader.peek(), Group) else first
    return rf"\left\lvert {first}\right\rangle\!\left\langle {second}\right\rvert "


def _ket(reader: Reader, name: str, left: str, middle: str, right: str, *, same: bool) -> str:
    first = source(reader.argument(name))
    second = first if same else source(reader.argument(name))
    return rf"\left{left}{first}{middle}{second}\right{right}"


def expectation(reader: Reader, name: str) -> str:
    r"""Replace `\ev{A}`, `\ev{A}{\psi}`."""
    reader.star()
    inner = source(reader.argument(name))
    if not isinstance(reader.peek(), Group):
        return rf"\left\langle {inner}\right\rangle "
    state = source(reader.argument(name))
    return rf"\left\langle {state}\middle| {inner}\middle| {state}\right\rangle "


def element(reader: Reader, name: str) -> str:
    r"""Replace `\mel{n}{A}{m}`."""
    reader.star()
    left, inner, right = (source(reader.argument(name)) for _ in range(3))
    return rf"\left\langle {left}\middle| {inner}\middle| {right}\right\rangle "


def word(reader: Reader, name: str) -> str:
    r"""Replace `\qq{text}`, `\qif`, `\qc` by text with a quad of space on both sides.

    After a star the space is only on the right.
    """
    left = "" if reader.star() else r"\quad "
    if name in ("qc", "qcomma"):
        return r",\quad "
    text = source(reader.argument(name)) if name in ("qq", "qqtext") else WORDS[name]
    return rf"{left}\text{{{text}}}\quad "


def matrix(reader: Reader, name: str) -> str:
    r"""Replace `\mqty{…}`, `\pmqty{…}`, `\smqty(…)` and the like."""
    if name in SMALL:
        left, right = SMALL[name]
        inner = rf"\begin{{smallmatrix}}{_table(reader, name)}\end{{smallmatrix}}"
        return rf"\left{left} {inner}\right{right} " if left else inner
    kind = MATRICES[name]
    following = reader.peek()
    if not kind:
        kind = next((kind for char, kind in (("(", "p"), ("[", "b"), ("|", "v")) if is_char(following, char)), "")
    return rf"\begin{{{kind}matrix}}{_table(reader, name)}\end{{{kind}matrix}}"


def _table(reader: Reader, name: str) -> str:
    return source(reader.argument(name)) if isinstance(reader.peek(), Group) else _delimited(reader) or ""


COMMANDS = {
    **{name: bracketed(left, right) for name, (left, right) in BRACKETS.items()},
    **{name: alias(f"{{{tex}}}" if "operatorname" not in tex else tex) for name, tex in SIGNS.items()},
    **dict.fromkeys(ORDERS, order),
    **dict.fromkeys(PAIRS, pair),
    **dict.fromkeys(OPERATORS, operator),
    **dict.fromkeys(DERIVATIVES, derivative),
    **dict.fromkeys(DIFFERENTIALS, differential),
    **dict.fromkeys(("eval", "evaluated"), evaluated),
    **dict.fromkeys(("vb", "vectorbold"), vector(r"\mathbf{#1}", r"\boldsymbol{#1}")),
    **dict.fromkeys(("va", "vectorarrow"), vector(r"\vec{\mathbf{#1}}", r"\vec{\boldsymbol{#1}}")),
    **dict.fromkeys(("vu", "vectorunit"), vector(r"\hat{\mathbf{#1}}", r"\hat{\boldsymbol{#1}}")),
    **dict.fromkeys(("ketbra", "dyad", "outerproduct"), outer),
    **dict.fromkeys(("braket", "innerproduct"), braket),
    **dict.fromkeys(("ev", "expval", "expectationvalue"), expectation),
    **dict.fromkeys(("mel", "matrixel", "matrixelement"), element),
    **dict.fromkeys(("qq", "qqtext", "qc", "qcomma", *WORDS), word),
    **dict.fromkeys((*MATRICES, *SMALL), matrix),
    "physicsqty": quantity,
    "flatfrac": template(r"{#1}/{#2}"),
}
