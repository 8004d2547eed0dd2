"""TeX as authors write it -> the TeX that both parsers know.

Macros are expanded; labels and tags, which are the book's to give, are dropped; amsmath's numbered environments
become the inner ones (``align`` -> ``aligned``); mathematics inside ``\\text`` comes out of it. What the parsers have
no word for is carried through them as a group that begins with a marker (see ``markers``).
"""

from __future__ import annotations

from collections.abc import Mapping

from sphinxcontrib_d2lbook.mathematics import markers
from sphinxcontrib_d2lbook.mathematics.tex import (
    Group,
    Node,
    Reader,
    TexError,
    Token,
    command,
    is_char,
    parse,
    source,
    split_lines,
)

MOST_EXPANSIONS = 1000

# (opening, closing, takes {columns}); an optional [t] is dropped.
ENVIRONMENTS = {
    "align": (r"\begin{aligned}", r"\end{aligned}", False),
    "aligned": (r"\begin{aligned}", r"\end{aligned}", False),
    "split": (r"\begin{aligned}", r"\end{aligned}", False),
    "flalign": (r"\begin{aligned}", r"\end{aligned}", False),
    "alignat": (r"\begin{aligned}", r"\end{aligned}", True),
    "alignedat": (r"\begin{aligned}", r"\end{aligned}", True),
    "xalignat": (r"\begin{aligned}", r"\end{aligned}", True),
    "eqnarray": (r"\begin{array}{rcl}", r"\end{array}", False),
    "gather": (r"\begin{gathered}", r"\end{gathered}", False),
    "gathered": (r"\begin{gathered}", r"\end{gathered}", False),
    "multline": ("{" + markers.tex(markers.MULTLINE) + r"\begin{gathered}", r"\end{gathered}}", False),
    "multlined": ("{" + markers.tex(markers.MULTLINE) + r"\begin{gathered}", r"\end{gathered}}", False),
    "smallmatrix": ("{" + markers.tex(markers.SMALL) + r"\begin{matrix}", r"\end{matrix}}", False),
    "subarray": ("{" + markers.tex(markers.SMALL) + r"\begin{matrix}", r"\end{matrix}}", True),
    "equation": ("{", "}", False),
    "displaymath": ("{", "}", False),
    "math": ("{", "}", False),
}
TEXTS = {"text", "mbox", "hbox", "textrm", "textnormal", "textup", "textbf", "textit", "textsf", "texttt"}
PLAIN_TEXTS = {"mbox", "hbox", "textnormal", "textup"}
DROPPED = {"nonumber", "notag", "allowbreak", "nobreak", "relax", "displaylimits", "noindent", "hfill"}
DROPPED_WITH_ARGUMENT = {"label", "tag", "require", "intertext", "raisetag"}
BOXES = {"mathrlap": markers.RLAP, "rlap": markers.RLAP, "mathllap": markers.LLAP, "llap": markers.LLAP,
         "mathclap": markers.CLAP, "clap": markers.CLAP, "smash": markers.SMASH}  # fmt: skip
ALIASES = {
    "dotsb": "cdots", "dotsm": "cdots", "dotsi": "cdots", "dotsc": "ldots", "dotso": "ldots", "bold": "mathbf",
    "operatornamewithlimits": "operatorname*",
}  # fmt: skip


def prepare(tex: str, *, display: bool, macros: Mapping[str, tuple[str, int]]) -> str:
    """The TeX to parse. Raises TexError."""
    work = _Preparer(macros)
    return work.whole(parse(clean(tex)), display=display)


def clean(tex: str) -> str:
    """``tex`` without the characters that XML cannot hold, and without those that markers are made of."""
    return "".join(char if _allowed(char) else "\N{REPLACEMENT CHARACTER}" for char in tex)


def _allowed(char: str) -> bool:
    code = ord(char)
    return char in "\t\n\r" or (
        code >= 0x20 and not 0x7F <= code < 0xA0 and not 0xD800 <= code <= 0xF8FF and code & 0xFFFE != 0xFFFE
    )


