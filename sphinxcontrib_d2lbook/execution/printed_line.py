"""Follow the line that a cell has printed last; a progress bar prints its line again and again."""

from __future__ import annotations

import re

from .output_cleaning import ESCAPES, FORBIDDEN

KEPT = 4000
"""Characters at the end of a cell's output in which the last line is looked for."""
SHOWN = 200
"""Characters of a line that are shown."""
BREAKS = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class PrintedLine:
    """Last line of what was printed, which may come in pieces."""

    def __init__(self) -> None:
        self._end = ""

    def add(self, text: str) -> None:
        """Add a piece of output."""
        self._end = (self._end + text[-KEPT:])[-KEPT:]

    def shown(self) -> str:
        """Return the last line that is not blank, without control sequences and shortened; "" if there is none."""
        text = FORBIDDEN.sub("", ESCAPES.sub("", self._end))
        rows = (row.strip() for row in reversed(BREAKS.split(text)))
        line = next((row for row in rows if row), "")
        return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
