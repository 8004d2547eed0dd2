"""An executor that is no part of sphinxcontrib-d2lbook: it runs all pages in one process behind a command.

Such a command may be `nice`, `systemd-run --scope`, `srun` or `ssh`: whatever starts a process that sees the same
files. This module is also the program that runs there.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from sphinxcontrib_d2lbook.execution.executors import child_process
from sphinxcontrib_d2lbook.execution.executors.base import Event, Executor, ExecutorError, Settings
from sphinxcontrib_d2lbook.execution.executors.local import LocalExecutor
from sphinxcontrib_d2lbook.execution.machine_resources import local_capacity
from sphinxcontrib_d2lbook.execution.schedule import Capacity
from sphinxcontrib_d2lbook.execution.tasks import CellProgress, Result, Started, Task, task_from_json


class WrappedExecutor(Executor):
    """Runs what `capacity` has room for, behind the words of `command`."""

    def __init__(self, command: Sequence[str], capacity: Capacity, log: Path) -> None:
        self.command = command
        self.capacity = capacity
        self.log = log

    def run(self, tasks: Sequence[Task]) -> Generator[Event, None, None]:
        """See `Executor.run`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder, self.log.open("wb") as log:
            request = Path(folder, "request.json")
            value = {"tasks": [asdict(task) for task in tasks], "capacity": asdict(self.capacity), "log": str(self.log)}
            request.write_text(json.dumps(value), "utf-8")
            try:
                process = subprocess.Popen(
                    [*self.command, sys.executable, "-m", __name__, str(request)],
                    stdin=subprocess.PIPE,  # closed by the system when the build ends, however it ends
                    stdout=subprocess.PIPE,
                    stderr=log,
                    start_new_session=True,
                )
            except OSError as err:
                raise ExecutorError(f"{self.command[0]!r} cannot be started: {err}") from err
            try:
                yield from child_process.events(process, len(tasks), name="the wrapped process", log=self.log)
            finally:
                child_process.stop(process)


def make_executor(settings: Settings) -> WrappedExecutor:
    """Take the command from the environment variable BOOK_WRAPPER."""
    command = shlex.split(os.environ.get("BOOK_WRAPPER", "nice"))
    capacity = local_capacity(settings.config.d2lbook_execution_jobs, settings.config.d2lbook_resources)
    return WrappedExecutor(command, capacity, settings.work / "wrapped.log")


def main(request: Path) -> None:
    """Run the tasks, and print a line of JSON for whatever happens. End when standard input is closed."""
    value = json.loads(request.read_text("utf-8"))
    capacity = Capacity(**{**value["capacity"], "gpus": tuple(value["capacity"]["gpus"])})
    executor = LocalExecutor(Path(value["log"] + ".kernels"), capacity)
    with closing(executor.run([task_from_json(task) for task in value["tasks"]])) as events:
        for event in events:
            if isinstance(event, Started):
                print(json.dumps({"started": event.docname}), flush=True)  # noqa: T201
            elif isinstance(event, CellProgress):
                print(json.dumps({"progress": asdict(event)}), flush=True)  # noqa: T201
            elif isinstance(event, Result):
                print(json.dumps({"result": asdict(event)}), flush=True)  # noqa: T201
            elif is_closed():
                return


def is_closed() -> bool:
    """Return whether the build is gone, or wants no more."""
    ready, _, _ = select.select([sys.stdin], [], [], 0)
    return bool(ready) and not sys.stdin.buffer.read(1)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
