"""Write to the page's log what the processes of a page open, look for or change.

A line of JSON is appended for each path and kind when it is first seen: `[kind, path, stat, before]`. The kinds are

    r  the content was read, or was asked for and did not exist
    w  the path was written, made, renamed or removed
    e  a process asked whether the path exists and of what kind it is
    s  a process asked for the size
    t  a process asked for the time of the last change
    d  the names in a folder were listed
    D  the names in a folder were listed, and the kinds of the entries may have been asked for
    g  a pattern was matched: the path is the folder where it starts, `before` is [kind of pattern, pattern]
    u  something that cannot be observed was used: the path is a phrase that says what

`stat` is `[mtime in ns, size, inode]` at that moment, or null if nothing existed. `before` describes a path that is
about to be written: null if nothing exists there, "folder", "link TARGET", or the digest of a file, of which a copy is
kept under that name. Kernels use this, and so do the Python processes that they start and the tracer of all other
programs; the code therefore runs in Python 3.8 and with the standard library alone.
"""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import json
import os
import stat
import sys
import tempfile
import threading
from typing import Any, Mapping, Sequence  # noqa: UP035  (older than collections.abc's)

SYSTEM = ("/usr/", "/etc/", "/proc/", "/sys/", "/dev/", "/lib", "/bin/", "/sbin/", "/run/", "/var/lib/", "/snap/")
"""Beginnings of the paths of the system's own files."""
OURS = os.path.abspath(os.path.join(__file__, "../../../.."))
"""Folder of the package that this file belongs to."""
INSTALLED = (
    "site-packages",
    "dist-packages",
    "/node_modules/",
    "/lib/python",
    "/lib/R/",
    "/lib/ruby/",
    "/lib/perl",
    "/lib64/",
)
"""Parts of the paths of installed libraries, of any language and in any folder."""
PIECE = 1 << 20
"""Number of bytes that are copied at a time."""


class Notes:
    """Log of one page."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        """Open the log.

        `settings` has the absolute paths "root", the project's folder, "without", folders to leave out, and "log", the
        file of the log; "keep", a folder for copies or ""; and "outside": if it is false, files outside of the project
        are left out. Installed programs and libraries always are.
        """
        root: str = settings["root"]
        self.keep: str = settings.get("keep") or ""
        self.outside: bool = settings.get("outside", True)
        self.roots = tuple({os.path.join(path, "") for path in (root, os.path.realpath(root))})
        installed = {sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)}
        names: Sequence[str] = (*settings["without"], *installed)
        self.without = tuple({os.path.join(path, "") for path in (*names, OURS) if not root.startswith(path)})
        home = os.path.join(os.path.expanduser("~"), ".")
        temporary = os.path.join(os.path.realpath(tempfile.gettempdir()), "")
        self.foreign = (*SYSTEM, home, os.path.join(temporary, "ipykernel_"))
        self.passing = () if root.startswith(temporary) else (temporary,)
        self._log = os.open(
            settings["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600
        )
        self._seen: set[tuple[str, str]] = set()
        self._keeping = 0

    def __call__(self, kind: str, path: str | bytes | os.PathLike[Any], more: Any = None) -> None:
        """Note a path, which may be relative to the current folder. Raise OSError or ValueError if it cannot be one.

        `kind` is one of those above, and `more` the last field of the line, if the caller knows it.
        """
        full = os.path.abspath(os.fsdecode(path))
        if (kind, full) in self._seen and more is None:
            return
        if self._keeping == threading.get_ident():
            return
        self._seen.add((kind, full))
        if not self.counts(full, kind):
            return
        folder, name = os.path.split(full)
        if os.path.basename(folder) == "__pycache__" and ".pyc" in name:
            if kind != "r" or not name.endswith(".pyc"):
                return
            full = importlib.util.source_from_cache(full)
        elif name == "__pycache__":
            return
        try:
            now = os_stat(full)
            status: list[int] | None = [now.st_mtime_ns, now.st_size, now.st_ino]
        except OSError as err:
            if err.errno == errno.ENAMETOOLONG:  # programs ask of any text whether it is a path; this is none
                return
            status = None
        if kind == "w" and full.startswith(self.roots):
            more = self._before(full)
        self._write([kind, full, status, more])

    def folder(self, path: str | bytes | os.PathLike[Any]) -> None:
        """Note that a folder is about to be made; one that exists already counts only as looked for."""
        self("e", path)
        if not os.path.lexists(path):
            self("w", path)

    def unseen(self, what: str) -> None:
        """Note that something was used that cannot be observed."""
        if ("u", what) not in self._seen:
            self._seen.add(("u", what))
            self._write(["u", what, None, None])

    def inside(self, path: str | bytes | os.PathLike[Any]) -> bool:
        """Check whether a path lies in the project's folder."""
        return (os.path.abspath(os.fsdecode(path)) + os.sep).startswith(self.roots)

    def counts(self, full: str, kind: str = "r") -> bool:
        """Check whether a page can depend on the file or folder of an absolute path, if it is used as `kind` says."""
        if (full + os.sep).startswith(self.roots):
            return not (full + os.sep).startswith(self.without)
        if not self.outside or (full + os.sep).startswith(self.without) or (full + os.sep).startswith(self.foreign):
            return False
        if full.startswith(self.passing):  # names of temporary files are random: only what is read or written counts
            return kind in "rw"
        if any(root.startswith(os.path.join(full, "")) for root in self.roots):  # a folder that contains the project
            return False
        return not any(part in full for part in INSTALLED)

    def close(self) -> None:
        """Close the log; nothing can be noted any more."""
        os.close(self._log)

    def _write(self, line: list[Any]) -> None:
        os.write(self._log, (json.dumps(line) + "\n").encode())

    def _before(self, full: str) -> str | None:
        """Describe what is at a path that is about to be written, for the log; copy a file."""
        try:
            mode = os_lstat(full).st_mode
        except OSError:
            return None
        if stat.S_ISLNK(mode):
            return f"link {os_readlink(full)}"
        if stat.S_ISDIR(mode):
            return "folder"
        if not stat.S_ISREG(mode):
            return None
        self._keeping = threading.get_ident()
        try:
            return self._copy(full)
        finally:
            self._keeping = 0

    def _copy(self, full: str) -> str:
        """Copy a file to the folder of copies, if there is one, and return its digest, the name of the copy."""
        digest = hashlib.sha256()
        handle, name = tempfile.mkstemp(dir=self.keep) if self.keep else (-1, "")
        try:
            with open(full, "rb") as stream:
                while data := stream.read(PIECE):
                    digest.update(data)
                    if self.keep:
                        os.write(handle, data)
            if self.keep:
                os.chmod(name, stat.S_IMODE(os_stat(full).st_mode) | stat.S_IWUSR)
                os.replace(name, os.path.join(self.keep, digest.hexdigest()))
        finally:
            if self.keep:
                os.close(handle)
        return digest.hexdigest()


# The originals, which observe.py replaces.
os_stat, os_lstat, os_readlink = os.stat, os.lstat, os.readlink
