"""Writing one output from an environment that is already read, in a process of its own."""

from __future__ import annotations

import logging as python_logging
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import SphinxError
from sphinx.util import logging

from ...execution.extension import execution
from ...execution.output_handover import CHILD_VARIABLE, FORKED, hand_over
from ...lifecycle.system_errors import in_plain_words
from ...upstream.sphinx.logs import build_logger, location_of, suppressing_filter
from ...upstream.sphinx.output import read_nothing, write
from . import process_cleanup, read_as_html, rereading
from .process_role import in_child

if TYPE_CHECKING:
    from multiprocessing.context import ForkProcess

logger = logging.getLogger(__name__)

CAN_FORK = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
"""macOS has fork, but its system libraries do not survive it."""

TASKS = Path("/proc/self/task")
"""On Linux, a folder with an entry for each thread of this process, those of libraries included."""
PAUSE = 0.5
"""Seconds after which it is looked whether a child has died."""
PATIENCE = 30
"""Seconds that a child has to end, after its output is written."""


@dataclass(frozen=True)
class Job:
    """One output to write."""

    name: str
    """Of the builder."""
    folder: Path
    owed: frozenset[str]
    """Pages that changed since the output was last written whole."""
    exact: bool = False
    """Whether those are all that is to be written, whatever the builder by itself would find outdated."""


@dataclass(frozen=True)
class LoggedMessage:
    """A warning or an error that a child logged; what Sphinx's logger takes."""

    level: int
    text: str
    location: str | None
    type: str | None
    subtype: str | None


@dataclass(frozen=True)
class JobOutcome:
    """What became of a job."""

    name: str
    error: str | None
    """Why the output is not there; None if it is."""
    seconds: float
    messages: tuple[LoggedMessage, ...] = ()
    status: int = 0
    """The exit code that the child alone would have given."""


class _Keeper(python_logging.Handler):
    """Keeps warnings instead of printing them; the parent prints each once."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__(python_logging.WARNING)
        self.messages: list[LoggedMessage] = []
        self.addFilter(suppressing_filter(app))
        self.location = location_of(app)

    def emit(self, record: python_logging.LogRecord) -> None:
        # The text is left to the parent, whose logger takes what has a colon for a place, and anything else for a
        # docname.
        place = self.location(record)
        if place and ":" not in place:
            place += ":"
        self.messages.append(
            LoggedMessage(
                record.levelno,
                python_logging.LogRecord.getMessage(record),
                place,
                getattr(record, "type", None),
                getattr(record, "subtype", None),
            )
        )


def relay(message: LoggedMessage) -> None:
    """Log in the parent what a child kept."""
    place = {"location": message.location, "type": message.type, "subtype": message.subtype}
    logger.log(message.level, "%s", message.text, **place)


def read_in_parent(app: Sphinx) -> None:
    """Have a process that was started for one output read nothing. Handler of `builder-inited`."""
    if in_child():
        read_nothing(app.builder, partial(rereading.read_for_this, app.builder))


def write_all(app: Sphinx, jobs: Iterable[Job]) -> Generator[JobOutcome]:
    """Write each output in a process of its own, by the way that `d2lbook_processes` says; outcomes as they come."""
    processes = app.config.d2lbook_processes
    if processes == "spawn" or (processes == "auto" and not may_fork()):
        return write_spawned(app, jobs)
    return write_forked(app, jobs, app.config.d2lbook_jobs or os.cpu_count() or 1)


def may_fork() -> bool:
    """Return whether a forked child can be relied on: it lacks its parent's other threads, and would wait for them."""
    threads = sum(1 for _ in TASKS.iterdir()) if TASKS.is_dir() else threading.active_count()
    return CAN_FORK and threads == 1


def write_forked(app: Sphinx, jobs: Iterable[Job], places: int) -> Generator[JobOutcome]:
    """Write each output in a forked child, up to ``places`` at a time; outcomes as they come."""
    context = multiprocessing.get_context("fork")
    waiting = list(jobs)
    running: dict[Connection, tuple[Job, ForkProcess]] = {}
    with process_cleanup.nothing_left_behind():
        while waiting or running:
            while waiting and len(running) < places:
                job = waiting.pop(0)
                receiver, sender = context.Pipe(duplex=False)
                sys.stdout.flush()
                sys.stderr.flush()
                process = context.Process(target=_forked, args=(app, job, sender), name=f"book-{job.name}")
                process.start()
                sender.close()
                running[receiver] = (job, process)
            for receiver in _ready(running):
                job, process = running.pop(receiver)
                yield _ended(process, _received(job, process, receiver))


def _ready(running: Mapping[Connection, tuple[Job, ForkProcess]]) -> list[Connection]:
    """Return the ends of pipes that have an outcome, or whose child has ended without one; waits for the first.

    Such a pipe may still be open: processes that the child has forked hold the other end, too.
    """
    while True:
        found = cast("list[Connection]", wait(list(running), PAUSE))
        found += [one for one, (_job, process) in running.items() if one not in found and process.exitcode is not None]
        if found:
            return found


