"""Comments in a generated source that tell which page, and which of its lines, the source below comes from.

An engine names a line of that source when it refuses or loses something: its author is told the place in the book.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Marks:
    """Those of one engine."""

    comment: str
    """What begins a comment in its language."""

    @property
    def _start(self) -> str:
        return f"{self.comment} at "

    def mark(self, docname: str, line: int) -> str:
        """A line of the source."""
        return f"{self._start}{docname}:{line}\n"

    def place_of(self, source: str, line: int) -> str | None:
        """ "docname:line" of the last mark at or above a line of the source."""
        for text in reversed(source.split("\n")[:line]):
            if text.startswith(self._start):
                return text.removeprefix(self._start)
        return None
