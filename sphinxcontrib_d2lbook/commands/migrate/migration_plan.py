"""Describe what a migration writes and removes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from .migration_report import Line

LEFT_BEHIND = frozenset({"_build", ".git", ".ipynb_checkpoints", "__pycache__"})
"""Folders that are not copied to the new place."""
FIRST_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<title>Redirect</title>
<meta http-equiv="refresh" content="0; url={0}.html">
<link rel="canonical" href="{0}.html">
<a href="{0}.html">{0}</a>
</html>
"""
EXTRA = "_extra"
"""Folder of files that the website gets unchanged."""


@dataclass
class MigrationPlan:
    """Files that a migration writes and removes, by paths relative to the book's folder."""

    files: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    pages: str = "."
    """Folder of the pages, as it is given to `sphinx-build`."""


def requirements(source: Path, wanted: list[str], moved: MigrationPlan, *, old: str, name: str) -> None:
    """Replace what built the book in requirements.txt, or say what is to be installed.

    ``old`` is a regular expression of its distribution, ``name`` what it is called.
    """
    path = source / "requirements.txt"
    if path.is_file():
        lines = path.read_text(encoding="utf-8").splitlines()
        at = [number for number, line in enumerate(lines) if re.match(old, line.strip(), re.IGNORECASE)]
        if at:
            known = {re.split(r"[^\w.-]", line.strip().lower().replace("_", "-"))[0] for line in lines}
            lines[at[0] : at[0] + 1] = [one for one in wanted if one not in known]
            moved.files["requirements.txt"] = "\n".join(lines) + "\n"
            moved.lines.append(Line("requirements.txt", at[0] + 1, name, ", ".join(wanted)))
            return
    note = f"install {', '.join(wanted)} in place of {name}"
    moved.lines.append(Line("requirements.txt", 1, "what the book needs", note, by_hand=True))
