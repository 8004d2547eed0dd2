"""Define the records that pass between planning, running and storing; all can be pickled and turned into JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

State = Literal["ran", "cached", "failed", "none"]
"""How the outputs of a page came about in a build."""

MISSING = "missing"
"""State of a file that was looked for and did not exist, in place of a digest."""
UNSETTLED = "unsettled"
"""State of a file that changed between being read and the end of the page, in place of a digest; equal to none."""


@dataclass(frozen=True)
class Limits:
    """Limits beyond which a page is stopped."""

    cell_seconds: float
    """Seconds that one cell may take."""
    page_seconds: float
    """Seconds that the page may take."""
    memory: int
    """Bytes of resident memory of the kernel and its children together; 0 for no limit."""
    output: int
    """Characters that one cell may give as output; 0 for no limit."""


@dataclass(frozen=True)
class Resources:
    """Resources that a page needs to run."""

    gpus: int = 0
    """Number of GPUs."""
    memory: int = 0
    """Memory in bytes."""
    alone: bool = False
    """Whether nothing else of the build may run beside the page."""


@dataclass(frozen=True)
class Task:
    """Page that can run, with all that its run depends on."""

    docname: str
    """Name of the run: docname of the page, followed by "@" and the framework if the page has several."""
    path: str
    """Path of the source, relative to the project's folder, for messages."""
    parts: Mapping[str, str]
    """Name that an author understands, such as "code of cell 4" -> digest or version of something that the outputs
    depend on, as far as it is known before a run."""
    notebook: Mapping[str, Any]
    """Page as nbformat JSON without outputs, with cells that evaluate expressions of its text (inline_values.py)."""
    lines: tuple[int, ...]
    """For each cell of `notebook`, the 1-based line of its source in the file."""
    folder: str
    """Folder in which the kernel runs, that of the page."""
    root: str
    """Folder of the project; files in it that a kernel opens are observed."""
    unobserved: tuple[str, ...]
    """Folders whose files do not count: builds, virtual environments."""
    kernel: str
    """Name of the kernelspec."""
    environment: Mapping[str, str]
    """Variables of the kernel, in addition to those of the build. PYTHONPATH has the snapshot of the package."""
    limits: Limits
    resources: Resources = Resources()
    allow_errors: bool = False
    """Whether the cells after one that raised run too."""
    in_temp: bool = False
    """Whether the kernel runs in an empty folder that is made for it, and not in `folder`."""
    after: tuple[str, ...] = ()
    """docnames of the pages that must have run before this one starts, if they run at all in this build."""
    imports: tuple[str, ...] = ()
    """Dotted names of the installed modules that the code imports, itself or through the generated package."""
    preparation: str = ""
    """Python code that the generated package runs before its own imports; "" if the page does not use the package."""
    keep: str = ""
    """Folder for copies of the files that the page overwrites, each named by its digest; "" for none."""
    outside: bool = True
    """Whether files outside of `root` are observed; not on a machine other than that of the build."""
    needs: tuple[str, ...] = ()
    """Files that the page is known to read, relative to `root`: they are sent with a task that runs elsewhere."""
    seconds: float | None = None
    """Seconds that the last run took; None if there was none."""
    paths: tuple[str, ...] = ()
    """For each cell of `notebook`, the path of the file in which it is written; empty if that is `path` for all."""
    framework: str = ""
    """Framework for which the page runs; "" if it has not several."""

    @property
    def page(self) -> str:
        """Docname of the page."""
        return self.docname.removesuffix(f"@{self.framework}") if self.framework else self.docname

    def place(self, cell: int | None, line: int = 1) -> str:
        """Return the place of a line of a cell, from 1, as `path:line`; the head of the page if there is no cell."""
        if cell is None:
            return f"{self.path}:1"
        return f"{self.paths[cell] if self.paths else self.path}:{self.lines[cell] + line - 1}"


@dataclass(frozen=True)
class Failure:
    """Reason for which a page did not run to its end."""

    cell: int | None
    """Index of the cell among all cells; None if no cell is the cause."""
    line: int | None
    """Line within the cell, 1-based; None if unknown."""
    name: str
    """Class of the exception, e.g. "ValueError"."""
    message: str
    """Message of the exception."""
    traceback: str
    """Traceback as plain text, without colours."""


@dataclass(frozen=True)
class Leftover:
    """Process that a page started and that outlived its kernel; the build ended it."""

    cell: int | None
    """Index of the cell after which the process was first seen; None if unknown."""
    command: str
    """Command line of the process, shortened."""


@dataclass(frozen=True)
class Started:
    """Event of a page that has begun to run."""

    docname: str


@dataclass(frozen=True)
class CellProgress:
    """Event of a page that runs: the cell that runs now, and what it printed last."""

    docname: str
    cell: int
    """Index of the cell among all cells."""
    seconds: float
    """Seconds since the cell began."""
    text: str
    """Line that the cell printed last, as a terminal would show it and without control sequences; "" for none."""


@dataclass(frozen=True)
class Result:
    """Result of one run of a page."""

    docname: str
    notebook: Mapping[str, Any]
    """Page as nbformat JSON with outputs; after a failure, up to the failing cell."""
    failure: Failure | None
    """Reason for which the page failed; None if it ran to its end."""
    seconds: float
    """Wall time in seconds, the start of the kernel included."""
    peak_bytes: int | None
    """Largest resident memory of the kernel in bytes; None if the system does not tell."""
    reads: Mapping[str, str] = field(default_factory=dict)
    """Path that the page read or looked for -> its state (see file_states.py) before the page itself wrote there."""
    writes: tuple[str, ...] = ()
    """Files below the root that the page wrote, relative to it, sorted."""
    before: Mapping[str, str] = field(default_factory=dict)
    """File that the page wrote -> its state before."""
    unseen: tuple[str, ...] = ()
    """Phrases for what the page used and a build cannot observe."""
    leftovers: tuple[Leftover, ...] = ()


@dataclass(frozen=True)
class PageReport:
    """Entry of a page in report.json."""

    execution: State
    reason: str | None
    """Reason for which the page ran, without the word "because"; None if it did not run."""
    seconds: float
    peak_bytes: int | None
    differs: tuple[int, ...] = ()
    """Numbers of the code cells, from 1, whose outputs differ from those of the run before with equal inputs."""
    unseen: tuple[str, ...] = ()
    """Phrases for what the page uses and the build cannot observe, so that its change runs no page."""
    frameworks: Mapping[str, PageReport] = field(default_factory=dict)
    """Framework -> entry of its run, for a page that runs in several."""


def task_from_json(value: Mapping[str, Any]) -> Task:
    """Return a task from the JSON of its `dataclasses.asdict`."""
    tuples = {name: tuple(value[name]) for name in ("lines", "unobserved", "after", "imports", "needs", "paths")}
    limits, resources = Limits(**value["limits"]), Resources(**value["resources"])
    return Task(**{**value, **tuples, "limits": limits, "resources": resources})


def result_from_json(value: Mapping[str, Any]) -> Result:
    """Return a result from the JSON of its `dataclasses.asdict`."""
    failure = Failure(**value["failure"]) if value["failure"] else None
    leftovers = tuple(Leftover(**item) for item in value["leftovers"])
    tuples = {name: tuple(value[name]) for name in ("writes", "unseen")}
    return Result(**{**value, **tuples, "failure": failure, "leftovers": leftovers})
