"""The tutorial's book is the one that its page shows, and builds as the page says."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from typing import Any

import pytest

from sphinxcontrib_d2lbook.commands.main import main

from .pages import sections

PAGE = "tutorial/first-book.md"


def shown() -> dict[str, str]:
    """The files of the tutorial."""
    return {name: text for section in sections(PAGE) for name, text in section.files().items()}


def pages_of(project: Any) -> Mapping[str, Any]:
    report = json.loads((project.build_folder / "book" / "report.json").read_text("utf-8"))
    return {name: page["execution"] for name, page in report["pages"].items()}


@pytest.mark.slow
def test_the_tutorial_is_true(filled: Any, capsys: pytest.CaptureFixture[str]) -> None:
    files = shown()
    (changed,) = (block.content for one in sections(PAGE) for block in one.blocks if "the function" in block.caption)
    assert set(files) == {"conf.py", "book/index.md", "book/one.md", "book/two.md"}
    project = filled(files)
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")

    out = project.build_folder / "book"
    assert (out / "html" / "index.html").is_file()
    assert (out / "pdf" / "tales-of-two-dice.pdf").is_file()
    assert (out / "notebooks" / "one.ipynb").is_file()
    assert (out / "notebooks" / "two.ipynb").is_file()
    (wheel,) = (out / "package").glob("tales*.whl")
    assert "tales/__init__.py" in zipfile.ZipFile(wheel).namelist()
    assert "def throw(dice):" in (project.folder / "tales" / "__init__.py").read_text("utf-8")
    rows = json.loads((out / "numbers.json").read_text("utf-8"))["numbers"]
    numbers = {row["label"]: row["number"] for row in rows}
    assert numbers == {"sec_one": "1", "sec_two": "2", "eq_mean": "1.1", "fig_sums": "2.1"}
    assert pages_of(project) == {"index": "none", "one": "ran", "two": "ran"}

    done = project.run("book", "-W", "--keep-going")
    assert "nothing has changed since the last build" in done.stdout

    one = files["book/one.md"]
    project.write({"one.md": one.replace("equally often", "as often as any other")})
    assert project.run("book").returncode == 0
    assert set(pages_of(project).values()) == {"none", "cached"}

    name, body = "def throw(dice):\n", one[one.index("def throw") : one.index("```\n\nA thousand")]
    assert changed.startswith(name)
    project.write({"one.md": one.replace(body, changed)})
    assert main(["why", "two", "-c", str(project.folder)]) == 1
    assert capsys.readouterr().out == "two: would run: tales.throw changed\n"
    assert project.run("book").returncode == 0
    assert pages_of(project) == {"index": "none", "one": "ran", "two": "ran"}
