"""New text with an old time is read: pages and what they include are compared by content."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def put_old(path: Path, text: str) -> None:
    """As `cp -p`, or a move of an older draft, does it."""
    draft = path.with_name("draft.tmp")
    draft.write_text(text, encoding="utf-8")
    os.utime(draft, (10**9, 10**9))
    draft.replace(path)


@pytest.mark.long
@pytest.mark.parametrize("parallel", [0, 2])
def test_text_with_an_old_time_is_read(project: Any, parallel: int) -> None:
    source = project.source
    included = [
        "```{include} part.txt\n```\n",
        "```{literalinclude} code.py\n```\n",
        "```{include} ../outside.txt\n```\n",
    ]
    project.write({"index.md": "# Book\n\n```{toctree}\none\ntwo\n```\n", "one.md": "# One\n\nOld words.\n"})
    project.write({"two.md": "# Two\n\n" + "\n".join(included), "part.txt": "old part", "code.py": "old_code = 1\n"})
    (project.folder / "outside.txt").write_text("old outside")
    project.build(parallel=parallel)
    changes = {"one.md": "# One\n\nNew words.\n", "part.txt": "new part", "code.py": "new_code = 1\n"}
    for name, text in {**changes, "../outside.txt": "new outside"}.items():
        put_old(source / name, text)
        project.build(parallel=parallel)
    html = "".join((project.build_folder / f"html/{name}.html").read_text("utf-8") for name in ("one", "two"))
    assert ["New words." in html, "new part" in html, "new_code" in html, "new outside" in html] == [True] * 4


def test_a_file_of_another_time_and_the_same_text_is_not_read(project: Any) -> None:
    project.write({"index.md": "# Book\n"})
    project.build()
    put_old(project.source / "index.md", "# Book\n")
    project.build()
    assert "0 added, 0 changed, 0 removed" in project.status.getvalue()
    assert "no targets are out of date" in project.status.getvalue()


def test_an_included_file_that_is_gone_is_told(project: Any, page: Callable[[str], str]) -> None:
    project.write({"index.md": "# Book\n\n```{include} part.txt\n```\n", "part.txt": "part"})
    project.build()
    (project.source / "part.txt").unlink()
    project.build()
    assert "part.txt" in project.warnings
