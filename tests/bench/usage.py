"""What a command costs, with all processes that it starts: wall time, CPU time, memory.

    python usage.py RESULT.json COMMAND ...

The process that runs this file makes itself the one to which orphans fall (`PR_SET_CHILD_SUBREAPER`), starts the
command, and waits until no descendant is left. The system adds up the CPU time of a process when its parent, or who
inherits it, has waited for it: so the sum, `getrusage(RUSAGE_CHILDREN)`, has kernels that were killed, copies of
copies, and whatever the command left behind. A process whose parent ignores SIGCHLD would be missed; none here does.

Memory is the sum over all descendants, looked at four times a second, and its largest value is kept. Of memory that
processes share, each counts its part (the "proportional set size"), so that a copy by fork counts what it has written.
Nothing of that is in the CPU time, since the process that looks is not among the descendants.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

PR_SET_CHILD_SUBREAPER = 36
PAUSE = 0.25
"""Seconds between two looks at the memory."""


@dataclass(frozen=True)
class Usage:
    """What one command cost."""

    wall: float
    """Seconds from its start to the end of its last descendant."""
    cpu: float
    """Seconds of all processes, user and system."""
    memory: int
    """Bytes at the highest point."""
    code: int
    """What the command returned."""


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path) -> Usage:
    """Run a command to its end, in a process that counts what it uses. What it prints goes to ``log``."""
    with tempfile.TemporaryDirectory(prefix="d2lbook-usage-") as name:
        result = Path(name, "usage.json")
        with log.open("wb") as stream:
            subprocess.run(
                [sys.executable, __file__, str(result), *command],
                cwd=folder,
                env=dict(environment),
                stdout=stream,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                check=True,
            )
        return Usage(**json.loads(result.read_text("utf-8")))


def _run(command: Sequence[str]) -> Usage:
    if sys.platform != "linux":
        raise SystemExit("the CPU time of all descendants is only to be had on Linux")
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    start = time.monotonic()
    process = subprocess.Popen(command)
    code = None
    memory = 0
    while True:
        memory = max(memory, _memory())
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            break
        if pid == process.pid:
            code = process.returncode = os.waitstatus_to_exitcode(status)
        if pid == 0:
            time.sleep(PAUSE if code is None else PAUSE / 10)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return Usage(time.monotonic() - start, used.ru_utime + used.ru_stime, memory, code if code is not None else -1)


def _memory() -> int:
    total = 0
    for process in psutil.Process().children(recursive=True):
        try:
            total += process.memory_full_info().pss
        except psutil.Error:  # it has ended since it was listed
            continue
    return total


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(asdict(_run(sys.argv[2:]))), "utf-8")
