"""Migrate a book: find out which tool it was made with, report, and write."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from ...common.errors import BookError
from ..template_files import how_to_build, write_files
from . import jupyter_book
from .d2lbook import d2lbook_project as d2lbook
from .migration_plan import LEFT_BEHIND, MigrationPlan
from .migration_report import show
from .notebooks import sphinx_project as notebooks

KINDS = (
    f"{jupyter_book.CONFIG} and {jupyter_book.TOC} of Jupyter Book 1, {d2lbook.CONFIG} of d2lbook, or conf.py of a"
    " project with nbsphinx or MyST-NB"
)


def migrate(source: Path, target: Path | None, framework: str = "") -> int:
    """Report what becomes of a book of another tool, and write it to ``target`` unless that is None.

    ``target`` is a new folder, or ``source`` itself if git has nothing to commit there. ``framework`` is that of
    several which a book of d2lbook keeps. Returns 0, or 1 if the author has to decide something. Raises BookError where
    there is no such book, it cannot be read, or something is in the way; nothing is written then.
    """
    source = source.resolve()
    moved = plan(source, framework)
    if not moved.lines and not moved.files:
        print(f"{source} is a project of Sphinx, and there is nothing to migrate.")
        return 0
    print(show(moved.lines))
    if target is not None:
        _write(source, target.resolve(), moved)
        print(f"\nThe book is in {target}. Build it:\n\n{how_to_build(target.resolve(), moved.pages)}")
    return 1 if any(line.by_hand for line in moved.lines) else 0


def plan(source: Path, framework: str = "") -> MigrationPlan:
    """Return what a migration would write. Raises BookError."""
    if d2lbook.is_project(source):
        return d2lbook.plan(source, framework)
    if framework:
        raise BookError(f"--framework {framework}: only a book of d2lbook has frameworks")
    if (source / "conf.py").is_file() and not (source / jupyter_book.CONFIG).is_file():
        return notebooks.plan(source)
    if not source.is_dir():
        fault = "is a file" if source.exists() else "is not there"
        raise BookError(f"{source}: {fault}; name the folder of a book, the one with {KINDS}")
    if not (source / jupyter_book.TOC).is_file():
        raise BookError(f"{source}: has no {jupyter_book.TOC}; name the folder of a book, the one with {KINDS}")
    return jupyter_book.plan(source)


def _write(source: Path, target: Path, moved: MigrationPlan) -> None:
    if target == source:
        _check_clean(source)
    elif target.exists() and any(target.iterdir() if target.is_dir() else [target]):
        raise BookError(f"{target}: is there already; name a folder that is empty or not there yet, or {source} itself")
    elif target.is_relative_to(source):
        raise BookError(f"{target}: is inside of {source}; name a folder beside it, or {source} itself")
    else:
        shutil.copytree(
            source, target, ignore=lambda _folder, names: LEFT_BEHIND.intersection(names), dirs_exist_ok=True
        )
    write_files(target, moved.files)
    for name in moved.gone:
        (target / name).unlink()


def _check_clean(folder: Path) -> None:
    """Check that git could bring back all that is in ``folder``. Raises BookError where it could not."""
    try:
        done = subprocess.run(
            ["git", "status", "--porcelain", "--", "."], cwd=folder, capture_output=True, text=True, check=False
        )
    except OSError as err:
        raise BookError(
            f"{folder}: cannot be changed in place, since git is not here ({err}); name a new folder"
        ) from err
    if done.returncode:
        raise BookError(f"{folder}: is in no git repository, so that nothing could be taken back; name a new folder")
    if done.stdout.strip():
        raise BookError(f"{folder}: has changes that are not committed; commit them first, or name a new folder")
