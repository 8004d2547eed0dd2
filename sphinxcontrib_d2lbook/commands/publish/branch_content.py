"""Say which files the branch of notebooks is to hold, and which of those that it holds are not ours."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ...common.errors import BookError
from ...common.file_formats import PUBLISHED
from ...common.files import json_text
from ...outputs.notebooks.archive import readers_files
from ...outputs.notebooks.requirements_files import python_version

LIST = PUBLISHED.file
"""File on the branch that lists what was published. Other files there are left alone."""
FILE, PROGRAM = "100644", "100755"
"""Modes of git for a file and for a program."""
BINDERS = ("binder", ".binder")
"""Folders in which Binder looks for the environment, beside conf.py too; the first that is there is used."""


@dataclass(frozen=True)
class PublishedFile:
    """File that is to be on the branch."""

    content: bytes
    mode: str = FILE


@dataclass(frozen=True)
class GitEntry:
    """File on a branch, as git's index has it."""

    mode: str
    blob: str
    """Digest of the content."""


def desired_files(notebooks: Path, wheel: Path | None, conf_dir: Path, folder: str) -> dict[str, PublishedFile]:
    """Return what the branch is to hold, by path.

    That is what readers need of ``notebooks``, in ``folder`` of the branch, and the environment for Binder at the root
    of the branch. Files of the author's folder `binder` or `.binder` in ``conf_dir`` go before ours. Raise OSError if a
    file cannot be read.
    """
    folder = folder.strip("/")
    paths = readers_files(notebooks, wheel)
    files = {f"{folder}/{name}".lstrip("/"): PublishedFile(path.read_bytes()) for name, path in paths.items()}
    binder = next((name for name in BINDERS if (conf_dir / name).is_dir()), BINDERS[-1])
    files |= {f"{binder}/{name}": file for name, file in binder_files(folder).items()}
    files |= dict(_own_files(conf_dir / binder, binder))
    listed = {"version": PUBLISHED.version, "files": sorted(files)}
    return files | {LIST: PublishedFile(json_text(listed).encode("utf-8"))}


def binder_files(folder: str) -> dict[str, PublishedFile]:
    """Return what Binder needs to install the requirements of the notebooks in ``folder`` of the branch.

    They are complete, so that pip must not resolve them again: Binder's own reading of `requirements.txt` would.
    """
    environment = f"channels:\n  - conda-forge\ndependencies:\n  - python={python_version()}\n  - pip\n"
    lines = ["#!/bin/sh", "set -e", f"cd {shlex.quote(folder)}" if folder else ""]
    lines.append("python -m pip install --no-cache-dir --no-deps -r requirements.txt\n")
    return {
        "environment.yml": PublishedFile(environment.encode("utf-8")),
        "postBuild": PublishedFile("\n".join(filter(None, lines)).encode("utf-8"), PROGRAM),
    }


def _own_files(folder: Path, name: str) -> Iterator[tuple[str, PublishedFile]]:
    """Yield the author's files for Binder; programs stay programs."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            mode = PROGRAM if path.stat().st_mode & 0o100 else FILE
            yield f"{name}/{path.relative_to(folder).as_posix()}", PublishedFile(path.read_bytes(), mode)


def listed_files(text: str | None, place: str) -> frozenset[str] | None:
    """Return the files that the list on a branch names; None if there is no list. Raise BookError for a bad list."""
    if text is None:
        return None
    try:
        data = json.loads(text)
        PUBLISHED.check(data["version"], Path(place, LIST))
        names = data["files"]
        if not all(isinstance(name, str) for name in names):
            raise ValueError("it names something that is no file")
    except (ValueError, KeyError, TypeError) as err:
        raise BookError(
            f"{place}: {LIST} there is not as sphinx-d2lbook writes it ({err}); restore it, or name another branch"
        ) from err
    return frozenset(names)


def merged(
    before: Mapping[str, GitEntry], listed: frozenset[str] | None, ours: Mapping[str, GitEntry], place: str
) -> dict[str, GitEntry]:
    """Return what the branch is to hold: ``ours``, and the files that somebody else put there.

    ``listed`` are the files of ``before`` that were published; None if nothing was. Raise BookError for a branch of
    something else, and for a file of somebody else in the place of one of ours.
    """
    if before and listed is None:
        some = ", ".join(sorted(before)[:3])
        raise BookError(
            f"{place} holds something else ({some}), which was not published by this command; name another branch, or"
            " remove that one"
        )
    foreign = {name: entry for name, entry in before.items() if name not in (listed or ()) and name != LIST}
    for name, entry in foreign.items():
        if ours.get(name, entry) != entry or any(_is_in_the_way(name, other) for other in ours):
            raise BookError(
                f"{place}: {name} there was not published by this command, and is in the way of a file that is; rename"
                " or remove it there"
            )
    return {**foreign, **ours}


def _is_in_the_way(name: str, other: str) -> bool:
    """Return whether one of two paths is a folder of the other."""
    return name.startswith(f"{other}/") or other.startswith(f"{name}/")


def changes(before: Mapping[str, GitEntry], after: Mapping[str, GitEntry]) -> tuple[list[str], list[str], list[str]]:
    """Return the names that were added, changed and removed, each sorted."""
    added = sorted(after.keys() - before.keys())
    changed = sorted(name for name in after.keys() & before.keys() if after[name] != before[name])
    return added, changed, sorted(before.keys() - after.keys())
