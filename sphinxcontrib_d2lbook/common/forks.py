"""Fork this process, where that is safe."""

from __future__ import annotations

import multiprocessing
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Value = TypeVar("Value")
CAN_FORK = "fork" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
"""Whether forked children can be used. macOS has fork, but its system libraries do not survive it."""
TASKS = Path("/proc/self/task")
"""Folder of Linux with an entry for each thread of this process, also for those of libraries."""


def may_fork() -> bool:
    """Check whether this process can fork: a child lacks its parent's other threads, and could wait for them."""
    threads = sum(1 for _ in TASKS.iterdir()) if TASKS.is_dir() else threading.active_count()
    return CAN_FORK and threads == 1


def call_in_fork(function: Callable[[], Value]) -> Value:
    """Return the value of a function that leaves threads behind, from a fork that ends; from here if none is possible.

    The value is pickled. Raise EOFError if the fork ends without one.
    """
    if not may_fork():
        return function()
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=lambda: sender.send(function()))
    sys.stdout.flush()
    sys.stderr.flush()
    process.start()
    sender.close()
    with receiver:
        try:
            value: Value = receiver.recv()
        finally:
            process.join()
    return value
