"""Run tasks on this machine, in one child process that holds the kernels."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator, Sequence
from dataclasses import asdict
from pathlib import Path

from ..kernels import process_tree
from ..machine_resources import local_capacity
from ..schedule import Capacity
from ..tasks import Task
from . import child_process, runner_process, standby
from .base import Event, Executor, Settings

LOG = "kernels.log"
"""Name of the work folder's file for what kernels print outside of cells."""


class LocalExecutor(Executor):
    """Executor on this machine, which runs as many tasks at once as ``capacity`` has room for.

    What kernels print outside of cells goes to the file ``log``. ``start`` is "warm" (kernels are forked from a process
    that has imported what pages share), "cold" (each starts from nothing), or "auto", which is warm if the system can
    fork and at least two pages share something.
    """

    def __init__(self, log: Path, capacity: Capacity, start: str = "auto") -> None:
        self.log = log
        self.capacity = capacity
        self.start = start

    def run(self, tasks: Sequence[Task]) -> Generator[Event, None, None]:
        """Run all tasks; see `Executor.run`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        request = {
            "tasks": [asdict(task) for task in tasks],
            "capacity": asdict(self.capacity),
            "start": self.start,
        }
        waiting = None if self.start == "cold" else standby.take(self.log)
        scratch = Path(waiting.scratch if waiting else tempfile.mkdtemp(prefix="d2lbook-"))
        try:
            with self.log.open("wb") as log:
                file = runner_process.write_request(request, scratch)
                process: child_process.ChildProcess
                if waiting:
                    process = waiting.hand_over(file)
                else:
                    process = runner_process.start(file, log, runner_process.build_environment())
            try:
                called = "the process that holds the kernels"
                yield from child_process.events(process, len(tasks), name=called, log=self.log)
            finally:
                child_process.stop(process)
                # If it was killed, processes that its kernels have started may run on.
                process_tree.end_started_with(str(scratch))
        finally:
            shutil.rmtree(scratch, ignore_errors=True)


def make_executor(settings: Settings) -> LocalExecutor:
    """Return an executor for this machine, with all resources that it may use."""
    config = settings.config
    return LocalExecutor(
        settings.work / LOG,
        local_capacity(config.d2lbook_execution_jobs, config.d2lbook_resources),
        config.d2lbook_kernels,
    )
