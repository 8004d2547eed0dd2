"""Provide `sphinx-d2lbook publish notebooks`: put the readers' notebooks on a branch of a repository.

`built_notebooks` finds what is to be published and refuses what is not as the sources are now, `branch_content` says
what the branch is to hold, `git_branch` writes that, by git's own means in a temporary repository.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ...addresses.launch_services import BRANCHES, NOTEBOOKS
from ..book_loading import book
from .branch_content import LIST, changes, desired_files, listed_files, merged
from .built_notebooks import check_built, folder_of, wheel_of
from .git_branch import GitBranch, source_commit

MOST = 10
"""Largest number of files that are named one by one for each kind of change."""


@dataclass(frozen=True)
class Destination:
    """Place of the notebooks, as the command line gives it; "" takes what conf.py says."""

    repository: str = ""
    branch: str = ""


def publish_notebooks(
    folder: Path,
    source: Path,
    build: Path,
    destination: Destination,
    *,
    message: str = "",
    dry_run: bool = False,
    squash: bool = False,
) -> int:
    """Publish the notebooks of the last build of the book, and print what changed. Return 0.

    ``folder`` contains conf.py, ``build`` is the folder given to `sphinx-build -M`. With ``dry_run`` nothing is pushed.
    With ``squash`` the new commit replaces the history of the branch. Nothing is written in ``folder``. Raise BookError
    if the notebooks are not as the sources are now, if the branch holds something else, or if git fails.
    """
    with book(folder, source, build / "doctrees") as app:
        check_built(app, build)
        where = app.config.d2lbook_launch
        ours = where if where.get("content") == NOTEBOOKS else {}
        files = desired_files(folder_of(build), wheel_of(build), folder, ours.get("folder", ""))
        project = " ".join(app.config.project.split())
    repository = destination.repository or ours.get("repository", "") or "origin"
    branch = destination.branch or ours.get("branch", "") or BRANCHES[NOTEBOOKS]
    with GitBranch(folder, repository, branch) as there:
        before = there.entries()
        listed = listed_files(there.read(before[LIST]) if LIST in before else None, there.name)
        after = merged(before, listed, there.store(files), there.name)
        added, changed, removed = changes(before, after)
        if not (added or changed or removed) and not (squash and there.has_history()):
            print(f"nothing has changed: {there.name} has these {len(files)} files")
            return 0
        for sign, names in (("+", added), ("~", changed), ("-", removed)):
            _print_names(sign, names)
        counts = f"{len(added)} added, {len(changed)} changed, {len(removed)} removed"
        if dry_run:
            print(f"{there.name}: {counts}: nothing of that is done yet; without --dry-run it is")
            return 0
        commit = there.push(after, message or _message(project, folder), squash=squash)
        print(f"{there.name}: {counts}; commit {commit[:10]}")
    return 0


def _print_names(sign: str, names: Sequence[str]) -> None:
    for name in names[:MOST]:
        print(f"{sign} {name}")
    if len(names) > MOST:
        print(f"{sign} and {len(names) - MOST} more")


def _message(project: str, folder: Path) -> str:
    commit = source_commit(folder)
    return f"Publish the notebooks of {project}\n" + (f"\nThey were built from {commit}.\n" if commit else "")
