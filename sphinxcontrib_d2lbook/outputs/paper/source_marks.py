"""Comments in a generated source that tell which page, and which of its lines, the source below comes from.

An engine names a line of that source when it refuses or loses something: its author is told the place in the book.
"""

from __future__ import annotations

from dataclasses import dataclass

from sphinx.environment import BuildEnvironment


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


def location(place: str | None) -> tuple[str, int | None] | None:
    """Return page and line of "docname:line", as a warning takes its place; None for none."""
    if place is None:
        return None
    docname, colon, line = place.rpartition(":")
    return (docname, int(line)) if colon and line.isdecimal() else (place, None)


def in_file(env: BuildEnvironment, place: str | None) -> str:
    """Return "docname:line" as an error names it, with the page's file; the root page where there is no place."""
    docname, line = location(place) or (str(env.config.root_doc), None)
    path = env.doc2path(docname, False)
    return f"{path}:{line}" if line else str(path)
