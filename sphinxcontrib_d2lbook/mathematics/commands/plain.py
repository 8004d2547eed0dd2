r"""Replace commands of plain TeX, MathJax, mathtools and a few more packages."""

from __future__ import annotations

from collections.abc import Callable

from ..tex_tokens import Group, Node, Reader, TexError, Token, command, is_char, source, split_cells, split_lines

ACCENTS = ("acute", "bar", "breve", "check", "ddot", "dot", "grave", "hat", "tilde", "vec")
ALIASES = {
    "adots": r"\iddots ",
    "And": r"\mathbin{\&}",
    "angstrom": r"\unicode{xc5}",
    "celsius": r"{}^{\circ}\mathrm{C}",
    "centerdot": r"\mathbin{\unicode{x22c5}}",
    "cr": r"\\",
    "degree": r"{}^{\circ}",
    "injlim": r"\operatorname*{inj\,lim}",
    "intop": r"\int\limits ",
    "mathellipsis": r"\ldots ",
    "mathstrut": r"\vphantom{(}",
    "ointop": r"\oint\limits ",
    "ohm": r"\mathrm{\Omega}",
    "plim": r"\operatorname*{plim}",
    "slash": "/",
    "smallsetminus": r"\setminus ",
    "projlim": r"\operatorname*{proj\,lim}",
    "strut": r"\vphantom{(}",
    "tabularnewline": r"\\",
    "textellipsis": r"\ldots ",
    "thickapprox": r"\approx ",
    "thicksim": r"\sim ",
    "varinjlim": r"\mathop{\underrightarrow{\mathrm{lim}}}",
    "varliminf": r"\mathop{\underline{\mathrm{lim}}}",
    "varlimsup": r"\mathop{\overline{\mathrm{lim}}}",
    "varprojlim": r"\mathop{\underleftarrow{\mathrm{lim}}}",
    "varpropto": r"\propto ",
    # Accents of amsmath, which differ only under further accents.
    **{name.capitalize(): f"\\{name} " for name in ACCENTS},
}
"""Commands without arguments."""

TEMPLATES = {
    "Bbb": r"\mathbb{#1}",
    "bm": r"\boldsymbol{#1}",
    "bold": r"\mathbf{#1}",
    "class": r"{#2}",
    "cssId": r"{#2}",
    "fbox": r"\boxed{\text{#1}}",
    "fcolorbox": r"\boxed{\colorbox{#2}{#3}}",
    "flatfrac": r"{#1}/{#2}",
    "frak": r"\mathfrak{#1}",
    "mathbbm": r"\mathbb{#1}",
    "mathds": r"\mathbb{#1}",
    "mathnormal": r"{#1}",
    "mathup": r"\mathrm{#1}",
    "nicefrac": r"{}^{#1}\!/{}_{#2}",
    "overunderset": r"\overset{#1}{\underset{#2}{#3}}",
    "pmb": r"\boldsymbol{#1}",
    "sfrac": r"{}^{#1}\!/{}_{#2}",
    "symbf": r"\mathbf{#1}",
    "symit": r"\mathit{#1}",
    "symup": r"\mathrm{#1}",
    "texorpdfstring": r"{#1}",
    "textmd": r"\text{#1}",
    "textsl": r"\textit{#1}",
    "textsubscript": r"{}_{\text{#1}}",
    "textsuperscript": r"{}^{\text{#1}}",
    "underoverset": r"\overset{#2}{\underset{#1}{#3}}",
    "url": r"\texttt{#1}",
    "vcenter": r"{#1}",
}
"""Commands with arguments in braces, as many as the template refers to."""

GREEK = (
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega", "Gamma", "Delta", "Theta", "Lambda", "Xi",
    "Pi", "Sigma", "Upsilon", "Phi", "Psi", "Omega",
)  # fmt: skip
"""Letters that upgreek sets upright: `\\upmu`."""
ENVIRONMENT_OF = {
    "matrix": "matrix",
    "pmatrix": "pmatrix",
    "cases": "cases",
    "eqalign": "aligned",
    "displaylines": "gathered",
}
"""Commands of plain TeX whose argument is a table -> the equivalent environments."""
SMALL_FENCES = {"psmallmatrix": "()", "bsmallmatrix": "[]", "vsmallmatrix": "||"}
FENCES = {"matrix": "..", "pmatrix": "()", "bmatrix": "[]", "vmatrix": "||"}
BRACES = {"Bmatrix": (r"\lbrace", r"\rbrace"), "Vmatrix": (r"\lVert", r"\rVert")}


