"""Remember the digests of large files, so that planning a build does not read gigabytes in which nothing has changed.

A file that still has the size, times and inode that it had when it was read also has the same content, since no program
can set the time of the last status change (ctime). Two changes within one tick of that clock cannot be told apart: the
digest of a file that changed a moment before it was read is therefore not remembered.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from ..common.build_state import StateEntry, StateKind
from ..common.files import file_digest

LARGE = 1 << 20
"""Size in bytes from which on reading a file takes longer than looking up its digest."""
TICK = 2_000_000_000
"""Nanoseconds, longer than one tick of any file system's clock."""
TELLS = os.name != "nt"
"""Whether the system has inodes and a time of change that no program can set."""
INPUTS = StateKind(
    "inputs",
    of="the digests of large files that pages read",
    stale="any difference in the size, the times of writing and of change, or the inode of the file",
)
Known = dict[str, tuple[list[int], str]]
"""Absolute path -> (size, mtime, ctime and inode, digest)."""


class Digests:
    """Digests of files, taken from the last build for large files that have not changed since."""

    def __init__(self, work: Path) -> None:
        """Load the digests of the last build from ``work``, the folder for what is neither source nor output."""
        self._entry = StateEntry(work, INPUTS)
        self._known: Known = self._entry.load() or {}
        self._used: Known = {}

    def __call__(self, path: Path) -> str:
        """Return the digest of a file's content. Raise OSError if it cannot be read."""
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
        """Save the digests that this build asked for, and no others. Raise OSError if they cannot be written."""
        if self._used != self._known:
            self._entry.save("", self._used)


def _status(path: Path) -> list[int]:
    stat = path.stat()
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
