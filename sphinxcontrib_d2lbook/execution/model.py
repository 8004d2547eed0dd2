"""Records that pass between planning, running and storing. All pickle and all become JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

State = Literal["ran", "cached", "failed", "none"]


@dataclass(frozen=True)
class Task:
    """One page that can run."""

    docname: str
    path: str
    """Of the source, for messages."""
    key: str
    """Digest of `parts`: outputs stored under it are those that a run would give."""
    parts: Mapping[str, str]
    """What the outputs depend on, by a name that an author understands: "code of cell 4" -> digest."""
    notebook: Mapping[str, Any]
    """The page as nbformat JSON, without outputs."""
    lines: tuple[int, ...]
    """For each cell of `notebook`, the 1-based line of its source in the file."""
    folder: str
    """Where the kernel runs."""
    kernel: str
    environment: Mapping[str, str]
    """Variables of the kernel, beside those of the build."""
    timeout: float
    """Seconds that a cell may take."""


@dataclass(frozen=True)
class Failure:
    """Why a page did not run to its end."""

    cell: int | None
    """Index among all cells, None where no cell is to blame."""
    line: int | None
    """Line within the cell, 1-based, where known."""
    name: str
    """Class of the exception, e.g. "ValueError"."""
    message: str
    traceback: str
    """Plain text, without colours."""


@dataclass(frozen=True)
class Result:
    """What one run gave."""

    docname: str
    notebook: Mapping[str, Any]
    """As nbformat JSON, with outputs; up to the failing cell after a failure."""
    failure: Failure | None
    seconds: float
    """Wall time, the start of the kernel included."""
    peak_bytes: int | None
    """Largest resident memory of the kernel, where the system tells."""


@dataclass(frozen=True)
class PageReport:
    """One entry of report.json."""

    execution: State
    reason: str | None
    """Why it ran, without the word "because"; None where it did not."""
    seconds: float
    peak_bytes: int | None
