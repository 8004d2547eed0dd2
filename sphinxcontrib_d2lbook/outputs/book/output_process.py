"""Write one output from an environment that has been read, in a process of its own."""

from __future__ import annotations

import logging as python_logging
import multiprocessing
import os
import subprocess
import sys
import tempfile
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

from ...common.forks import may_fork
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

PAUSE = 0.5
"""Seconds between checks whether a child has died."""
PATIENCE = 30
"""Seconds that a child has to end after its output is written."""


@dataclass(frozen=True)
class Job:
    """Output to write, with its folder and the pages that it owes."""

    name: str
    """Name of the builder."""
    folder: Path
    owed: frozenset[str]
    """Pages that changed since the output was last written whole."""
    exact: bool = False
    """Whether only those pages are written, whatever the builder itself would find outdated."""


@dataclass(frozen=True)
class LoggedMessage:
    """Warning or error that a child logged, as Sphinx's logger takes it."""

    level: int
    text: str
    location: str | None
    type: str | None
    subtype: str | None


@dataclass(frozen=True)
class JobOutcome:
    """Result of a job."""

    name: str
    error: str | None
    """Why the output was not written; None if it was."""
    seconds: float
    messages: tuple[LoggedMessage, ...] = ()
    status: int = 0
    """Exit code of a build that would have written this output alone."""