def template(tex: str) -> Callable[[Reader, str], str]:
    """Return a command that fills its arguments into ``tex``."""
    count = max(int(digit) for digit in "123456789" if f"#{digit}" in tex)

    def filled(reader: Reader, name: str) -> str:
        arguments = [source(reader.argument(name)) for _ in range(count)]
        result = tex
        for number in range(count, 0, -1):
            result = result.replace(f"#{number}", f"\0{number}\0")
        for number, argument in enumerate(arguments, start=1):
            result = result.replace(f"\0{number}\0", argument)
        return result

    return filled


def alias(tex: str) -> Callable[[Reader, str], str]:
    """Return a command that takes no arguments and is replaced by ``tex``."""
    return lambda _reader, _name: tex


def table_in_braces(reader: Reader, name: str) -> str | None:
    r"""Replace `\pmatrix{a & b \cr c & d}`. Return None if no group follows the command."""
    if not isinstance(reader.peek(), Group):
        return None
    environment = ENVIRONMENT_OF[name]
    return rf"\begin{{{environment}}}{source(reader.argument(name))}\end{{{environment}}}"


def _until(reader: Reader, end: str, name: str) -> str:
    """Take everything up to the command ``end``, and return the source before it. Raise TexError if it is missing."""
    before: list[Node] = []
    while reader and command(reader.rest[-1]) != end:
        before.append(reader.take())
    if not reader:
        raise TexError(rf"\{name} lacks its \{end}")
    reader.take()
    return source(before)


def buildrel(reader: Reader, name: str) -> str:
    r"""Replace `\buildrel a \over b`: ``a`` over the relation ``b``."""
    above = _until(reader, "over", name)
    return rf"\mathrel{{\overset{{{above}}}{{{source(reader.argument(name))}}}}}"


def root(reader: Reader, name: str) -> str:
    r"""Replace `\root 3 \of x`."""
    index = _until(reader, "of", name).strip()
    return rf"\sqrt[{index}]{{{source(reader.argument(name))}}}"


def bbox(reader: Reader, name: str) -> str:
    r"""Replace MathJax's `\bbox[yellow, 2pt, border: 1px solid]{x}` by its content, with its colour and border."""
    options = [part.strip() for part in source(reader.optional() or ()).split(",")]
    content = source(reader.argument(name))
    colour = next((part for part in options if part.isalpha() or (part.startswith("#") and part[1:].isalnum())), "")
    if colour:
        content = rf"\colorbox{{{colour}}}{{\(\displaystyle {content}\)}}"
    return rf"\boxed{{{content}}}" if any("border" in part for part in options) else f"{{{content}}}"


def unicode(reader: Reader, name: str) -> str:
    r"""Replace MathJax's `\unicode{x263a}` and `\unicode{9786}`."""
    reader.optional()
    digits = source(reader.argument(name)).strip().lower()
    try:
        return f"{{{chr(int(digits[1:], 16) if digits.startswith('x') else int(digits))}}}"
    except (ValueError, OverflowError):
        raise TexError(f"\\unicode{{{digits}}} is not a character") from None


def dots_for(reader: Reader, name: str) -> str:
    r"""Replace amsmath's `\hdotsfor{3}` by dots in as many cells."""
    reader.optional()
    count = source(reader.argument(name)).strip()
    if not count.isdecimal() or not 0 < int(count) < 100:
        raise TexError(f"\\hdotsfor takes a number of columns, not {count!r}")
    return " & ".join([r"\dots "] * int(count))


def smash_operator(reader: Reader, name: str) -> str:
    r"""Replace mathtools' `\smashoperator[l]{\sum_{…}}` by the operator."""
    reader.optional()
    return source(reader.argument(name))


