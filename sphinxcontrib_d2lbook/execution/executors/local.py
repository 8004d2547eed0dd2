"""Runs tasks on this machine, in one child process that holds the kernels."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from ..model import Failure, Result, Task
from .base import ExecutorError

MATPLOTLIB = "svg.hashsalt: book\n"
"""Settings of Matplotlib in every kernel, in place of the author's own: identifiers in SVG files are not random. A
`matplotlibrc` beside the page goes before it."""


class LocalExecutor:
    """Up to ``jobs`` kernels at a time; 0 for one a processor. What they print past their cells goes to ``log``."""

    def __init__(self, log: Path, jobs: int = 0) -> None:
        self.log = log
        self.jobs = jobs or os.cpu_count() or 1

    def run(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """See `Executor.run`."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        # IPython may write to its configuration folder; a build leaves the author's alone.
        with tempfile.TemporaryDirectory(prefix="d2lbook-") as scratch, self.log.open("wb") as log:
            request = Path(scratch, "tasks.json")
            request.write_text(json.dumps({"jobs": self.jobs, "tasks": [asdict(task) for task in tasks]}), "utf-8")
            settings = Path(scratch, "matplotlibrc")
            settings.write_text(MATPLOTLIB, "utf-8")
            environment = {
                **os.environ,
                "IPYTHONDIR": str(Path(scratch, "ipython")),
                "JUPYTER_RUNTIME_DIR": str(Path(scratch, "run")),
                "PYDEVD_DISABLE_FILE_VALIDATION": "1",
                "MATPLOTLIBRC": str(settings),
            }
            process = subprocess.Popen(
                [sys.executable, "-m", "sphinxcontrib_d2lbook.execution.runner", str(request)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C reaches the build, which then stops this group as a whole
            )
            try:
                yield from self._results(process, len(tasks))
            finally:
                _stop(process)

    def _results(self, process: subprocess.Popen[str], count: int) -> Iterator[Result]:
        seen = 0
        for line in process.stdout or ():
            value = json.loads(line)
            failure = value.pop("failure")
            seen += 1
            yield Result(**value, failure=failure and Failure(**failure))
        code = process.wait()
        if seen < count:
            raise ExecutorError(
                f"the process that runs them ended with {code} before {count - seen} were done; {self.log} says more"
            )


def _stop(process: subprocess.Popen[str]) -> None:
    """End the runner and whatever is left of its kernels."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