class _Keeper(python_logging.Handler):
    """Log handler that keeps warnings instead of printing them; the parent prints each once."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__(python_logging.WARNING)
        self.messages: list[LoggedMessage] = []
        self.addFilter(suppressing_filter(app))
        self.location = location_of(app)

    def emit(self, record: python_logging.LogRecord) -> None:
        # The parent's logger adds the location to the text. It takes a text with a colon for a location and any other
        # for a docname.
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
    """Log in the parent a message that a child kept."""
    place = {"location": message.location, "type": message.type, "subtype": message.subtype}
    logger.log(message.level, "%s", message.text, **place)


def read_in_parent(app: Sphinx) -> None:
    """Let a process that was started for one output read nothing. Handle `builder-inited`."""
    if in_child():
        read_nothing(app.builder, partial(rereading.read_for_this, app.builder))


def write_all(app: Sphinx, jobs: Iterable[Job]) -> Generator[JobOutcome]:
    """Write each output in a process of its own, as `d2lbook_processes` says. Yield the outcomes as they come."""
    processes = app.config.d2lbook_processes
    if processes == "spawn" or (processes == "auto" and not may_fork()):
        return write_spawned(app, jobs)
    return write_forked(app, jobs, app.config.d2lbook_jobs or os.cpu_count() or 1)


def write_forked(app: Sphinx, jobs: Iterable[Job], places: int) -> Generator[JobOutcome]:
    """Write each output in a forked child, up to ``places`` at a time. Yield the outcomes as they come."""
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
                process = context.Process(target=_run_in_fork, args=(app, job, sender), name=f"book-{job.name}")
                process.start()
                sender.close()
                running[receiver] = (job, process)
            for receiver in _wait_for_outcomes(running):
                job, process = running.pop(receiver)
                yield _outcome_after_end(process, _receive_outcome(job, process, receiver))


def _wait_for_outcomes(running: Mapping[Connection, tuple[Job, ForkProcess]]) -> list[Connection]:
    """Wait for the first outcome, and return the pipes that have one or whose child has ended without one.

    Such a pipe may still be open, as processes that the child has forked hold the other end, too.
    """
    while True:
        ready = cast("list[Connection]", wait(list(running), PAUSE))
        ready += [
            receiver
            for receiver, (_job, process) in running.items()
            if receiver not in ready and process.exitcode is not None
        ]
        if ready:
            return ready


def _receive_outcome(job: Job, process: ForkProcess, receiver: Connection) -> JobOutcome:
    with receiver:
        try:
            if process.exitcode is None or receiver.poll():
                outcome: JobOutcome = receiver.recv()
                return outcome
        except EOFError:
            process.join()
    return JobOutcome(job.name, f"its process ended with {process.exitcode} and no result", 0.0, status=2)


def _outcome_after_end(process: ForkProcess, outcome: JobOutcome) -> JobOutcome:
    """Wait for the end of a child that has sent its outcome; kill a child that does not end, and add a warning."""
    process.join(PATIENCE)
    if process.exitcode is not None:
        return outcome
    process_cleanup.end_family(process.pid or 0)
    process.join()
    text = (
        f"the output {outcome.name!r} is written, but its process did not end within {PATIENCE} seconds: an extension "
        "waits there for something that does not come. The process was ended"
    )
    return replace(outcome, messages=(*outcome.messages, LoggedMessage(python_logging.WARNING, text, None, None, None)))


def _run_in_fork(app: Sphinx, job: Job, sender: Connection) -> None:
    """Write one output in the child, before `multiprocessing` runs its finalizers and ends the process."""
    os.environ[CHILD_VARIABLE] = FORKED
    with process_cleanup.as_a_process_ends():
        sender.send(guarded(app, job, lambda: write_output(app, app.env, job)))
        sender.close()


def guarded(app: Sphinx, job: Job, write: Callable[[], None]) -> JobOutcome:
    """Run ``write``, keep its warnings, and turn its exceptions into an outcome."""
    start = time.monotonic()
    root = build_logger()
    keeper = _Keeper(app)
    root.handlers[:] = [keeper]
    # The parent lists failed pages, and their exit code is not the fault of this output.
    execution(app).failures.clear()
    app.statuscode = 0
    error = None
    try:
        write()
    except SphinxError as err:
        error = str(err)
    # This is a fault of ours or of an extension; the other outputs are still to be finished.
    except Exception as err:  # noqa: BLE001
        error = str(in_plain_words(err) or traceback.format_exc())
    status = 2 if error else app.statuscode
    return JobOutcome(job.name, error, time.monotonic() - start, tuple(keeper.messages), status)


def write_output(app: Sphinx, env: BuildEnvironment, job: Job) -> None:
    """Turn ``app`` into one that builds only this output, and write it. Nothing is read here."""
    job.folder.mkdir(parents=True, exist_ok=True)
    builder = read_as_html.resume(app, env, job.name, job.folder)
    write(app, builder, frozenset() if job.exact else None, job.owed)


def write_spawned(app: Sphinx, jobs: Iterable[Job]) -> Generator[JobOutcome]:
    """Write each output by a `sphinx-build` of its own on the shared doctrees, where there is no fork.

    Each process reads nothing, and takes from this one what is known of the pages' runs. Yield the outcomes as they
    come.
    """
    with tempfile.TemporaryDirectory(prefix="d2lbook-") as folder:
        handover = Path(folder, "handed-over")
        hand_over(execution(app).session, handover)
        yield from _write_spawned(app, jobs, handover)


def _write_spawned(app: Sphinx, jobs: Iterable[Job], handover: Path) -> Generator[JobOutcome]:
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
            command.append("-a")  # By itself, a builder knows only about its own files, not about what others changed.
        with (
            process_cleanup.nothing_left_behind(),
            tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log,
        ):
            # A file, not a pipe: a process that is left behind would hold a pipe open, and it is ended only afterwards.
            finished = subprocess.run(
                [*command, str(app.srcdir), str(job.folder)],
                stderr=log,
                check=False,
                env={**os.environ, CHILD_VARIABLE: str(handover)},
            )
            log.seek(0)
            text = log.read()
        messages = tuple(LoggedMessage(python_logging.WARNING, line, None, None, None) for line in _warnings(text))
        failed = finished.returncode not in (0, 1)
        error = text.strip() or f"sphinx-build ended with {finished.returncode}" if failed else None
        yield JobOutcome(job.name, error, time.monotonic() - start, () if failed else messages, finished.returncode)


def _overrides(values: Mapping[str, Any]) -> list[str]:
    words = []
    for name, value in values.items():
        text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        words += ["-D", f"{name}={text}"]
    return words


def _warnings(text: str) -> list[str]:
    """Return the warnings in a log, each with the lines that continue it."""
    warnings: list[str] = []
    for line in text.splitlines():
        if "WARNING:" in line or "ERROR:" in line or not warnings:
            warnings.append(line)
        else:
            warnings[-1] += "\n" + line
    return [warning for warning in warnings if warning.strip()]
