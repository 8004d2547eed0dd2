"""Split the text of a markdown cell at the cells inside it, in the order in which the page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from .cells import Cell, IncludedText, Notebook


def text_pieces(page: Notebook, cell: Cell) -> Iterator[str | Cell]:
    """Yield the pieces of text of a markdown cell, and the cells inside it, also those of included files.

    The code of a cell inside is part of the text that follows it.
    """
    nested = list(takewhile(lambda other: other.nested, page.cells[cell.index + 1 :]))
    yield from _pieces(page, cell.source, cell.line, None, nested)


def _pieces(page: Notebook, text: str, first: int, parent: int | None, nested: Sequence[Cell]) -> Iterator[str | Cell]:
    """Yield the pieces of a text that begins at the line ``first`` of its file; ``parent`` is as in `IncludedText`."""
    lines = text.split("\n")
    stops: list[tuple[int, int, Cell | IncludedText]] = [
        (inner.line, inner.index, inner) for inner in nested if inner.included == parent
    ]
    stops += [
        (other.line, index, other)
        for index, other in enumerate(page.included)
        if other.parent == parent and first <= other.line < first + len(lines)
    ]
    start = 0
    for line, index, stop in sorted(stops, key=lambda item: item[:2]):
        yield "\n".join(lines[start : line - first])
        if isinstance(stop, Cell):
            yield stop
        else:
            yield from _pieces(page, stop.text, stop.first, index, nested)
        start = line - first
    yield "\n".join(lines[start:])
