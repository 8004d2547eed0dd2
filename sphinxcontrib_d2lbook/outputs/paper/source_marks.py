"""Mark, by comments in a generated source, which page and which of its lines the source below comes from.

When an engine refuses or loses something, it names a line of that source; the author is told the place in the book.
"""

from __future__ import annotations

from dataclasses import dataclass

from sphinx.environment import BuildEnvironment


@dataclass(frozen=True)
class Marks:
    """Marks of one engine."""

    comment: str
    """Characters that begin a comment in its language."""

    @property
    def _start(self) -> str:
        return f"{self.comment} at "

    def mark(self, docname: str, line: int) -> str:
        """Return the line of the source that marks what follows it."""
        return f"{self._start}{docname}:{line}\n"

    def place_of(self, source: str, line: int) -> str | None:
        """Return the "docname:line" of the last mark at or above a line of the source; None if there is none."""
        for text in reversed(source.split("\n")[:line]):
            if text.startswith(self._start):
                return text.removeprefix(self._start)
        return None


def location(place: str | None) -> tuple[str, int | None] | None:
    """Return page and line of "docname:line", as a warning takes its location; None for None."""
    if place is None:
        return None
    docname, colon, line = place.rpartition(":")
    return (docname, int(line)) if colon and line.isdecimal() else (place, None)


def in_file(env: BuildEnvironment, place: str | None) -> str:
    """Return "docname:line" as an error names it, with the page's file; the root page if ``place`` is None."""
    docname, line = location(place) or (str(env.config.root_doc), None)
    path = env.doc2path(docname, False)
    return f"{path}:{line}" if line else str(path)
