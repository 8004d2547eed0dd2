"""Lock a topic map, so that only one sync at a time uses it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import ForumError

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _take(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Hold the lock of ``file`` during the block. A process that dies releases it. Raise ForumError if it is taken."""
    path = file.with_name(f".{file.name}.lock")
    handle = _open(path, file)
    try:
        yield
    finally:
        with suppress(PermissionError):  # Windows removes no file that is open; then the file stays
            path.unlink(missing_ok=True)
        os.close(handle)


def _open(path: Path, file: Path) -> int:
    """Return a handle that holds the lock. Raise ForumError if it is taken."""
    while True:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        except OSError as err:
            raise ForumError(f"{path}: cannot be created: {err}") from err
        try:
            _take(handle)
        except OSError as err:
            os.close(handle)
            raise ForumError(f"{file}: another sync is at work on it; wait until it is done") from err
        try:
            if os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except FileNotFoundError:
            pass
        os.close(handle)  # the previous owner was just removing the file
