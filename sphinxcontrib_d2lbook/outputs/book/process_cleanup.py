"""End the processes that write outputs, and what they leave behind.

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
    """Run what the block registered with `atexit`, and nothing that the parent did. Use this in a forked process."""
    for number in (signal.SIGINT, signal.SIGTERM):  # The parent ends this process and all that it started.
        signal.signal(number, signal.SIG_DFL)
    python.forget_exit_handlers()
    try:
        yield
    finally:
        python.run_exit_handlers()


def end_with_this_process() -> None:
    """End everything that is started from now on with this process, also what extensions start and leave to their end.

    Extensions end it themselves at `build-finished`, in the process that writes the output for which they started it.
    Call this before they register exit handlers, so that theirs run first.
    """
    atexit.register(_end_all_but, process_tree.family(os.getpid()))


@contextlib.contextmanager
def nothing_left_behind() -> Iterator[None]:
    """End every process that was started in the block and still runs at its end, also one whose parent has ended.

    This also happens after an error, after Ctrl-C, and after the signal that ends a job of CI. Processes whose parents
    have ended are found only where the system can hand them over, as Linux does.
    """
    known = process_tree.family(os.getpid())
    with process_tree.adopting(), _terminated_by_exit():
        try:
            yield
        finally:
            _end_all_but(known)


def end_family(pid: int) -> None:
    """Kill a process and everything that it started."""
    process_tree.end(process_tree.identities(process_tree.family(pid)).values())


def _end_all_but(known: Collection[int]) -> None:
    """Kill all descendants of this process except ``known``, its children, and theirs; wait until they are gone."""
    while descendants := _started_since(known):
        ended = process_tree.identities(descendants)
        process_tree.end(ended.values())
        if sys.platform == "win32":
            psutil.wait_procs(ended.values(), timeout=process_tree.PATIENCE)
            continue
        for pid in descendants:  # A process that is still forking is met again.
            # It is the child of another process, and becomes ours when that one has ended.
            with contextlib.suppress(ChildProcessError):
                os.waitpid(pid, 0)


def _started_since(known: Collection[int]) -> set[int]:
    here = os.getpid()
    older = {pid for child in known if child != here for pid in process_tree.family(child)}
    return process_tree.family(here) - older - {here}


@contextlib.contextmanager
def _terminated_by_exit() -> Iterator[None]:
    """Let SIGTERM end this process by SystemExit meanwhile, so that everything is cleaned up."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    is_default = signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if not is_default or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
