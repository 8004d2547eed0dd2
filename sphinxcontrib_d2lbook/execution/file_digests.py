"""Digests of large files, remembered: a build that plans does not read gigabytes to find that nothing has changed.

A file with the size, the times and the inode that it had when it was read has the content that it had, since nobody can
set the time of the last change of any kind. Two changes within one tick of that clock cannot be told apart: what
changed a moment before it was read is read again.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from ..common.build_state import StateEntry, StateKind
from ..common.files import file_digest

LARGE = 1 << 20
"""Bytes from which on reading takes longer than remembering."""
TICK = 2_000_000_000
"""Nanoseconds that no file system's clock needs for a tick."""
TELLS = os.name != "nt"
"""Whether the system has a time of change that nobody can set, and inodes."""
INPUTS = StateKind(
    "inputs",
    of="the digests of large files that pages read",
    stale="any difference in the size, the times of writing and of change, or the inode of the file",
)
Known = dict[str, tuple[list[int], str]]
"""Path -> status, digest."""


class Digests:
    """The digests of files; of large ones those that the last build worked out, as far as they hold."""

    def __init__(self, work: Path) -> None:
        """``work`` is the folder in which the project keeps what is neither source nor output."""
        self._entry = StateEntry(work, INPUTS)
        self._known: Known = self._entry.load() or {}
        self._used: Known = {}

    def __call__(self, path: Path) -> str:
        """Return the digest of a file's content. Raises OSError."""
        status = _status(path)
        if not TELLS or status[0] < LARGE:
            return file_digest(path)
        name = str(path.absolute())
        if name in self._known and list(self._known[name][0]) == status:
            self._used[name] = self._known[name]
        else:
            now = time.time_ns()
            value = file_digest(path)
            if _status(path) != status or now - status[2] < TICK:
                return value
            self._used[name] = status, value
        return self._used[name][1]

    def save(self) -> None:
        """Remember what was asked for, and nothing else. Raises OSError."""
        if self._used != self._known:
            self._entry.save("", self._used)


def _status(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