def _received(job: Job, process: ForkProcess, receiver: Connection) -> JobOutcome:
    with receiver:
        try:
            if process.exitcode is None or receiver.poll():
                outcome: JobOutcome = receiver.recv()
                return outcome
        except EOFError:
            process.join()
    return JobOutcome(job.name, f"its process ended with {process.exitcode} and no result", 0.0, status=2)


def _ended(process: ForkProcess, outcome: JobOutcome) -> JobOutcome:
    """Wait for a child that has sent its outcome; one that does not end is ended, and the outcome says so."""
    process.join(PATIENCE)
    if process.exitcode is not None:
        return outcome
    process_cleanup.end_family(process.pid or 0)
    process.join()
    text = (
        f"the output {outcome.name!r} is written, but its process did not end within {PATIENCE} seconds: an extension "
        "waits there for something that does not come. It was ended"
    )
    return replace(outcome, messages=(*outcome.messages, LoggedMessage(python_logging.WARNING, text, None, None, None)))


def _forked(app: Sphinx, job: Job, sender: Connection) -> None:
    """Write one output: all that the child does, before `multiprocessing` runs its finalizers and ends it."""
    os.environ[CHILD_VARIABLE] = FORKED
    with process_cleanup.as_a_process_ends():
        sender.send(guarded(app, job, lambda: write_output(app, app.env, job)))
        sender.close()


def guarded(app: Sphinx, job: Job, write: Callable[[], None]) -> JobOutcome:
    """Run ``write`` with its warnings kept and its exceptions made into an outcome."""
    start = time.monotonic()
    root = build_logger()
    keeper = _Keeper(app)
    root.handlers[:] = [keeper]
    # A failed page is the parent's to list, and its exit code is not this output's fault.
    execution(app).failures.clear()
    app.statuscode = 0
    error = None
    try:
        write()
    except SphinxError as err:
        error = str(err)
    # A fault of ours or of an extension: the other outputs are still to be finished.
    except Exception as err:  # noqa: BLE001
        error = str(in_plain_words(err) or traceback.format_exc())
    status = 2 if error else app.statuscode
    return JobOutcome(job.name, error, time.monotonic() - start, tuple(keeper.messages), status)


def write_output(app: Sphinx, env: BuildEnvironment, job: Job) -> None:
    """Make ``app`` one that builds only this output, and write it. Nothing is read here."""
    job.folder.mkdir(parents=True, exist_ok=True)
    builder = read_as_html.resume(app, env, job.name, job.folder)
    write(app, builder, frozenset() if job.exact else None, job.owed)


def write_spawned(app: Sphinx, jobs: Iterable[Job]) -> Generator[JobOutcome]:
    """Write each output by a `sphinx-build` of its own on the shared doctrees, where there is no fork.

    It reads nothing, and takes from this process what it knows of the pages' runs.
    """
    with tempfile.TemporaryDirectory(prefix="d2lbook-") as folder:
        handed = Path(folder, "handed-over")
        hand_over(execution(app).session, handed)
        yield from _write_spawned(app, jobs, handed)


def _write_spawned(app: Sphinx, jobs: Iterable[Job], handed: Path) -> Generator[JobOutcome]:
    for job in jobs:
        start = time.monotonic()
        command = [
            sys.executable,
            "-m",
            "sphinx",
            "-q",
            "-b",
            job.name,
            "-c",
            str(app.confdir),
            "-d",
            str(app.doctreedir),
        ]
        command += _overrides(app.config.overrides)
        command += [word for tag in app.config.d2lbook_user_tags for word in ("-t", tag)]
        if job.owed:
            command.append("-a")  # by itself a builder knows of its own files only, not of what others changed
        with (
            process_cleanup.nothing_left_behind(),
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log,
        ):
            # A file, not a pipe: a process that is left behind would hold a pipe open, and it is ended only afterwards.
            done = subprocess.run(
                [*command, str(app.srcdir), str(job.folder)],
                stderr=log,
                check=False,
                env={**os.environ, CHILD_VARIABLE: str(handed)},
            )
            log.seek(0)
            text = log.read()
        messages = tuple(LoggedMessage(python_logging.WARNING, line, None, None, None) for line in _warnings(text))
        failed = done.returncode not in (0, 1)
        error = text.strip() or f"sphinx-build ended with {done.returncode}" if failed else None
        yield JobOutcome(job.name, error, time.monotonic() - start, () if failed else messages, done.returncode)


def _overrides(values: Mapping[str, Any]) -> list[str]:
    words = []
    for name, value in values.items():
        text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        words += ["-D", f"{name}={text}"]
    return words


def _warnings(text: str) -> list[str]:
    """Lines of a log that begin a warning, with those that continue it."""
    found: list[str] = []
    for line in text.splitlines():
        if "WARNING:" in line or "ERROR:" in line or not found:
            found.append(line)
        else:
            found[-1] += "\n" + line
    return [entry for entry in found if entry.strip()]
