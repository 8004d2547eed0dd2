"""Put the files that a page writes back to how they were before its first run.

Otherwise a page that appends to a file, or prints whether it exists, would show how often it has run. A file that a
page opens for writing is copied first (see kernels/inside/notes.py). Before the page runs again, each file that is
still as a run left it is restored from its copy, or removed if it did not exist. A file that differs was edited by the
author. It stays as it is if the page's code has changed too or if the file existed before the first run, and later runs
start from it; otherwise it is moved aside, since the page is going to write it again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from .file_states import written_state
from .tasks import MISSING


@dataclass(frozen=True)
class MovedFile:
    """File that someone has edited and that was moved aside, since a page is going to write it again."""

    name: str
    """Name of the file, relative to the project's folder."""
    kept: Path
    """Path to which it was moved."""


def put_back(
    root: Path,
    copies: Path,
    before: Mapping[str, str],
    left_states: Callable[[str], Collection[str]],
    *,
    move_edited: bool,
) -> list[MovedFile]:
    """Put back what a page writes in the project's folder ``root``, and return the files that were moved aside.

    ``copies`` is the folder of copies. ``before`` has the state of each name before the first run, and ``left_states``
    returns the states in which runs have left a name. With ``move_edited``, a file that no run left in its present
    state is moved aside if it did not exist before the first run. Raise OSError if a file cannot be read or written.
    """
    aside = []
    for name in sorted(before, reverse=True):  # the content of a folder comes before the folder
        path = root / name
        now = written_state(path)
        if now in (before[name], MISSING) and before[name] == MISSING:
            continue
        if before[name] == MISSING:
            if now in left_states(name):
                _remove(path)
            elif move_edited and path.is_file():
                target = copies / "edited" / name
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(path, target)
                aside.append(MovedFile(name, target))
        elif now != before[name] and (now in left_states(name) or (now == MISSING and MISSING in left_states(name))):
            _restore(path, copies, before[name])
    return aside


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        if not any(path.iterdir()):  # else it has files that no page made
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


def restore_unwritten(root: Path, aside: Iterable[MovedFile], written: Collection[str]) -> list[MovedFile]:
    """Put back the files that were moved aside and that the page then did not write; return those that it did write.

    Raise OSError if a file cannot be moved.
    """
    replaced = []
    for file in aside:
        path = root / file.name
        if file.name in written or path.exists():
            replaced.append(file)
        else:
            shutil.move(file.kept, path)
    return replaced
