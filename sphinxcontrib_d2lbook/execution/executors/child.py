"""A process of our own that prints lines and ends when its standard input is closed: so it never outlives the build."""

from __future__ import annotations

import os
import select
import subprocess
from collections.abc import Iterator

PAUSE = 0.25
"""Seconds without news after which the caller gets a moment."""
PATIENCE = 10
"""Seconds that the process has for ending what it runs."""


def lines(process: subprocess.Popen[bytes]) -> Iterator[bytes | None]:
    """What the process prints, line by line; None where nothing came for a moment."""
    if process.stdout is None:
        return
    handle = process.stdout.fileno()
    rest: list[bytes] = []
    while True:
        ready, _, _ = select.select([handle], [], [], PAUSE)
        if not ready:
            yield None
            continue
        data = os.read(handle, 1 << 16)
        if not data:
            return
        first, *others = data.split(b"\n")
        rest.append(first)  # joined once a line, which may be long
        for part in others:
            yield b"".join(rest)
            rest = [part]


def stop(process: subprocess.Popen[bytes]) -> None:
    """Have the process end what it runs, and itself."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()
