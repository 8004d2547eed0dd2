"""Convert tables: lines of a displayed formula, matrices, cases, arrays with rules."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass

from sphinxcontrib_d2lbook.mathematics.markers import length
from sphinxcontrib_d2lbook.mathematics.mathml_cleanup import style_of
from sphinxcontrib_d2lbook.mathematics.typst import rows
from sphinxcontrib_d2lbook.mathematics.typst.rules import ElementContext, rule
from sphinxcontrib_d2lbook.mathematics.typst.syntax import EMPTY, call, join, space

PADDING = 0.4  # em on each side of a cell, as in browsers
PAIR_GAP = 1.0  # em between pairs of aligned columns
MULTLINE_INDENT = 2.0  # em between the margin and the end of the first or the beginning of the last line
ROW_GAPS = {"display": "#0.55em", "inline": "#0.35em", "script": "#0.2em"}


@dataclass(frozen=True)
class MatrixCell:
    """Cell of a table, converted."""

    body: str
    side: str  # left, right, center
    left: float  # padding, em
    right: float
    rules: frozenset[str]  # top, bottom, left, right


@rule("mtable")
def table(element: ET.Element, place: ElementContext) -> str:
    """Convert a table: lines of a formula with alignment points, or a grid."""
    grid = _cells(element, place)
    if not grid or not grid[0]:
        return EMPTY
    if element.get("class") == "math-multline":
        lines = [line[0].body for line in grid]
        lines[0] = join([lines[0], space(MULTLINE_INDENT)])
        lines[-1] = join([space(MULTLINE_INDENT), lines[-1]])
        return call("mmlmultline", *lines)
    columns = list(zip(*grid, strict=True))
    style = (
        "display"
        if element.get("displaystyle") == "true"
        else "script"
        if element.get("class") == "math-small"
        else "inline"
    )
    sides = [next((cell.side for cell in column if cell.body), column[0].side) for column in columns]
    if style == "display" and _alternating(columns, sides):
        pair_gap = 0.0 if element.get("class") == "math-pairs" else PAIR_GAP
        if place.top:
            return " \\\n".join(_line(cells, pair_gap, wrapped=False) or EMPTY for cells in grid)
        return _grid({"row_gap": ROW_GAPS[style]}, [[_line(cells, pair_gap, wrapped=True)] for cells in grid])
    if style == "display" and place.top and sides == ["center"]:
        return " \\\n".join(cells[0].body or EMPTY for cells in grid)
    gaps = [
        max(a.right + b.left for a, b in zip(columns[at], columns[at + 1], strict=True))
        for at in range(len(columns) - 1)
    ]
    gap = min(gaps, default=0.0)
    extra = [0.0, *(value - gap for value in gaps)]
    body = [[_placed(cell, sides[at], extra[at], style) for at, cell in enumerate(cells)] for cells in grid]
    named = {"column_gap": f"#{gap:.3g}em", "row_gap": ROW_GAPS[style]}
    augment = _rules(grid)
    return _grid({"augment": augment, **named} if augment else named, body)


def _cells(element: ET.Element, place: ElementContext) -> list[list[MatrixCell]]:
    """Return the cells of a table in rows of equal length."""
    aligns = element.get("columnalign", "").split()
    grid = [[_cell(cell, at, aligns, place) for at, cell in enumerate(line)] for line in element if line.tag == "mtr"]
    width = max(map(len, grid), default=0)
    empty = MatrixCell("", "center", PADDING, PADDING, frozenset())
    return [[*line, *[empty] * (width - len(line))] for line in grid]


def _cell(element: ET.Element, at: int, aligns: list[str], place: ElementContext) -> MatrixCell:
    style = style_of(element)
    inherited = aligns[min(at, len(aligns) - 1)] if aligns else "center"
    side = style.get("text-align") or element.get("columnalign") or inherited
    return MatrixCell(
        rows.row(list(element), ElementContext(place.scripts if element.get("class") == "math-small" else 0)),
        side if side in ("left", "right") else "center",
        length(style.get("padding-left"), PADDING),
        length(style.get("padding-right"), PADDING),
        frozenset(name for name in ("top", "bottom", "left", "right") if f"border-{name}" in style),
    )


def _alternating(columns: list[tuple[MatrixCell, ...]], sides: list[str]) -> bool:
    """Return whether columns are aligned right, left, right, left, … without padding, so that they meet in pairs."""
    return len(sides) > 0 and all(
        side == ("right", "left")[at % 2]
        and all((cell.left if at % 2 else cell.right) == 0 for cell in column if cell.body)
        for at, (side, column) in enumerate(zip(sides, columns, strict=True))
    )


def _line(cells: list[MatrixCell], pair_gap: float, *, wrapped: bool) -> str:
    parts: list[str] = []
    for at, cell in enumerate(cells):
        body = call("display", cell.body) if wrapped and cell.body else cell.body
        parts.append(join([space(pair_gap) if at and at % 2 == 0 else "", body]))
    return " & ".join(parts)


def _placed(cell: MatrixCell, side: str, extra: float, style: str) -> str:
    """Return a cell with the alignment point that aligns it to its side."""
    body = call(style, cell.body) if cell.body else EMPTY
    body = join([space(extra), body])
    return {"left": f"& {body}", "right": f"{body} &"}.get(side, body)


def _rules(grid: list[list[MatrixCell]]) -> str:
    """Return the ``augment`` argument for lines between rows and columns; "" without lines."""
    across = {at for at, line in enumerate(grid) if any("top" in cell.rules for cell in line)}
    across |= {at + 1 for at, line in enumerate(grid) if any("bottom" in cell.rules for cell in line)}
    down = {at for line in grid for at, cell in enumerate(line) if "left" in cell.rules}
    down |= {at + 1 for line in grid for at, cell in enumerate(line) if "right" in cell.rules}
    if not across and not down:
        return ""
    lists = ["(" + "".join(f"{at}, " for at in sorted(places)) + ")" for places in (across, down)]
    return f"#(hline: {lists[0]}, vline: {lists[1]})"


def _grid(named: dict[str, str], body: list[list[str]]) -> str:
    options = ", ".join(f"{name.replace('_', '-')}: {value}" for name, value in named.items())
    return f"mmlgrid({options}, " + "; ".join(", ".join(cell or EMPTY for cell in line) for line in body) + ")"
