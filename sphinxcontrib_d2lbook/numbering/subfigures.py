"""The nodes of a figure's parts, each with a letter of its own."""

from __future__ import annotations

from docutils import nodes


class subfigures(nodes.General, nodes.Element):  # noqa: N801
    """All parts of a figure. Attribute: `layout`, its rows as strings of letters such as ["AA", "BC"]."""


class subfigure(nodes.General, nodes.Element):  # noqa: N801
    """An image of a figure, and a `caption` if it has one. Attribute: `letter`, such as "a"."""


def places(layout: list[str]) -> dict[str, tuple[int, int, int, int]]:
    """Letter -> (column, row, columns, rows) of each area. Raises ValueError for what is no grid of rectangles."""
    if len({len(row) for row in layout}) != 1:
        raise ValueError("its rows differ in length")
    found = {}
    cells = {(x, y): letter for y, row in enumerate(layout) for x, letter in enumerate(row) if letter != "."}
    for letter in sorted(set(cells.values())):
        own = [place for place, other in cells.items() if other == letter]
        left, top = min(x for x, _ in own), min(y for _, y in own)
        width, height = max(x for x, _ in own) - left + 1, max(y for _, y in own) - top + 1
        if len(own) != width * height:
            raise ValueError(f"{letter} is no rectangle")
        found[letter] = (left, top, width, height)
    return found
