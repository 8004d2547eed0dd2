"""Nodes of the parts of a figure, each with a letter of its own."""

from __future__ import annotations

from docutils import nodes


class subfigures(nodes.General, nodes.Element):  # noqa: N801
    """All parts of a figure. Attribute: `layout`, its rows as strings of letters such as ["AA", "BC"]."""


class subfigure(nodes.General, nodes.Element):  # noqa: N801
    """Image in a figure, with a `caption` if it has one. Attribute: `letter`, such as "a"."""


def layout_areas(layout: list[str]) -> dict[str, tuple[int, int, int, int]]:
    """Return letter -> (column, row, columns, rows) of each area of a layout.

    Raise ValueError if the areas are not rectangles that fill a grid.
    """
    if len({len(row) for row in layout}) != 1:
        raise ValueError("its rows differ in length")
    areas = {}
    cells = {(x, y): letter for y, row in enumerate(layout) for x, letter in enumerate(row) if letter != "."}
    for letter in sorted(set(cells.values())):
        own = [place for place, other in cells.items() if other == letter]
        left, top = min(x for x, _ in own), min(y for _, y in own)
        width, height = max(x for x, _ in own) - left + 1, max(y for _, y in own) - top + 1
        if len(own) != width * height:
            raise ValueError(f"{letter} is not a rectangle")
        areas[letter] = (left, top, width, height)
    return areas
