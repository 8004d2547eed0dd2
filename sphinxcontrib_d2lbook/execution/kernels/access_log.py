"""Read the log in which the processes of a page note files (see inside/notes.py): what the page read and wrote."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..file_states import (
    CHANGED,
    LOCKED,
    changed,
    entries,
    glob_name,
    kind_state,
    matches,
    names_state,
    relative,
    size_state,
    state,
)
from ..tasks import MISSING, UNSETTLED

OPEN_LIKE_PYTHON = frozenset(
    {"polars", "pyarrow", "duckdb", "tokenizers", "safetensors", "datasets", "lance", "deltalake"}
)
"""Libraries whose compiled code, in Rust or of Arrow, opens files with the same flags as Python."""


@dataclass(frozen=True)
class FileAccess:
    """Files that one run used. Names are relative to the project's folder if they lie below it, else absolute."""

    reads: Mapping[str, str]
    """Path that the run read or looked for -> its state (see file_states.py) before the page itself wrote there."""
    writes: tuple[str, ...]
    """Files below the project's folder that the run wrote, sorted."""
    before: Mapping[str, str]
    """File that the run wrote -> its state before."""
    unseen: tuple[str, ...] = ()
    """Phrases for what the run used and a build cannot observe."""


def read_log(log: Path, root: Path) -> FileAccess:
    """Return what a page read and wrote, by its log. Raise OSError for a file that cannot be read.

    A file that has changed since it was opened, though the page was not seen to write it, has the state `UNSETTLED`.
    """
    looks: dict[Path, dict[str, list[int] | None]] = {}
    before: dict[Path, str | None] = {}
    patterns: set[tuple[Path, str, str]] = set()
    unseen: set[str] = set()
    for kind, name, stat, more in _lines(log):
        path = Path(name)
        if kind == "u":
            unseen.add(name)
        elif kind == "g":
            patterns.add((path, *more))
        elif kind == "w":
            before.setdefault(path, more)
        elif path not in before and not any(before.get(parent, "") is None for parent in path.parents):
            looks.setdefault(path, {}).setdefault(kind, stat)
    written = {path for path in before if _is_below(path, root)}
    own = frozenset(_inside(path, root) for path in written)
    reads: dict[str, str] = {}
    for path, kinds in looks.items():
        if path in before:
            reads[_inside(path, root)] = _state_before_writing(kinds, before[path])
        elif _is_below(path, root) or "r" not in kinds or kinds["r"] is None or path.exists():
            inside = {other.name for other in before if other.parent == path}
            reads[_inside(path, root)] = _settled(path, kinds, inside)
    for start, kind, pattern in patterns:
        name = glob_name(_inside(start, root), kind, pattern)
        reads[name] = matches(root, name, own)
    return FileAccess(
        reads=dict(sorted(reads.items())),
        writes=tuple(sorted(own)),
        before={_inside(path, root): _first(before[path]) for path in sorted(written)},
        unseen=tuple(sorted(unseen)),
    )


def _lines(log: Path) -> Iterator[tuple[str, str, list[int] | None, Any]]:
    try:
        text = log.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:  # a kernel that is not observed, or did not start
        return
    for line in text.splitlines():
        try:
            kind, name, stat, more = json.loads(line)
        except ValueError:  # the last line of a kernel that was killed while it wrote
            continue
        yield kind, name, stat, more


def _is_below(path: Path, root: Path) -> bool:
    return path.is_relative_to(root) or path.is_relative_to(root.resolve())


def _inside(path: Path, root: Path) -> str:
    """Return a path relative to ``root``, also if that is the name of a link."""
    return relative(path, root if path.is_relative_to(root) else root.resolve())


def _first(more: str | None) -> str:
    """Return the state of a path before a page wrote it, from the field `before` of the log."""
    return MISSING if more is None else "there: a folder" if more == "folder" else more


def _state_before_writing(kinds: Mapping[str, list[int] | None], more: str | None) -> str:
    """Return the state that a page saw of a path before it wrote it, from what the log noted then."""
    stat = next((status for status in kinds.values() if status), None)
    if more is None or stat is None:
        return MISSING
    if more == "folder" or more.startswith("link "):
        text = _first(more)
    else:
        text = more if "r" in kinds else f"a file of {stat[1]} bytes" if "s" in kinds else "there: a file"
    return text + (f"{CHANGED}{stat[0]}" if "t" in kinds else "")


def _settled(path: Path, kinds: Mapping[str, list[int] | None], inside: set[str]) -> str:
    """Return the state that a page saw of a path that it did not write: the present one, if nothing has changed."""
    try:
        status = path.stat()
        now: list[int] | None = [status.st_mtime_ns, status.st_size, status.st_ino]
    except OSError:
        now = None
    for kind, stat in kinds.items():
        if stat != now if kind in "rst" and not path.is_dir() else (stat is None) != (now is None):
            return UNSETTLED
    try:
        return _seen(path, kinds, inside)
    except PermissionError:
        return LOCKED


def _seen(path: Path, kinds: Mapping[str, list[int] | None], inside: set[str]) -> str:
    text = (
        entries(path, inside)
        if "D" in kinds
        else names_state(path, inside)
        if "d" in kinds
        else state(path, inside)
        if "r" in kinds
        else size_state(path)
        if "s" in kinds
        else kind_state(path)
    )
    return text + (changed(path) if "t" in kinds else "")


def settings(
    root: str,
    without: tuple[str, ...],
    log: Path,
    output: int,
    *,
    keep: str = "",
    outside: bool = True,
    trace: str = "",
    imports: tuple[str, ...] = (),
) -> Mapping[str, str]:
    """Return the variable that tells boot.py what to observe, how much a cell may print, and when to end.

    ``root`` is the project's folder, ``without`` are folders whose files do not count, and ``log`` is the file of the
    log. ``output`` is the number of characters that a cell may print, 0 for any. ``keep`` is the folder for copies of
    overwritten files, ``outside`` says whether files outside of ``root`` count, ``trace`` is the address of the tracer,
    and ``imports`` are the modules that the page imports. The kernel ends when this process does.
    """
    value = {
        "root": root,
        "without": list(without),
        "log": str(log),
        "output": output,
        "parent": os.getpid(),
        "keep": keep,
        "outside": outside,
        "trace": trace,
        "every": bool({name.partition(".")[0] for name in imports} & OPEN_LIKE_PYTHON),
    }
    return {"D2LBOOK_KERNEL": json.dumps(value)}
