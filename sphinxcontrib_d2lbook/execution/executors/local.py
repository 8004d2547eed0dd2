"""Run tasks on this machine, in one child process that holds the kernels."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from dataclasses import asdict
from pathlib import Path

from ..kernels import process_tree
from ..machine_resources import local_capacity
from ..schedule import Capacity
from ..tasks import Result, Started, Task
from . import child_process
from .base import Executor, Settings

MATPLOTLIB = "svg.hashsalt: book\n"
"""Settings of Matplotlib in every kernel, in place of the author's own, so that identifiers in SVG files are not
random. A `matplotlibrc` beside the page overrides them."""


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

    def run(self, tasks: Sequence[Task]) -> Generator[Started | Result | None, None, None]:
        """Run all tasks; see `Executor.run`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="d2lbook-") as name, self.log.open("wb") as log:
            scratch = Path(name)
            request = scratch / "request.json"
            value = {
                "tasks": [asdict(task) for task in tasks],
                "capacity": asdict(self.capacity),
                "start": self.start,
                "scratch": name,
            }
            request.write_text(json.dumps(value), "utf-8")
            process = subprocess.Popen(
                [sys.executable, "-m", "sphinxcontrib_d2lbook.execution.runner", str(request)],
                stdin=subprocess.PIPE,  # closed by the system when the build ends, however it ends
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(scratch),
                start_new_session=True,  # Ctrl-C reaches the build, which then stops the kernels
            )
            try:
                called = "the process that holds the kernels"
                yield from child_process.events(process, len(tasks), name=called, log=self.log)
            finally:
                child_process.stop(process)
                # If it was killed, processes that its kernels have started may run on.
                process_tree.end_started_with(name)


def _environment(scratch: Path) -> dict[str, str]:
    """Return the environment of the child process, and write Matplotlib's settings to ``scratch``.

    IPython may write to its configuration folder, so that it gets one of its own and not the author's.
    PYTEST_CURRENT_TEST is left out: with it, ipykernel would not show what programs print.
    """
    matplotlibrc = scratch / "matplotlibrc"
    matplotlibrc.write_text(MATPLOTLIB, "utf-8")
    return {
        **{name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        "IPYTHONDIR": str(scratch / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(scratch / "run"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "MATPLOTLIBRC": str(matplotlibrc),
    }


def make_executor(settings: Settings) -> LocalExecutor:
    """Return an executor for this machine, with all resources that it may use."""
    config = settings.config
    return LocalExecutor(
        settings.work / "kernels.log",
        local_capacity(config.d2lbook_execution_jobs, config.d2lbook_resources),
        config.d2lbook_kernels,
    )
