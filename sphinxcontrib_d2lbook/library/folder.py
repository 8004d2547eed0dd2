"""The generated package in the book's own folder: written where it changed, and nothing of anyone else's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ..errors import BookProblems
from ..files import write_tree

HEADER = "# Generated from the pages of "


def write_package(folder: Path, files: Mapping[str, str], place: str) -> list[str]:
    """Bring ``folder`` to ``files``; the names of those that changed.

    Modules that were generated once and are no more are removed. ``place`` is the folder's name in messages. Raises
    BookProblems where a file of the folder was not generated, and OSError.
    """
    ours = {path.name for path in folder.glob("*.py") if path.read_text("utf-8", "replace").startswith(HEADER)}
    problems = [
        f"{place}/{name}:1: the package of the book goes here, but this file is not a generated one; "
        "move it away, or give the package another name with d2lbook_package"
        for name in sorted(files)
        if name.endswith(".py") and name not in ours and (folder / name).exists()
    ]
    if problems:
        raise BookProblems(problems)
    return write_tree(folder, files, owned=sorted(ours))
