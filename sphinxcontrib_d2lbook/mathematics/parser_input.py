"""Prepare TeX of LaTeX and amsmath, as `amsmath_rewrite` returns it, for the parser.

Labels and tags are dropped, because the book gives the numbers. amsmath's numbered environments become inner ones
(``align`` -> ``aligned``), and mathematics inside ``\\text`` is moved out of it. What the parser has no command for is
carried through it as a group that begins with a marker (see `markers`).
"""

from __future__ import annotations

from . import formula_colours, markers
from .column_specifications import columns, with_columns
from .tex_tokens import Group, Node, Reader, TexError, Token, command, is_char, parse, source, split_lines, visible
from .text_in_formulas import PLAIN_TEXTS, TEXTS, as_text, has_dollar, split_dollars

# name -> (opening, closing, whether it takes {columns}); an optional [t] is dropped.
ENVIRONMENTS = {
    "align": (r"\begin{aligned}", r"\end{aligned}", False),
    "aligned": (r"\begin{aligned}", r"\end{aligned}", False),
    "split": (r"\begin{aligned}", r"\end{aligned}", False),
    "flalign": (r"\begin{aligned}", r"\end{aligned}", False),
    "alignat": ("{" + markers.tex(markers.PAIRS) + r"\begin{aligned}", r"\end{aligned}}", True),
    "alignedat": ("{" + markers.tex(markers.PAIRS) + r"\begin{aligned}", r"\end{aligned}}", True),
    "xalignat": (r"\begin{aligned}", r"\end{aligned}", True),
    "eqnarray": (r"\begin{array}{rcl}", r"\end{array}", False),
    "gather": (r"\begin{gathered}", r"\end{gathered}", False),
    "gathered": (r"\begin{gathered}", r"\end{gathered}", False),
    "multline": ("{" + markers.tex(markers.MULTLINE) + r"\begin{gathered}", r"\end{gathered}}", False),
    "multlined": ("{" + markers.tex(markers.MULTLINE) + r"\begin{gathered}", r"\end{gathered}}", False),
    "smallmatrix": ("{" + markers.tex(markers.SMALL) + r"\begin{matrix}", r"\end{matrix}}", False),
    "subarray": ("{" + markers.tex(markers.SMALL) + r"\begin{matrix}", r"\end{matrix}}", True),
    "subequations": ("{", "}", False),
    "equation": ("{", "}", False),
    "displaymath": ("{", "}", False),
    "math": ("{", "}", False),
}
DROPPED = {"nonumber", "notag", "allowbreak", "nobreak", "relax", "displaylimits", "noindent", "hfill",
           "hfil", "hfilneg", "break", "linebreak", "nolinebreak", "null"}  # fmt: skip
DROPPED_WITH_ARGUMENT = {"label", "tag", "require", "raisetag", "vspace", "leftroot", "uproot"}
WORDS_BETWEEN = {"intertext", "shortintertext"}
ANGLES = {"<": "langle", ">": "rangle", r"\lt": "langle", r"\gt": "rangle"}
DELIMITED = {"left", "right", "middle"} | {
    size + side for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "m", "r")
}
SIZES = {
    "tiny": 0.5, "scriptsize": 0.7, "footnotesize": 0.8, "small": 0.9, "normalsize": 1.0,
    "large": 1.2, "Large": 1.44, "LARGE": 1.73, "huge": 2.07, "Huge": 2.49,
}  # fmt: skip
SWITCHES = {"rm", "bf", "it", "sf", "tt", "cal", "displaystyle", "textstyle", "scriptstyle", "scriptscriptstyle"}
REFERENCES = {"ref", "eqref", "autoref", "cref", "Cref", "pageref", "cite"}
"""References, which the parser would show as question marks. Known targets were replaced by numbers before."""
SCHEMES = ("http", "https", "mailto", "ftp")
BOXES = {"mathrlap": markers.RLAP, "rlap": markers.RLAP, "mathllap": markers.LLAP, "llap": markers.LLAP,
         "mathclap": markers.CLAP, "clap": markers.CLAP, "smash": markers.SMASH}  # fmt: skip
