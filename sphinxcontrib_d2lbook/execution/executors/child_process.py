"""Read the events of a child process that prints lines, and stop it.

Such a process ends when its standard input is closed, so that it never outlives the build.
"""

from __future__ import annotations

import json
import os
import queue
import select
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Protocol

from ..tasks import CellProgress, Started, result_from_json
from .base import Event, ExecutorError

PAUSE = 0.25
"""Seconds without news after which the caller gets None."""
PATIENCE = 10
"""Seconds that the process has to end what it runs before it is killed."""


class ChildProcess(Protocol):
    """Those parts of `Popen` that are used here; see `standby.HandedProcess` for a process that another has started."""

    stdin: IO[bytes] | None
    stdout: IO[bytes] | None

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it has ended, and return its exit code, or None if that is not known."""

    def kill(self) -> None:
        """Kill it."""


def lines(process: ChildProcess) -> Iterator[bytes | None]:
    """Yield what the process prints, line by line; None when nothing has come for `PAUSE` seconds."""
    if process.stdout is None:
        return
    chunks = _chunks_by_thread if sys.platform == "win32" else _chunks
    rest: list[bytes] = []
    for data in chunks(process.stdout.fileno()):
        if data is None:
            yield None
            continue
        first, *others = data.split(b"\n")
        rest.append(first)  # joined once a line, which may be long
        for part in others:
            yield b"".join(rest)
            rest = [part]


def _chunks(handle: int) -> Iterator[bytes | None]:
    """Yield what can be read from a pipe, to its end; None when nothing has come for `PAUSE` seconds."""
    while True:
        ready, _, _ = select.select([handle], [], [], PAUSE)
        data = os.read(handle, 1 << 16) if ready else None
        if data == b"":
            return
        yield data


def _chunks_by_thread(handle: int) -> Iterator[bytes | None]:
    """Do the same as `_chunks` on Windows, where `select` cannot wait for pipes. Elsewhere a thread disturbs forks."""
    read: queue.SimpleQueue[bytes] = queue.SimpleQueue()

    def read_all() -> None:
        while data := os.read(handle, 1 << 16):
            read.put(data)
        read.put(b"")

    threading.Thread(target=read_all, daemon=True).start()
    while True:
        try:
            data = read.get(timeout=PAUSE)
        except queue.Empty:
            yield None
            continue
        if not data:
            return
        yield data


def events(process: ChildProcess, count: int, *, name: str, log: Path) -> Iterator[Event]:
    """Yield the events of ``count`` pages, each from a line of JSON.

    A line is {"started": docname}, {"progress": ...} with the fields of a `CellProgress`, or {"result": ...}.

    Raise ExecutorError if the process prints {"error": why}, or ends before all pages are done; the message then calls
    it ``name`` and refers to the file ``log``.
    """
    for line in lines(process):
        if line is None:
            yield None
            continue
        value = json.loads(line)
        if "error" in value:
            raise ExecutorError(value["error"])
        if "started" in value:
            yield Started(value["started"])
        elif "progress" in value:
            yield CellProgress(**value["progress"])
        else:
            count -= 1
            yield result_from_json(value["result"])
    if count:
        code = process.wait()
        end = "ended" if code is None else f"ended with {code}"
        raise ExecutorError(f"{name} {end} before {count} pages were done; {log} says more")


def stop(process: ChildProcess) -> None:
    """Let the process end what it runs and itself, and kill it if it takes too long."""
    if process.stdin is not None:
        with suppress(BrokenPipeError):  # it has ended
            process.stdin.close()
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
