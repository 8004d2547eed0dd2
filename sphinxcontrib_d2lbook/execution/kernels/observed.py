"""What a kernel noted of the files that it opened -> what a page read and wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ..model import UNSETTLED
from ..states import relative, state


def reads_and_writes(log: Path, root: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """Names relative to ``root`` -> state of all that was read and not written, and the names of what was written.

    A file that is not as it was when it was opened, though the page was not seen to write it, is `UNSETTLED`. Raises
    OSError for what cannot be read.
    """
    reads: dict[Path, Any] = {}
    folders: set[Path] = set()
    writes: set[Path] = set()
    for kind, path, stat in _lines(log):
        if kind == "w":
            writes.add(path)
        elif kind == "d":
            folders.add(path)
        else:
            reads.setdefault(path, stat)
    names = {_inside(path, root): _settled(path, stat) for path, stat in reads.items() if path not in writes}
    for folder in folders:
        names[_inside(folder, root)] = state(folder, {path.name for path in writes if path.parent == folder})
    return dict(sorted(names.items())), tuple(sorted({_inside(path, root) for path in writes}))


def _lines(log: Path) -> Iterator[tuple[str, Path, list[int] | None]]:
    try:
        text = log.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:  # a kernel that is not observed, or did not start
        return
    for line in text.splitlines():
        try:
            kind, path, stat = json.loads(line)
        except ValueError:  # the last line of a kernel that was killed while it wrote
            continue
        yield kind, Path(path), stat


def _inside(path: Path, root: Path) -> str:
    """Relative to ``root``, also where that is the name of a link."""
    return relative(path, root if path.is_relative_to(root) else root.resolve())


def _settled(path: Path, stat: list[int] | None) -> str:
    try:
        found = path.stat()
        now: list[int] | None = [found.st_mtime_ns, found.st_size, found.st_ino]
    except OSError:
        now = None
    return state(path) if now == stat else UNSETTLED


def settings(root: str, without: tuple[str, ...], log: Path, output: int) -> Mapping[str, str]:
    """The variable that tells boot.py what to observe, how much a cell may print and with which process it ends."""
    value = {"root": root, "without": list(without), "log": str(log), "output": output, "parent": os.getpid()}
    return {"D2LBOOK_KERNEL": json.dumps(value)}