ALIASES = {
    "dotsb": "cdots", "dotsm": "cdots", "dotsi": "cdots", "dotsc": "ldots", "dotso": "ldots",
    "operatornamewithlimits": "operatorname*",
}  # fmt: skip
BOLD_SCRIPT = 0x1D4D0
"""Code point of the bold calligraphic A."""
CHARACTERS = {
    "∅": r"\varnothing ", "√": r"\surd ", "Γ": r"\Gamma ", "Δ": r"\Delta ", "Θ": r"\Theta ", "Λ": r"\Lambda ",
    "Ξ": r"\Xi ", "Π": r"\Pi ", "Σ": r"\Sigma ", "Υ": r"\Upsilon ", "Φ": r"\Phi ", "Ψ": r"\Psi ", "Ω": r"\Omega ",
}  # fmt: skip
"""Characters that the parser knows only by their commands, or that it would set slanted."""


def prepare(nodes: tuple[Node, ...], *, display: bool) -> str:
    """Return the TeX to parse. Raise TexError if it cannot be prepared."""
    return _Preparer().whole(nodes, display=display)


def replace_forbidden_characters(tex: str) -> str:
    """Return ``tex`` without the characters that XML cannot contain, and without those that markers consist of."""
    return "".join(char if _allowed(char) else "\N{REPLACEMENT CHARACTER}" for char in tex)


def _allowed(char: str) -> bool:
    code = ord(char)
    return char in "\t\n\r" or (
        code >= 0x20 and not 0x7F <= code < 0xA0 and not 0xD800 <= code <= 0xF8FF and code & 0xFFFE != 0xFFFE
    )


