"""Records that pass between planning, running and storing. All pickle and all become JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["ran", "cached", "failed", "none"]

MISSING = "missing"
"""Stands for the digest of a file that was looked for and was not there."""
UNSETTLED = "unsettled"
"""Stands for the digest of a file that changed between being read and the end of the page: no digest equals it."""


@dataclass(frozen=True)
class Limits:
    """What a page may use before it is stopped."""

    cell_seconds: float
    page_seconds: float
    memory: int
    """Bytes of resident memory, of the kernel and its children together; 0 for no limit."""
    output: int
    """Bytes that one cell may give; 0 for no limit."""


@dataclass(frozen=True)
class Resources:
    """What a page must have to run."""

    gpus: int = 0
    memory: int = 0
    """Bytes."""
    alone: bool = False
    """Whether nothing else of the build may run beside it."""


@dataclass(frozen=True)
class Task:
    """One page that can run."""

    docname: str
    path: str
    """Of the source, for messages."""
    parts: Mapping[str, str]
    """What the outputs depend on, as far as it is known before a run, by names that an author understands:
    "code of cell 4" -> digest."""
    notebook: Mapping[str, Any]
    """The page as nbformat JSON, without outputs, and the cells that evaluate what its text asks for
    (inline_values.py)."""
    lines: tuple[int, ...]
    """For each cell of `notebook`, the 1-based line of its source in the file."""
    folder: str
    """Where the kernel runs: that of the page."""
    root: str
    """The project's folder: the files in it that a kernel opens are observed."""
    unobserved: tuple[str, ...]
    """Folders whose files do not count: builds, virtual environments."""
    kernel: str
    """Name of the kernelspec."""
    environment: Mapping[str, str]
    """Variables of the kernel, beside those of the build. PYTHONPATH holds the snapshot of the generated package."""
    limits: Limits
    resources: Resources = Resources()
    allow_errors: bool = False
    """Whether the cells behind one that raised run too."""
    in_temp: bool = False
    """Whether the kernel runs in an empty folder that is made for it, and not in `folder`."""
    after: tuple[str, ...] = ()
    """docnames of the pages that must have run before this one starts, if they run at all in this build."""
    imports: tuple[str, ...] = ()
    """Dotted names of the installed modules that the code imports, itself or through the generated package."""
    preparation: str = ""
    """Python code that the generated package runs before its own imports; "" where the page does not use it."""
    keep: str = ""
    """Folder for copies of what the page overwrites, each named by its digest; "" for none."""
    outside: bool = True
    """Whether files outside of `root` are observed: elsewhere than at home they are others."""
    needs: tuple[str, ...] = ()
    """Files that the page is known to read, relative to `root`: they travel with a task that runs elsewhere."""
    seconds: float | None = None
    """How long the last run took."""


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
class Leftover:
    """A process that a page started and that outlived its kernel; it was ended."""

    cell: int | None
    """Index of the cell after which it was first seen."""
    command: str


@dataclass(frozen=True)
class Started:
    """A page has begun to run."""

    docname: str


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
    reads: Mapping[str, str] = field(default_factory=dict)
    """What it read or looked for -> its state (see file_states.py), as it was before the page itself wrote there."""
    writes: tuple[str, ...] = ()
    """Files below the root that it wrote, relative to it, sorted."""
    before: Mapping[str, str] = field(default_factory=dict)
    """What it wrote -> the state of that before."""
    unseen: tuple[str, ...] = ()
    """Phrases for what it used and nothing can observe."""
    leftovers: tuple[Leftover, ...] = ()


@dataclass(frozen=True)
class PageReport:
    """One entry of report.json."""

    execution: State
    reason: str | None
    """Why it ran, without the word "because"; None where it did not."""
    seconds: float
    peak_bytes: int | None
    differs: tuple[int, ...] = ()
    """Numbers of the code cells, from 1, whose outputs were not those of the run before with equal inputs."""
    unseen: tuple[str, ...] = ()
    """What it uses and the build cannot observe, so that a change of it runs no page."""


def task_from_json(value: Mapping[str, Any]) -> Task:
    """A task from what `dataclasses.asdict` and JSON made of it."""
    tuples = {name: tuple(value[name]) for name in ("lines", "unobserved", "after", "imports", "needs")}
    limits, resources = Limits(**value["limits"]), Resources(**value["resources"])
    return Task(**{**value, **tuples, "limits": limits, "resources": resources})


def result_from_json(value: Mapping[str, Any]) -> Result:
    """A result from what `dataclasses.asdict` and JSON made of it."""
    failure = Failure(**value["failure"]) if value["failure"] else None
    leftovers = tuple(Leftover(**item) for item in value["leftovers"])
    tuples = {name: tuple(value[name]) for name in ("writes", "unseen")}
    return Result(**{**value, **tuples, "failure": failure, "leftovers": leftovers})