def set_length(reader: Reader, name: str) -> str:
    r"""Drop `\setlength{\arraycolsep}{2pt}`, which only changes a space."""
    reader.argument(name)
    reader.argument(name)
    return ""


def length_of_columns(reader: Reader, name: str) -> str:
    r"""Drop `\arraycolsep=1.4pt`, which only changes a space."""
    if is_char(reader.peek(), "="):
        reader.skip_spaces()
        reader.take()
        reader.skip_spaces()
        while reader and isinstance(node := reader.rest[-1], Token) and (node.text.isdigit() or node.text in ".-"):
            reader.take()
        for _ in range(2):  # a unit has two letters
            if reader and isinstance(node := reader.rest[-1], Token) and node.text.isalpha():
                reader.take()
    return ""


def matrix_with_sides(delimiters: tuple[str, str], name: str) -> Callable[[Reader], str]:
    """Return the function for mathtools' `pmatrix*` and the like, whose columns may be aligned to one side."""

    def environment(reader: Reader) -> str:
        reader.argument("begin")
        side = source(reader.optional() or ()).strip() or "c"
        body = reader.until_end(name)
        width = max(len(split_cells(line)) for line in split_lines(body))
        inner = rf"\begin{{array}}{{{side * width}}}{source(body)}\end{{array}}"
        return inner if delimiters == (".", ".") else rf"\left{delimiters[0]}{inner}\right{delimiters[1]}"

    return environment


def small_matrix(ends: str, name: str) -> Callable[[Reader], str]:
    """Return the function for mathtools' `psmallmatrix` and the like."""

    def environment(reader: Reader) -> str:
        reader.argument("begin")
        body = source(reader.until_end(name))
        return rf"\left{ends[0]}\begin{{smallmatrix}}{body}\end{{smallmatrix}}\right{ends[1]}"

    return environment


def cases_with_text(reader: Reader) -> str:
    """Replace mathtools' `cases*` and `dcases*`, whose second column is text."""
    name = source(reader.argument("begin"))
    lines = []
    for line in split_lines(reader.until_end(name)):
        first, *rest = split_cells(line)
        lines.append("&".join([source(first), *(rf"\text{{{source(cell).strip()}}}" for cell in rest)]))
    plain = name.removesuffix("*")
    return rf"\begin{{{plain}}}" + r"\\".join(lines) + rf"\end{{{plain}}}"


def ieee(reader: Reader) -> str:
    """Replace IEEEtrantools' `IEEEeqnarray{rCl}`."""
    name = source(reader.argument("begin"))
    reader.optional()
    columns = "".join(char for char in source(reader.argument(name)).lower() if char in "lcr")
    return rf"\begin{{array}}{{{columns}}}{source(reader.until_end(name))}\end{{array}}"


COMMANDS = {
    **{name: alias(tex) for name, tex in ALIASES.items()},
    **{f"var{letter}": alias(rf"\mathit{{\{letter}}}") for letter in GREEK if letter.istitle()},
    **{f"up{letter}": alias(rf"\mathrm{{\{letter}}}") for letter in GREEK},
    **{name: template(tex) for name, tex in TEMPLATES.items()},
    **dict.fromkeys(ENVIRONMENT_OF, table_in_braces),
    "arraycolsep": length_of_columns,
    "bbox": bbox,
    "buildrel": buildrel,
    "hdotsfor": dots_for,
    "root": root,
    "setlength": set_length,
    "smashoperator": smash_operator,
    "unicode": unicode,
}
ENVIRONMENTS = {
    **{f"{name}*": matrix_with_sides((ends[0], ends[1]), f"{name}*") for name, ends in FENCES.items()},
    **{f"{name}*": matrix_with_sides(ends, f"{name}*") for name, ends in BRACES.items()},
    **{name: small_matrix(ends, name) for name, ends in SMALL_FENCES.items()},
    **dict.fromkeys(("cases*", "dcases*"), cases_with_text),
    **dict.fromkeys(("IEEEeqnarray", "IEEEeqnarray*"), ieee),
}
