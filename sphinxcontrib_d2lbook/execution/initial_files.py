"""Each run of a page finds what it writes as it was before its first run.

A page that appends to a file, or says whether there was one, would else show how often it has run. What a page opens
for writing is copied first (see kernels/inside/notes.py); before it runs again, what is as runs of pages have left it
is put back: files from their copies, and what was not there is removed. What someone has edited since is the author's.
It stays as it is where the page's code has changed too or a file was there before, and is the start of the runs to
come; else, since the page is going to write it again, it is moved aside.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .file_states import left
from .tasks import MISSING


@dataclass(frozen=True)
class Aside:
    """A file that someone has edited and that a page is going to write again."""

    name: str
    """Relative to the project's folder."""
    kept: Path
    """Where it is now."""


def put_back(
    root: Path,
    copies: Path,
    before: Mapping[str, str],
    made: Callable[[str], Collection[str]],
    *,
    move_edited: bool,
) -> list[Aside]:
    """Put back what a page writes, in a project's folder ``root``, from the folder ``copies``. Raises OSError.

    ``before`` has the state of each name before the first run, ``made`` gives the states in which runs have left one.
    ``move_edited``: whether a file that no run left so is moved aside where there was none before.
    """
    aside = []
    for name in sorted(before, reverse=True):  # what is in a folder, and then the folder
        path = root / name
        now = left(path)
        if now in (before[name], MISSING) and before[name] == MISSING:
            continue
        if before[name] == MISSING:
            if now in made(name):
                _remove(path)
            elif move_edited and path.is_file():
                kept = copies / "edited" / name
                kept.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(path, kept)
                aside.append(Aside(name, kept))
        elif now != before[name] and (now in made(name) or (now == MISSING and MISSING in made(name))):
            _restore(path, copies, before[name])
    return aside


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        if not any(path.iterdir()):  # what a page did not make is in it
            path.rmdir()
    else:
        path.unlink(missing_ok=True)


def _restore(path: Path, copies: Path, before: str) -> None:
    kind, _, target = before.partition(" ")
    copy = copies / before
    if kind == "link":
        path.unlink(missing_ok=True)
        path.symlink_to(target)
    elif before == "there: a folder":
        path.mkdir(parents=True, exist_ok=True)
    elif copy.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(copy, path)


def leave_what_was_not_written(root: Path, aside: Iterable[Aside], written: Collection[str]) -> list[Aside]:
    """Put back what was moved aside for a page that then did not write it; what the page did write. Raises OSError."""
    lost = []
    for one in aside:
        path = root / one.name
        if one.name in written or path.exists():
            lost.append(one)
        else:
            shutil.move(one.kept, path)
    return lost
