"""Find the processes of a kernel: how much memory they hold, and which of them outlive it."""

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
"""Folder of the programs that run as kernels."""

HELPER = re.compile(r"from [\w.]*\b(resource_tracker|forkserver) import main")
"""Code on the command line of the helpers of `multiprocessing`."""
PAUSE = 0.01
"""Seconds between two looks for processes that are being killed."""
PATIENCE = 5
"""Seconds that the system may need to end processes that are killed."""


PR_SET_CHILD_SUBREAPER, PR_GET_CHILD_SUBREAPER = 36, 37


@contextlib.contextmanager
def adopting() -> Iterator[None]:
    """Adopt processes, on Linux: those that start within the context and whose parents end become our children."""
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
    """Return the ids of a process and all its descendants; from /proc if it exists, which is a hundred times faster."""
    members, todo = {pid}, [pid]
    while todo:
        children = _children(todo.pop()) - members
        members |= children
        todo += children
    return members


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
    """Return the content of a file of /proc; empty if its process has ended, or its thread, whose children move on."""
    content = b""
    try:
        handle = os.open(file, os.O_RDONLY)
        try:
            while data := os.read(handle, 1 << 16):
                content += data
        finally:
            os.close(handle)
    except (FileNotFoundError, ProcessLookupError):
        return b""
    return content


def memory(pids: Collection[int]) -> int:
    """Return the bytes of resident memory of some processes; shared memory counts once if the system tells of it."""
    total = 0
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            total += (len(pids) > 1 and _share(pid)) or psutil.Process(pid).memory_info().rss
    return total


def _share(pid: int) -> int:
    """Return the bytes of a process, with its share of what it shares with others; 0 if the system does not tell."""
    try:
        text = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0)


def in_session(session: int) -> set[int]:
    """Return the processes of a session, without its leader; none if the system has no sessions."""
    members: set[int] = set()
    if not hasattr(os, "getsid"):
        return members
    for pid in psutil.pids():
        with contextlib.suppress(OSError):
            if pid != session and os.getsid(pid) == session:
                members.add(pid)
    return members


def started_with(text: str) -> set[int]:
    """Return the processes that were started with ``text`` in their environment; none if the system does not tell."""
    pids = set()
    wanted = os.fsencode(text)
    for pid in psutil.pids():
        with contextlib.suppress(OSError):  # it is another user's
            if wanted in _read(f"{PROC}/{pid}/environ"):
                pids.add(pid)
    return pids


def identities(pids: Iterable[int]) -> dict[int, psutil.Process]:
    """Return process id -> process, so that a later process with the same id is not taken for it."""
    processes = {}
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            processes[pid] = psutil.Process(pid)
    return processes


def command(process: psutil.Process) -> str:
    """Return the command line of a process, shortened to what helps an author."""
    try:
        words = process.cmdline() or [process.name()]
    except psutil.Error:
        return f"process {process.pid}"
    if INSIDE in (str(Path(word).parent) for word in words[:2]):
        return "a fork of the kernel"
    text = " ".join(words)
    return text if len(text) <= 120 else text[:117] + "..."


def is_helper(process: psutil.Process) -> bool:
    """Check whether a process is a helper of `multiprocessing` or joblib, which ends with its parent."""
    try:
        return any(HELPER.match(word) for word in process.cmdline()[1:])
    except psutil.Error:
        return False


def is_ending(process: psutil.Process) -> bool:
    """Check whether a process has begun to end by itself, when it has no memory any more.

    A command line would not do: a program that has just been started has none for a moment.
    """
    try:
        return bool(process.memory_info().vms == 0)
    except psutil.AccessDenied:
        return False
    except psutil.Error:
        return True


def is_running(process: psutil.Process) -> bool:
    """Check whether a process runs, and is not a zombie."""
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def end(processes: Iterable[psutil.Process]) -> None:
    """Kill processes, and ignore those that are gone already."""
    for process in processes:
        with contextlib.suppress(psutil.Error):
            process.kill()


def end_started_with(text: str) -> None:
    """Kill the processes of `started_with`, and those that they start meanwhile, until they are gone."""
    latest = time.monotonic() + PATIENCE
    while (running := started_with(text)) and time.monotonic() < latest:
        end(identities(running).values())
        time.sleep(PAUSE)


def end_descendants() -> None:
    """Kill all descendants of this process, also those that are forked meanwhile, and wait until they are gone."""
    while running := family(os.getpid()) - {os.getpid()}:
        processes = identities(running)
        end(processes.values())
        if sys.platform == "win32":
            psutil.wait_procs(processes.values(), timeout=PATIENCE)
            continue
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)