class _Preparer:
    """Walk over nodes that writes the TeX for the parser."""

    def whole(self, nodes: tuple[Node, ...], *, display: bool) -> str:
        """Return the TeX of a whole formula, with line breaks outside environments as an environment."""
        lines = visible_lines(nodes, blank_lines=display)
        if len(lines) == 1 and not has_tab(lines[0]):
            return _trimmed(self.run(lines[0]))
        name = "aligned" if any(map(has_tab, lines)) else "gathered"
        return rf"\begin{{{name}}}" + r"\\ ".join(_trimmed(self.run(line)) for line in lines) + rf"\end{{{name}}}"

    def run(self, nodes: tuple[Node, ...]) -> str:
        """Return the TeX of nodes."""
        reader, out = Reader(nodes), list[str]()
        while reader:
            node = reader.take()
            if isinstance(node, Group):
                text = "{" + self.run(node.children) + "}"
            elif is_char(node, "^") or is_char(node, "_"):
                text = node.text + self.switched(reader)
            elif name := command(node):
                text = self.command(name, node, reader)
            else:
                text = " " if node.text.isspace() else CHARACTERS.get(node.text, node.text)
            if out and text and text[0].isascii() and _joins(text[0]) and out[-1][-1:].isalpha() and "\\" in out[-1]:
                out.append(" ")  # else the parser would take it as part of the name; it does so with a star too
            if text:
                out.append(text)
        return "".join(out)

    def command(self, name: str, node: Node, reader: Reader) -> str:
        """Return the TeX of a command, with the arguments that it takes."""
        if name in ("begin", "end"):
            return self.environment(name, reader)
        if name in DROPPED:
            return ""
        if name in DROPPED_WITH_ARGUMENT:
            reader.star()
            reader.argument(name)
            return ""
        if name in TEXTS:
            return self.text(name, reader.argument(name))
        if name in BOXES:
            reader.optional()
            return "{" + markers.tex(BOXES[name]) + "{" + self.run(reader.argument(name)) + "}}"
        if name == "substack":
            body = self.run(reader.argument(name))
            return "{" + markers.tex(markers.SMALL) + r"\begin{matrix}" + body + r"\end{matrix}}"
        if name == "rule":
            return self.rule(reader)
        if name == "ensuremath":
            return "{" + self.run(reader.argument(name)) + "}"
        if name in REFERENCES:
            raise TexError(f"\\{name} refers to nothing that is known here")
        if name == "mathop":
            return self.mathop(reader)
        if name == "operatorname":
            return r"\operatorname" + "*" * reader.star() + "{" + source(reader.argument(name)) + "}"
        if name in DELIMITED and isinstance(following := reader.peek(), Token) and following.text in ANGLES:
            reader.skip_spaces()
            reader.take()
            return rf"\{name}\{ANGLES[following.text]} "
        if name == "cfrac":
            return self.continued_fraction(reader)
        if name == "boldsymbol":
            return rf"\boldsymbol{{{self.run(bold_digits_and_script(reader.argument(name)))}}}"
        if name == "colorbox":
            model = reader.optional()
            colour = (f"[{source(model)}]" if model else "") + f"{{{source(reader.argument(name))}}}"
            shown = self.run(parse(rf"\textcolor{colour}{{x}}"))
            body = self.text("text", reader.argument(name))
            return "{" + markers.tex(markers.BACKGROUND) + f"{{{shown}}}{{{body}}}" + "}"
        if name in ("textcolor", "color"):
            return self.colour(name, reader)
        if name == "href":
            return self.link(reader)
        if name in WORDS_BETWEEN:
            words = self.text("text", reader.argument(name))
            return r"\\ & {" + markers.tex(markers.RLAP) + "{" + words + "}}" + r"\\"
        if name in SIZES:
            rest = tuple(reversed(reader.rest))
            reader.rest.clear()
            return "{" + markers.tex(markers.SIZE, SIZES[name]) + self.run(rest) + "}"
        if name in ("hspace", "mspace", "hskip", "kern", "mkern", "mskip"):
            reader.star()
        if name in ("hline", "hdashline") and command(reader.peek()) in ("hline", "hdashline"):
            return ""
        if name == "cancelto":
            value, struck = reader.argument(name), reader.argument(name)
            return rf"{{\cancel{{{self.run(struck)}}}}}^{{{self.run(value)}}}"
        if name == "\\":
            reader.star()
            return r"\\ " if reader.optional() is not None else r"\\"
        return "\\" + ALIASES.get(name, name)

    def switched(self, reader: Reader) -> str:
        r"""Return the script of `x^\rm{th}`, in which MathJax applies the switch to the group after it.

        Return "" if the next node is not such a switch.
        """
        if command(reader.peek()) not in SWITCHES:
            return ""
        reader.skip_spaces()
        switch = reader.take()
        return "{" + self.run((switch, Group(reader.argument(command(switch)), 0))) + "}"

    def environment(self, which: str, reader: Reader) -> str:
        r"""Return the TeX of a `\begin` or `\end`."""
        name = source(reader.argument(which)).strip()
        if which == "begin" and name in ("array", "darray"):
            return self.array(name, reader)
        opening, closing, columns = ENVIRONMENTS.get(name.removesuffix("*"), ("", "", False))
        if not opening:
            return rf"\{which}{{{name}}}"
        if which == "end":
            return closing
        if name not in ("equation", "displaymath", "math"):
            reader.optional()
        if columns:
            reader.argument(name)
        return opening

    def array(self, name: str, reader: Reader) -> str:
        """Return the beginning of an array with columns that the parser knows; other content moves into the cells."""
        reader.optional()
        read = columns(reader.argument(name))
        if any(cell != ("", "", False) for cell in read.cells):
            body = reader.until_end(name)
            reader.push(parse(r"\\".join(with_columns(line, read) for line in split_lines(body)) + rf"\end{{{name}}}"))
        return rf"\begin{{{name}}}{{{read.spec or 'c'}}}"

    def continued_fraction(self, reader: Reader) -> str:
        """Return a continued fraction without its `[l]` or `[r]`, which the parser does not know.

        A numerator that is narrower than the denominator is moved to that side.
        """
        side = source(reader.optional() or ()).strip()
        above, below = (self.run(reader.argument("cfrac")) for _ in range(2))
        if side in ("l", "r") and len(above) < len(below):
            room = rf"\hphantom{{{below}}}"
            lapped = "{" + markers.tex(markers.RLAP if side == "l" else markers.LLAP) + "{" + above + "}}"
            above = lapped + room if side == "l" else room + lapped
        return rf"\cfrac{{{above}}}{{{below}}}"

    def colour(self, name: str, reader: Reader) -> str:
        """Return coloured content, with colours that are not names of the parser's as red, green and blue."""
        model = source(reader.optional() or ()).strip()
        colour = source(reader.argument(name)).strip()
        if not model and not (colour := formula_colours.known_by_name(named := colour)):
            return rf"\{name}{{{named}}}"
        if name == "textcolor":
            content = self.run(reader.argument(name))
        else:
            rest = tuple(reversed(reader.rest))
            reader.rest.clear()
            content = self.run(rest)
        return "{" + markers.tex(markers.COLOUR, *formula_colours.rgb(model or "HTML", colour)) + f"{{{content}}}" + "}"

    def link(self, reader: Reader) -> str:
        """Return a marker for a link. Raise TexError if the scheme of the address is not allowed."""
        address = source(reader.argument("href")).replace("\\", "").strip()
        scheme, colon, _ = address.partition(":")
        if colon and "/" not in scheme and "#" not in scheme and scheme.lower() not in SCHEMES:
            raise TexError(f"\\href has an address that begins with {scheme}:, which is not allowed in a book")
        body = self.run(reader.argument("href"))
        return "{" + markers.tex(markers.LINK) + rf"\text{{{address.encode().hex()}}}" + "{" + body + "}}"

    def text(self, name: str, nodes: tuple[Node, ...]) -> str:
        r"""Return the TeX of the argument of a `\text`."""
        pieces = self.pieces("text" if name in PLAIN_TEXTS else name, nodes)
        return pieces[0] if len(pieces) == 1 else "{" + "".join(pieces) + "}"

    def pieces(self, wrapper: str, nodes: tuple[Node, ...]) -> list[str]:
        """Return text and the mathematics in it as separate pieces, because the parser reads no mathematics in text."""
        parts = split_dollars(nodes)
        if len(parts) == 1 and not any(has_dollar(node) for node in nodes):
            return [rf"\{wrapper}{{{as_text(parts[0], wrapper)}}}"]
        out: list[str] = []
        for odd, part in enumerate(parts):
            if odd % 2:
                out.append("{" + self.run(part) + "}")
                continue
            reader, plain = Reader(part), list[Node]()
            while reader:
                node = reader.take()
                name = command(node)
                inner = reader.peek() if name in TEXTS else node
                if not isinstance(inner, Group) or not has_dollar(inner):
                    plain.append(node)
                    continue
                if plain:
                    out.append(rf"\{wrapper}{{{as_text(tuple(plain), wrapper)}}}")
                plain = []
                kind = name if name in TEXTS and name not in PLAIN_TEXTS else wrapper
                out += self.pieces(kind, reader.argument(name) if name in TEXTS else inner.children)
            if plain:
                out.append(rf"\{wrapper}{{{as_text(tuple(plain), wrapper)}}}")
        return out

    def rule(self, reader: Reader) -> str:
        r"""Return a marker for a `\rule`."""
        reader.optional()
        width, height = (source(reader.argument("rule")) for _ in range(2))
        return "{" + markers.tex(markers.RULE, markers.length(width), markers.length(height)) + "{}}"

    def mathop(self, reader: Reader) -> str:
        r"""Return a marker for a `\mathop`, with its `\limits`."""
        body = "{" + self.run(reader.argument("mathop")) + "}"
        marker = {"limits": markers.LIMITS, "nolimits": markers.SCRIPTS}.get(command(reader.peek()))
        if marker:
            reader.skip_spaces()
            reader.take()
        return "{" + markers.tex(marker or markers.OPERATOR) + body + "}"


