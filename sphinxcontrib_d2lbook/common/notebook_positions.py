"""Convert between MyST-NB's line numbers and cells and lines of an `.ipynb`.

A place in Sphinx is a file and a number. For an `.ipynb`, MyST-NB puts cell and line in this number: the cell, from 1,
times 10,000, plus the line in the cell, from 1. All numbers inside a build are of this kind; messages have words.
"""

from __future__ import annotations

import re

CELL = 10_000
"""Factor by which MyST-NB multiplies the number of a cell."""
NUMBER = re.compile(r"(?<=\.ipynb):(?P<number>\d{5,})(?P<end>:?)")


def line_in_cell(cell: int, line: int) -> int:
    """Return the number for a line, from 1, in a cell of an `.ipynb`, from 1."""
    return cell * CELL + line


def readable(text: str) -> str:
    """Return a message in which places such as `page.ipynb:120002` read `page.ipynb, cell 12, line 2`."""

    def words(match: re.Match[str]) -> str:
        cell, line = divmod(int(match["number"]), CELL)
        return f", cell {cell}, line {max(line, 1)}{match['end']}"

    return NUMBER.sub(words, text)


def argument(path: str, line: int) -> str:
    """Return a place as commands take it: `page.md:12`, or `page.ipynb:3:1` with cell and line."""
    cell, inner = divmod(line, CELL)
    return f"{path}:{cell}:{inner}" if path.endswith(".ipynb") and cell else f"{path}:{line}"
