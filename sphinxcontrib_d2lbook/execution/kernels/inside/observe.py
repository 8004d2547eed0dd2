"""Notes the files of the project that a kernel opens, lists or writes, by an audit hook.

A line of JSON is appended to a log for each path and kind when it is first seen: `[kind, path, stat]`, where kind is
"r" (read, or looked for), "w" (written, renamed, removed) or "d" (a folder that was listed), and stat is
`[mtime in ns, size, inode]` at that moment, or null where nothing was there. What compiled code opens by itself is not
seen. Processes that are forked from the kernel write to the same log.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shlex
import sys
from typing import Any, Callable, Iterable, Sequence  # noqa: UP035  (older than collections.abc's)

IMPORTERS = ("<frozen importlib", os.path.join(os.path.dirname(importlib.util.__file__), ""))
"""Where the code of imports and of `importlib.metadata` comes from."""
WRITING = os.O_WRONLY | os.O_RDWR | os.O_APPEND | os.O_TRUNC | os.O_CREAT


def install(root: str, without: Sequence[str], log: str) -> None:
    """Observe from now on. `root` and the folders `without` are absolute paths; there is no way back."""
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    roots = tuple({os.path.join(path, "") for path in (root, os.path.realpath(root))})
    installed = {sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)}
    outside = tuple(os.path.join(path, "") for path in {*without, *installed} if not root.startswith(path))
    seen: set[tuple[str, str]] = set()

    def note(kind: str, path: Any) -> None:
        if isinstance(path, int) or not path:
            return
        full = os.path.abspath(os.fsdecode(path))
        if (kind, full) in seen:
            return
        seen.add((kind, full))
        if not (full + os.sep).startswith(roots) or full.startswith(outside):
            return
        folder, name = os.path.split(full)
        if os.path.basename(folder) == "__pycache__":
            if kind != "r" or not name.endswith(".pyc"):
                return
            full = importlib.util.source_from_cache(full)
        try:
            found = os.stat(full)
            stat: list[int] | None = [found.st_mtime_ns, found.st_size, found.st_ino]
        except OSError:
            stat = None
        os.write(handle, (json.dumps([kind, full, stat]) + "\n").encode())

    def opened(args: tuple[Any, ...]) -> None:
        path, mode, flags = args[:3]
        writes = flags & WRITING if isinstance(flags, int) else set(mode or "r") & set("wax+")
        note("w" if writes else "r", path)

    def listed(args: tuple[Any, ...]) -> None:
        # The hook's caller's caller is who listed: the machinery of imports looks into every folder of the path.
        if not sys._getframe(3).f_code.co_filename.startswith(IMPORTERS):
            note("d", args[0] if args and args[0] is not None else ".")

    def changed(args: tuple[Any, ...]) -> None:
        for path in args[:2]:
            if isinstance(path, (str, bytes, os.PathLike)):
                note("w", path)

    def started(words: str | bytes | Iterable[Any] | None) -> None:
        """The arguments of a command that name files."""
        if isinstance(words, (str, bytes)):
            words = shlex.split(os.fsdecode(words), comments=False)
        word: Any
        for word in words or ():
            text = os.fsdecode(word)
            parts = [text]
            if any(space in text for space in " \t\n"):  # `sh -c "cat data.txt"`
                parts = shlex.split(text)
            for part in parts:
                if part and os.path.isfile(part):
                    note("r", part)

    events: dict[str, Callable[[tuple[Any, ...]], None]] = {
        "open": opened,
        "os.listdir": listed,
        "os.scandir": listed,
        "os.rename": changed,
        "os.remove": lambda args: changed(args[:1]),
        "os.truncate": lambda args: changed(args[:1]),
        "os.link": lambda args: changed(args[1:2]),
        "os.symlink": lambda args: changed(args[1:2]),
        "sqlite3.connect": lambda args: note("r", args[0]),
        "subprocess.Popen": lambda args: started(args[1]),
        "os.system": lambda args: started(args[0]),
        "os.exec": lambda args: started(args[1]),
        "os.posix_spawn": lambda args: started(args[1]),
    }

    def hook(event: str, args: tuple[Any, ...]) -> None:
        act = events.get(event)
        if act is not None:
            try:
                act(args)
            except (OSError, ValueError, TypeError, AttributeError):  # what cannot be a file of the project
                pass

    sys.addaudithook(hook)