def bold_digits_and_script(nodes: tuple[Node, ...]) -> tuple[Node, ...]:
    r"""Return the argument of a `\boldsymbol` with bold digits and script letters, which the parser leaves thin."""
    reader, out = Reader(nodes), list[Node]()
    while reader:
        node = reader.take()
        if isinstance(node, Group):
            out.append(Group(bold_digits_and_script(node.children), node.at))
        elif node.kind == "char" and node.text.isascii() and node.text.isdigit():
            digits: list[Node] = [node]
            while reader and isinstance(following := reader.rest[-1], Token) and following.text.isdigit():
                digits.append(reader.take())
            out += [Token("command", r"\mathbf", node.at), Group(tuple(digits), node.at)]
        elif command(node) == "mathcal":
            letters = source(reader.argument("mathcal")).strip()
            bold = "".join(chr(BOLD_SCRIPT + ord(char) - ord("A")) if "A" <= char <= "Z" else char for char in letters)
            out += parse(bold)
        else:
            out.append(node)
    return tuple(out)


def visible_lines(nodes: tuple[Node, ...], *, blank_lines: bool) -> list[tuple[Node, ...]]:
    """Return the nodes between line breaks outside all groups and environments, without empty lines."""
    lines = split_lines(nodes, blank_lines=blank_lines)
    return [line for line in lines if any(visible(node) for node in line)] or [()]


def _trimmed(tex: str) -> str:
    r"""Return TeX without spaces around it, but with the space of a `\ ` at the end."""
    return tex.lstrip() if tex.endswith("\\ ") else tex.strip()


def has_tab(nodes: tuple[Node, ...]) -> bool:
    """Return whether nodes have an `&` outside all groups and environments."""
    depth = 0
    for node in nodes:
        depth += {"begin": 1, "end": -1}.get(command(node), 0)
        if depth == 0 and is_char(node, "&"):
            return True
    return False


def _joins(char: str) -> bool:
    """Return whether the parser would take a character as part of the name of a command before it."""
    return char.isalpha() or char == "*"
