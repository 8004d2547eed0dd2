r"""Replace commutative diagrams of amscd by arrays.

A row of objects is `A @>a>b> B @= C`; a row of arrows between two of them is `@VaVbV @AaAbA @|`. Source of the
notation: the documentation of amscd.
"""

from __future__ import annotations

from ..tex_tokens import Node, Reader, TexError, Token, is_char, source, split_lines

HORIZONTAL = {">": "xrightarrow", "<": "xleftarrow", ")": "xrightarrow", "(": "xleftarrow"}
VERTICAL = {"V": r"\downarrow", "A": r"\uparrow"}
LEAST = r"\hspace{1.6em}"
"""Minimal length of an arrow."""


def diagram(reader: Reader) -> str:
    """Return the array of a `CD`. Raise TexError if it is not valid."""
    reader.argument("begin")
    rows = [_row(line) for line in split_lines(reader.until_end("CD")) if source(line).strip()]
    width = max(map(len, rows), default=1)
    body = r"\\[6pt]".join("&".join(row) for row in rows)
    return rf"\begin{{array}}{{{'c' * width}}}{body}\end{{array}}"


def _row(line: tuple[Node, ...]) -> list[str]:
    """Return the cells of a row. Objects and vertical arrows are in the odd columns, horizontal arrows between them.

    An `&` in a row of vertical arrows leaves an object without one.
    """
    cells: list[str] = []
    objects: list[list[Node]] = [[]]
    arrows: list[str] = []
    directions: set[str] = set()
    reader = Reader(line)
    while reader:
        node = reader.take()
        if is_char(node, "@"):
            direction, arrow = _arrow(reader)
            directions |= {direction} if arrow else set()
            arrows.append(arrow)
            objects.append([])
            cells += [""] * (len(cells) % 2)
            cells.append(arrow)
        elif is_char(node, "&"):
            cells.append("")
            directions.add("down")
        else:
            objects[-1].append(node)
    shown = [source(item).strip() for item in objects]
    if directions == {"down"}:
        if any(shown):
            raise TexError("a row of vertical arrows of a CD can have nothing between them")
        return cells
    if "down" in directions:
        raise TexError("a row of a CD mixes vertical arrows and horizontal ones")
    return [shown[0], *(cell for arrow, item in zip(arrows, shown[1:], strict=True) for cell in (arrow, item))]


def _arrow(reader: Reader) -> tuple[str, str]:
    """Return "across" or "down", the direction of an arrow, and its TeX."""
    if not reader or not isinstance(node := reader.take(), Token):
        raise TexError("an @ in a CD is not followed by an arrow")
    kind = node.text
    if kind == "=":
        return "across", r"=\!\!=\!\!="
    if kind in ("|", r"\vert", r"\Vert", r"\|"):
        return "down", r"\Big\Vert"
    if kind == ".":
        return "across", ""
    if kind not in HORIZONTAL and kind not in VERTICAL:
        raise TexError(f"@{kind} is not an arrow of a CD")
    first, second = _until(reader, kind), _until(reader, kind)
    if kind in HORIZONTAL:
        below = f"[{second}]" if second else ""
        return "across", rf"\{HORIZONTAL[kind]}{below}{{{first or LEAST}}}"
    left = rf"\mathllap{{\scriptstyle {first}\,}}" if first else ""
    right = rf"\mathrlap{{\scriptstyle \,{second}}}" if second else ""
    return "down", rf"{left}\Big{VERTICAL[kind]}{right}"


def _until(reader: Reader, kind: str) -> str:
    """Return a label of an arrow, up to the next of the characters that the arrow is written with."""
    label: list[Node] = []
    while reader:
        node = reader.take()
        if is_char(node, kind):
            return source(label).strip()
        label.append(node)
    raise TexError(f"an arrow of a CD, @{kind}, lacks one of its three {kind}")


ENVIRONMENTS = {"CD": diagram}
