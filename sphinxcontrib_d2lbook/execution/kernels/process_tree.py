"""The processes of a kernel: how much memory they hold, which of them outlive it."""

from __future__ import annotations

import contextlib
import ctypes
import os
import re
import sys
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import psutil

PROC = Path("/proc")
INSIDE = str(Path(__file__).parent / "inside")
"""Folder of the programs that are kernels."""

HELPER = re.compile(r"from [\w.]*\b(resource_tracker|forkserver) import main")
"""Code that helpers of `multiprocessing` run."""
PAUSE = 0.01
PATIENCE = 5
"""Seconds that the system may need to end processes that are killed."""


PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 36, 37


@contextlib.contextmanager
def adopting() -> Iterator[None]:
    """Let processes that are started meanwhile, and whose parents end, become children of this one (on Linux)."""
    if sys.platform != "linux":
        yield
        return
    prctl, before = ctypes.CDLL(None).prctl, ctypes.c_int()
    prctl(PR_GET_CHILD_SUBREAPER, ctypes.byref(before))
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        yield
    finally:
        prctl(PR_SET_CHILD_SUBREAPER, before.value)


def family(pid: int) -> set[int]:
    """A process and all that descend from it. Reads /proc where it can, which is a hundred times faster."""
    found, todo = {pid}, [pid]
    while todo:
        children = _children(todo.pop()) - found
        found |= children
        todo += children
    return found


def _children(pid: int) -> set[int]:
    threads = f"{PROC}/{pid}/task"
    try:
        names = os.listdir(threads)  # noqa: PTH208  pathlib takes several times as long, for each thread of each kernel
    except (FileNotFoundError, ProcessLookupError, NotADirectoryError):
        if PROC.joinpath("self", "task").is_dir():
            return set()  # the process has ended
        with contextlib.suppress(psutil.Error):
            return {child.pid for child in psutil.Process(pid).children()}
        return set()
    return {int(word) for name in names for word in _read(f"{threads}/{name}/children").split()}


def _read(file: str) -> bytes:
    """A file of /proc; empty where its process has ended, or its thread: another has its children then."""
    found = b""
    try:
        handle = os.open(file, os.O_RDONLY)
        try:
            while data := os.read(handle, 1 << 16):
                found += data
        finally:
            os.close(handle)
    except (FileNotFoundError, ProcessLookupError):
        return b""
    return found


def memory(pids: Collection[int]) -> int:
    """Bytes of resident memory that processes hold together; what several share counts once where the system tells."""
    total = 0
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            total += (len(pids) > 1 and _share(pid)) or psutil.Process(pid).memory_info().rss
    return total


def _share(pid: int) -> int:
    """Bytes of a process, of those that it shares with others its part; 0 where the system does not tell."""
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0)


def in_session(session: int) -> set[int]:
    """Return the processes of a session, without its leader; none where the system has no sessions."""
    found: set[int] = set()
    if not hasattr(os, "getsid"):
        return found
    for pid in psutil.pids():
        with contextlib.suppress(OSError):
            if pid != session and os.getsid(pid) == session:
                found.add(pid)
    return found


def started_with(text: str) -> set[int]:
    """Processes in whose environment ``text`` stood when they were started; none where the system does not tell."""
    found = set()
    wanted = os.fsencode(text)
    for pid in psutil.pids():
        with contextlib.suppress(OSError):  # it is another user's
            if wanted in _read(f"{PROC}/{pid}/environ"):
                found.add(pid)
    return found


def identities(pids: Iterable[int]) -> dict[int, psutil.Process]:
    """Processes by pid, so that another that gets a pid again is not taken for it."""
    found = {}
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            found[pid] = psutil.Process(pid)
    return found


def command(process: psutil.Process) -> str:
    """The command line, as far as it helps an author."""
    try:
        words = process.cmdline() or [process.name()]
    except psutil.Error:
        return f"process {process.pid}"
    if INSIDE in (str(Path(word).parent) for word in words[:2]):
        return "a fork of the kernel"
    text = " ".join(words)
    return text if len(text) <= 120 else text[:117] + "..."


def is_helper(process: psutil.Process) -> bool:
    """Whether it is a process that `multiprocessing`, or joblib, keeps for itself and ends with its parent."""
    try:
        return any(HELPER.match(word) for word in process.cmdline()[1:])
    except psutil.Error:
        return False


def is_ending(process: psutil.Process) -> bool:
    """Whether a process has begun to end by itself: then it has given back its memory, and its command line with it."""
    try:
        return not process.cmdline()
    except psutil.AccessDenied:
        return False
    except psutil.Error:
        return True


def is_running(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def end(processes: Iterable[psutil.Process]) -> None:
    """Kill; those that are gone already are no fault."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()


def end_started_with(text: str) -> None:
    """Kill those of `started_with`, and what they start meanwhile, and see that they are gone."""
    latest = time.monotonic() + PATIENCE
    while (left := started_with(text)) and time.monotonic() < latest:
        end(identities(left).values())
        time.sleep(PAUSE)


def end_descendants() -> None:
    """Kill all that descends from this process, and wait until it is gone. What is still forking is met again."""
    while left := family(os.getpid()) - {os.getpid()}:
        found = identities(left)
        end(found.values())
        if sys.platform == "win32":
            psutil.wait_procs(found.values(), timeout=PATIENCE)
            continue
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)
