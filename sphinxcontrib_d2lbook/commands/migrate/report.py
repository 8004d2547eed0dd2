"""What a migration tells: each construct that was found, where, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["done", "left", "by hand"]
"""The construct has an equivalent; it needs none; its author has to decide."""


@dataclass(frozen=True, order=True)
class Line:
    """One construct."""

    file: str
    """Relative to the book's folder."""
    line: int
    found: str
    becomes: str
    kind: Kind = "done"

    def __str__(self) -> str:
        mark = "BY HAND: " if self.kind == "by hand" else ""
        return f"{self.file}:{self.line}: {self.found}: {mark}{self.becomes}"


def show(lines: Sequence[Line]) -> str:
    """Return the report, in the order of files and lines, with a summary."""
    todo = sum(line.kind == "by hand" for line in lines)
    summary = (
        f"{len(lines)} constructs, of which {todo} need a decision of yours" if todo else f"{len(lines)} constructs"
    )
    return "\n".join([*map(str, sorted(lines)), summary])