class _Preparer:
    def __init__(self, macros: Mapping[str, tuple[str, int]]) -> None:
        self.macros = macros
        self.expansions = 0

    def whole(self, nodes: tuple[Node, ...], *, display: bool) -> str:
        lines = visible_lines(nodes, blank_lines=display)
        if len(lines) == 1 and not has_tab(lines[0]):
            return self.run(lines[0]).strip()
        name = "aligned" if any(map(has_tab, lines)) else "gathered"
        return rf"\begin{{{name}}}" + r"\\ ".join(self.run(line).strip() for line in lines) + rf"\end{{{name}}}"

    def run(self, nodes: tuple[Node, ...]) -> str:
        reader, out = Reader(nodes), list[str]()
        while reader:
            node = reader.take()
            if isinstance(node, Group):
                text = "{" + self.run(node.children) + "}"
            elif name := command(node):
                text = self.command(name, node, reader)
            else:
                text = " " if node.text.isspace() else node.text
            if out and text[:1].isascii() and text[:1].isalpha() and out[-1][-1:].isalpha() and "\\" in out[-1]:
                out.append(" ")
            if text:
                out.append(text)
        return "".join(out)

    def command(self, name: str, node: Node, reader: Reader) -> str:
        if name in self.macros:
            reader.push(self.expanded(name, reader))
            return ""
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
        if name == "mathop":
            return self.mathop(reader)
        if name == "\\":
            reader.star()
            return r"\\ " if reader.optional() is not None else r"\\"
        return "\\" + ALIASES.get(name, name)

    def expanded(self, name: str, reader: Reader) -> tuple[Node, ...]:
        self.expansions += 1
        if self.expansions > MOST_EXPANSIONS:
            raise TexError(f"the macro \\{name} never ends: it was expanded {MOST_EXPANSIONS} times")
        body, count = self.macros[name]
        arguments = [reader.argument(name) for _ in range(count)]
        return _filled(parse(clean(body)), arguments)

    def environment(self, which: str, reader: Reader) -> str:
        name = source(reader.argument(which)).strip()
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

    def text(self, name: str, nodes: tuple[Node, ...]) -> str:
        wrapper = "text" if name in PLAIN_TEXTS else name
        parts = _split_dollars(nodes)
        if len(parts) == 1:
            return rf"\{wrapper}{{{_text(parts[0])}}}"
        out = [
            "{" + self.run(part) + "}" if odd % 2 else rf"\{wrapper}{{{_text(part)}}}"
            for odd, part in enumerate(parts)
            if part
        ]
        return "{" + "".join(out) + "}"

    def rule(self, reader: Reader) -> str:
        reader.optional()
        width, height = (source(reader.argument("rule")) for _ in range(2))
        return "{" + markers.tex(markers.RULE, markers.length(width), markers.length(height)) + "{}}"

    def mathop(self, reader: Reader) -> str:
        body = "{" + self.run(reader.argument("mathop")) + "}"
        limits = command(reader.peek()) == "limits"
        if limits or command(reader.peek()) == "nolimits":
            reader.skip_spaces()
            reader.take()
        return "{" + markers.tex(markers.LIMITS if limits else markers.OPERATOR) + body + "}"


def _filled(nodes: tuple[Node, ...], arguments: list[tuple[Node, ...]]) -> tuple[Node, ...]:
    """A macro's body with #1 … #9 replaced; an argument stays a group, as scripts on it expect."""
    out: list[Node] = []
    reader = Reader(nodes)
    while reader:
        node = reader.take()
        if isinstance(node, Group):
            out.append(Group(_filled(node.children, arguments), node.at))
        elif is_char(node, "#") and reader and isinstance(following := reader.rest[-1], Token):
            number = int(following.text) if following.text in set("123456789") else 0
            if not 0 < number <= len(arguments):
                raise TexError("a macro uses an argument that it does not take")
            reader.take()
            out.extend(arguments[number - 1])
        else:
            out.append(node)
    return tuple(out)


def visible_lines(nodes: tuple[Node, ...], *, blank_lines: bool) -> list[tuple[Node, ...]]:
    """What stands between the line breaks outside all groups and environments, without lines of nothing."""
    lines = split_lines(nodes, blank_lines=blank_lines)
    return [line for line in lines if any(_visible(node) for node in line)] or [()]


def _visible(node: Node) -> bool:
    return isinstance(node, Group) or node.kind != "space"


def has_tab(nodes: tuple[Node, ...]) -> bool:
    depth = 0
    for node in nodes:
        depth += {"begin": 1, "end": -1}.get(command(node), 0)
        if depth == 0 and is_char(node, "&"):
            return True
    return False


def _split_dollars(nodes: tuple[Node, ...]) -> list[tuple[Node, ...]]:
    """Text, mathematics, text, …: what stands between ``$`` or ``\\(`` and ``\\)``."""
    parts: list[list[Node]] = [[]]
    for node in nodes:
        if is_char(node, "$") or command(node) in ("(", ")"):
            parts.append([])
        else:
            parts[-1].append(node)
    if len(parts) % 2 == 0:
        raise TexError("a dollar inside \\text is never closed")
    return [tuple(part) for part in parts]


def _text(nodes: tuple[Node, ...]) -> str:
    return source(Token("space", " ", 0) if isinstance(n, Token) and n.kind == "space" else n for n in nodes)
