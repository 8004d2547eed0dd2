r"""Read column specifications of arrays: `@{}ccc|c@{}`, `*{3}{r}`, `l p{3cm}`, `>{\bf}c`.

The parser knows `l`, `c`, `r`, `|` and `:`. Widths are dropped, and so are spaces between columns (`@{}`, `!{}`), since
outputs choose both themselves. Other content between columns moves into the cells beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .tex_tokens import Group, Node, Reader, TexError, Token, command, source, split_cells, visible
from .text_in_formulas import split_dollars

SIDES = {"l": "l", "c": "c", "r": "r", "p": "l", "m": "l", "b": "l", "X": "l", "w": "", "W": ""}
TEXT = frozenset("pmbX")
"""Types of columns whose cells are paragraphs of text."""
MOST_REPEATED = 100
TEXT_COMMANDS = (r"\text", r"\ ", r"\%", r"\&", r"\#")


@dataclass
class Columns:
    """Columns that a specification describes."""

    spec: str = ""
    """Specification reduced to `l`, `c`, `r`, `|` and `:`."""
    cells: list[tuple[str, str, bool]] = field(default_factory=list)
    """For each column: TeX before each cell, TeX after it, and whether the cell is text."""


def columns(nodes: tuple[Node, ...]) -> Columns:
    """Read a specification. Raise TexError if it is not valid."""
    read = Columns()
    before, between = "", ""
    reader = Reader(nodes)
    while reader:
        node = reader.take()
        name = node.text if isinstance(node, Token) else ""
        if isinstance(node, Token) and node.kind == "space":
            continue
        if name == "*":
            count = source(reader.argument("begin{array}")).strip()
            if not count.isdecimal() or int(count) > MOST_REPEATED:
                raise TexError(f"*{{{count}}} does not say how often columns are repeated")
            reader.push(reader.argument("begin{array}") * int(count))
        elif name in SIDES:
            side = SIDES[name]
            if name in "wW":
                side = source(reader.argument("begin{array}")).strip()[:1] or "c"
            if name in "pmbwW":
                reader.argument("begin{array}")
            read.spec += side if side in ("l", "c", "r") else "c"
            read.cells.append((between + before, "", name in TEXT))
            before = between = ""
        elif name in ("|", ":"):
            read.spec += name
        elif name in ("@", "!"):
            inner = source(reader.argument("begin{array}")).strip()
            if _is_space(inner):
                continue
            if read.cells:
                left, right, text = read.cells[-1]
                read.cells[-1] = (left, right + rf"{{}}{inner}{{}}", text)
            else:
                between = rf"{inner}{{}}"
        elif name == ">":
            before = source(reader.argument("begin{array}")) + " "
        elif name == "<":
            if not read.cells:
                raise TexError("<{…} follows no column")
            left, right, text = read.cells[-1]
            read.cells[-1] = (left, right + source(reader.argument("begin{array}")), text)
        else:
            shown = source([node]) if not isinstance(node, Group) else "{" + source(node.children) + "}"
            raise TexError(f"{shown} is not a column of an array")
    return read


def _is_space(inner: str) -> bool:
    """Return whether the content between two columns is only space, or nothing."""
    return (
        not inner
        or inner in (r"\,", r"\;", r"\:", r"\ ", r"\quad", r"\qquad", r"\!", "~")
        or inner.startswith((r"\hspace", r"\hskip", r"\extracolsep", r"\kern", r"\hfill"))
    )


def with_columns(line: tuple[Node, ...], layout: Columns) -> str:
    """Return a line of an array with the content that its columns add to the cells."""
    rules, rest = _leading_rules(line)
    if not any(visible(node) for node in rest):
        return source(rules)
    cells = []
    for at, cell in enumerate(split_cells(rest)):
        left, right, text = layout.cells[at] if at < len(layout.cells) else ("", "", False)
        body = source(cell).strip()
        if text and body and not any(_is_math(node) for part in split_dollars(cell)[::2] for node in part):
            body = rf"\text{{{body}}}"
        cells.append(f"{left}{body}{right}")
    return source(rules) + " " + "&".join(cells)


def _leading_rules(line: tuple[Node, ...]) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    count = 0
    while count < len(line) and (not visible(line[count]) or command(line[count]) in ("hline", "hdashline")):
        count += 1
    return line[:count], line[count:]


def _is_math(node: Node) -> bool:
    """Return whether the cell of a paragraph column holds mathematics, which MathJax sets as such and LaTeX as text."""
    if isinstance(node, Group):
        return any(map(_is_math, node.children))
    return node.text in ("^", "_") or (bool(command(node)) and node.text not in TEXT_COMMANDS)
