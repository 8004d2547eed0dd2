"""Report a migration: each construct that was found, where, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Line:
    """Line of the report, for one construct."""

    file: str
    """Path relative to the book's folder."""
    line: int
    found: str
    becomes: str
    by_hand: bool = False
    """Whether the author must decide something."""

    def __str__(self) -> str:
        mark = "BY HAND: " if self.by_hand else ""
        return f"{self.file}:{self.line}: {self.found}: {mark}{self.becomes}"


def show(lines: Sequence[Line]) -> str:
    """Return the report, in the order of files and lines, with a summary."""
    todo = sum(line.by_hand for line in lines)
    summary = f"{len(lines)} {'construct' if len(lines) == 1 else 'constructs'}"
    if todo:
        summary += f", of which {todo} {'needs' if todo == 1 else 'need'} a decision of yours"
    return "\n".join([*map(str, sorted(lines)), summary])
