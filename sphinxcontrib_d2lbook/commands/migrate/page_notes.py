"""Collect the constructs that a migration finds on one page; equal ones become one line of the report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from .migration_report import Line


@dataclass
class PageNotes:
    """Constructs of one file."""

    file: str
    """Path relative to the book's folder."""
    seen: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    """1-based lines by construct and what becomes of it."""
    decisions: list[Line] = field(default_factory=list)
    """What the author must decide, each with its line."""

    def note(self, line: int, found: str, becomes: str) -> None:
        """Note a construct that has an equivalent."""
        self.seen.setdefault((found, becomes), []).append(line)

    def ask(self, line: int, found: str, todo: str) -> None:
        """Note a construct that the author has to look at."""
        self.decisions.append(Line(self.file, line, found, todo, by_hand=True))

    def lines(self) -> Iterator[Line]:
        """Yield the lines of the report: one for all constructs of a kind, at the first of them."""
        for (found, becomes), lines in self.seen.items():
            count = f" ({len(lines)} times)" if len(lines) > 1 else ""
            yield Line(self.file, min(lines), f"{found}{count}", becomes)
        yield from self.decisions
