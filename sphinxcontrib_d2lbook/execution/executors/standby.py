"""Start the process that holds the kernels before a build needs it, and hand it to that build.

A build tells by `tell_expected` which page it expects the next build to run. The preview's warm process then starts a
`Standby`, whose kernel has already imported what that page does. A build that it forks takes it by `take`, if nothing
has changed that could show: the environment and folder of the build, and its log. What the kernel has imported is
looked at by the process itself. In all other cases the build starts a process of its own.
"""

from __future__ import annotations

import io
import math
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any, cast

import psutil

from ...common import build_news
from ..kernel_profiles import ExpectedKernel
from ..kernels import process_tree
from ..kernels.zygote_process import SUPPORTED
from ..tasks import Task
from . import child_process, runner_process

PAUSE = 0.01
"""Seconds between two checks whether a process has ended, of which this process is not the parent."""


@dataclass(frozen=True)
class Expected:
    """What the next build is expected to need."""

    environment: Mapping[str, str]
    """Variables of the build."""
    folder: str
    """Working folder of the build."""
    log: str
    """File for what kernels print outside of cells."""
    kernel: ExpectedKernel

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Expected:
        """Return it from the JSON of its `dataclasses.asdict`."""
        return cls(**{**value, "kernel": ExpectedKernel.from_json(value["kernel"])})


class _Orders(io.FileIO):
    """Our end of the standard input of a process, which is told when it is closed: the warm process has another."""

    def close(self) -> None:
        """Tell the process to end, and close the pipe."""
        if not self.closed:
            with suppress(OSError):  # it has ended
                self.write(b"stop\n")
        super().close()


class HandedProcess:
    """Process that another process has started, with those methods of `Popen` that a build uses."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None

    def __init__(self, process: psutil.Process, orders: int, answers: int) -> None:
        """Take the process, and file descriptors of its standard input and output."""
        self._process = process
        self.stdin = cast("IO[bytes]", _Orders(orders, "wb"))
        self.stdout = cast("IO[bytes]", io.FileIO(answers, "rb"))

    def wait(self, timeout: float | None = None) -> None:
        """Wait until it has ended. Raise TimeoutExpired if it does not within ``timeout`` seconds."""
        end = math.inf if timeout is None else time.monotonic() + timeout
        while process_tree.is_running(self._process):
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired(f"process {self._process.pid}", timeout or 0)
            time.sleep(PAUSE)

    def kill(self) -> None:
        """Kill it."""
        process_tree.end([self._process])


class Standby:
    """Process that waits for a build."""

    def __init__(self, expected: Expected) -> None:
        """Start the process. Raise OSError if that fails."""
        self.expected = expected
        with Path(expected.log).open("ab") as log:  # a build empties this file, and its kernels go on in it
            self._log = os.fstat(log.fileno())
            self.scratch = tempfile.mkdtemp(prefix="d2lbook-")
            try:
                request = {"expected": asdict(expected.kernel)}
                file = runner_process.write_request(request, Path(self.scratch), "expected.json")
                self.process = runner_process.start(file, log, expected.environment, expected.folder)
            except OSError:
                shutil.rmtree(self.scratch, ignore_errors=True)
                raise
        self._seen = psutil.Process(self.process.pid)

    def fits(self, log: Path) -> bool:
        """Check whether it was started as a build in this process, with this log, would start it, and still waits."""
        try:
            return (
                process_tree.is_running(self._seen)  # `poll` would only tell its parent
                and self.expected.environment == runner_process.build_environment()
                and self.expected.folder == str(Path.cwd())
                and os.path.samestat(log.stat(), self._log)
            )
        except OSError:
            return False

    def hand_over(self, request: Path) -> HandedProcess:
        """Send the path of a request, and return the process with pipes of the build's own."""
        if self.process.stdin is None or self.process.stdout is None:
            raise ValueError("it was started without pipes")
        orders, answers = (os.dup(stream.fileno()) for stream in (self.process.stdin, self.process.stdout))
        handed = HandedProcess(self._seen, orders, answers)
        build_news.tell(taken=True)
        with suppress(BrokenPipeError):  # it has ended: its output then says so
            os.write(self.process.stdin.fileno(), f"{request}\n".encode())
        return handed

    def leave(self) -> None:
        """Let it end with the build that has taken it, and not with this process."""
        if self.process.stdin is not None:
            self.process.stdin.close()

    def close(self) -> None:
        """End it, if the build that has taken it has not done so, and remove its folder."""
        child_process.stop(self.process)
        shutil.rmtree(self.scratch, ignore_errors=True)


_waiting: list[Standby] = []
"""Process that a build may take, in this process or in a fork of it; empty if there is none."""


def offer(standby: Standby | None) -> None:
    """Let builds take this process, or none."""
    _waiting[:] = [standby] if standby else []


def take(log: Path) -> Standby | None:
    """Return the process that was offered, once, if it fits a build in this process with this log."""
    if _waiting and _waiting[0].fits(log):
        return _waiting.pop()
    return None


def tell_expected(task: Task, log: Path) -> None:
    """Tell whoever has started this build that the next one will probably run a task."""
    if SUPPORTED:
        expected = Expected(runner_process.build_environment(), str(Path.cwd()), str(log), ExpectedKernel.of_task(task))
        build_news.tell(expected=asdict(expected))
