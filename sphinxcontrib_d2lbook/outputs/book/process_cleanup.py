"""How the processes that write outputs end, and how the build ends what they leave behind.

Other extensions start managers, pools and servers when a builder is initialized, and rely on the end of the process to
end them. So a process that writes an output ends as any process of Python does: `as_a_process_ends` runs what was
registered with `atexit`, and `multiprocessing` runs its finalizers. What is left after that, or after a process that
was killed, is ended by the build, in `nothing_left_behind`: it would hold the build's standard output open, and a pipe
behind the build would wait for it for ever.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Collection, Iterator
from types import FrameType

import psutil

from ...execution.kernels import process_tree
from ...upstream import python


@contextlib.contextmanager
def as_a_process_ends() -> Iterator[None]:
    """Run what the block registered with `atexit`, and nothing that its parent did. Called in a forked process."""
    for number in (signal.SIGINT, signal.SIGTERM):  # the parent ends this process and all that it started
        signal.signal(number, signal.SIG_DFL)
    python.forget_exit_handlers()
    try:
        yield
    finally:
        python.run_exit_handlers()


def end_with_this_process() -> None:
    """Have what is started from now on end with this process, also what extensions start and leave to their end.

    They end it themselves at `build-finished`, in the process that writes the output for which they started it. Called
    before they do, so that their own exit handlers run first.
    """
    atexit.register(_end_all_but, process_tree.family(os.getpid()))


@contextlib.contextmanager
def nothing_left_behind() -> Iterator[None]:
    """End every process that was started in the block and is there at its end, also one whose parent has ended.

    Also at the end by an error, by Ctrl-C, and by the signal that ends a job of CI. Where the system cannot hand over
    processes whose parents have ended, as Linux does, those are not found.
    """
    known = process_tree.family(os.getpid())
    with process_tree.adopting(), _terminated_by_exit():
        try:
            yield
        finally:
            _end_all_but(known)


def end_family(pid: int) -> None:
    """Kill a process and all that it started."""
    process_tree.end(process_tree.identities(process_tree.family(pid)).values())


def _end_all_but(known: Collection[int]) -> None:
    """Kill what descends from this process and from none of ``known``, its children, and wait until it is gone."""
    while left := _started_since(known):
        ended = process_tree.identities(left)
        process_tree.end(ended.values())
        if sys.platform == "win32":
            psutil.wait_procs(ended.values(), timeout=process_tree.PATIENCE)
            continue
        for pid in left:  # what is still forking is met again
            with contextlib.suppress(ChildProcessError):  # the child of another, and ours once that has ended
                os.waitpid(pid, 0)


def _started_since(known: Collection[int]) -> set[int]:
    here = os.getpid()
    older = {pid for child in known if child != here for pid in process_tree.family(child)}
    return process_tree.family(here) - older - {here}


@contextlib.contextmanager
def _terminated_by_exit() -> Iterator[None]:
    """Let SIGTERM end this process by SystemExit meanwhile, so that what has begun is cleared away."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    usual = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if not usual or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
