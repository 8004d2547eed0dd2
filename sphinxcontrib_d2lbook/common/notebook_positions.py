"""Places in a notebook's JSON, told by cell and line.

Sphinx knows of a place only a file and a number. For an `.ipynb`, MyST-NB makes one number of both: the cell, from 1,
times 10,000, and the line in the cell, from 1. All numbers inside a build are of this kind; here they become words.
"""

from __future__ import annotations

import re

CELL = 10_000
"""What MyST-NB multiplies the number of a cell by."""
NUMBER = re.compile(r"(?<=\.ipynb):(?P<number>\d{5,})(?P<end>:?)")


def line_in_cell(cell: int, line: int) -> int:
    """Return the number of a line, from 1, in a cell of an `.ipynb`, from 1."""
    return cell * CELL + line


def readable(text: str) -> str:
    """Return a message with places such as `page.ipynb:120002` as `page.ipynb, cell 12, line 2`."""

    def words(match: re.Match[str]) -> str:
        cell, line = divmod(int(match["number"]), CELL)
        return f", cell {cell}, line {max(line, 1)}{match['end']}"

    return NUMBER.sub(words, text)


def argument(path: str, line: int) -> str:
    """Return how a command takes a place: `page.md:12`, or `page.ipynb:3:1` with cell and line."""
    cell, inner = divmod(line, CELL)
    return f"{path}:{cell}:{inner}" if path.endswith(".ipynb") and cell else f"{path}:{line}"
