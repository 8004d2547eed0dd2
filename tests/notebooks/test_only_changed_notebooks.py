"""A build of the book writes the notebooks again that can be other ones, and the folder is that of a clean build."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOTEBOOK

pytestmark = pytest.mark.long

CONF = """\
html_theme = "basic"
d2lbook_outputs = ["notebooks", "package"]
d2lbook_package = "parts"
nb_execution_mode = "off"
import os
def note(app, doctree, docname):
    if app.builder.name == "notebooks":
        with open(os.path.join(app.confdir, "written.txt"), "a") as stream:
            stream.write(docname + "\\n")
def setup(app):
    app.connect("doctree-resolved", note)
"""
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='{}' height='9'/>"
FILES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\none\ntwo\nthree\n```\n",
    "one.md": "# One\n\nWords.\n\n```{figure} a.svg\n:name: fig_one\nA square.\n```\n",
    "two.md": f"{NOTEBOOK}# Two\n\nSee {{numref}}`fig_one`.\n\n```{{code-cell}}\nprint(open('two.csv').read())\n```\n",
    "three.md": f"{NOTEBOOK}# Three\n\n```{{code-cell}}\n#@save\ndef f():\n    return 1\n```\n",
    "two.csv": "1,2\n",
    "a.svg": SVG.format(9),
}
ALL = {"index", "one", "two", "three"}


class Book:
    """A book, and which notebooks its last build wrote."""

    def __init__(self, project: Any) -> None:
        self.project = project
        project.conf += CONF
        project.write(FILES)
        self.notebooks = project.build_folder / "book/notebooks"

    def build(self) -> set[str]:
        log = self.project.folder / "written.txt"
        log.unlink(missing_ok=True)
        done = self.project.run("book")
        assert done.returncode == 0, done.stderr
        return set(log.read_text().split()) if log.exists() else set()

    def files(self) -> dict[str, bytes]:
        files = [file for file in self.notebooks.rglob("*") if file.is_file()]
        return {file.relative_to(self.notebooks).as_posix(): file.read_bytes() for file in files}

    def replace(self, name: str, old: str, new: str) -> None:
        file = self.project.source / name
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")

    def configure(self, line: str) -> None:
        self.project.conf += line + "\n"


# The root is written with each page that its table of contents has.
EDITS: dict[str, tuple[Callable[[Book], object], set[str]]] = {
    "nothing": (lambda book: None, set()),
    "prose": (lambda book: book.replace("one.md", "Words.", "Words and words."), {"index", "one"}),
    "number": (
        lambda book: book.replace("one.md", "```{figure}", "```{figure} a.svg\nNew.\n```\n\n```{figure}"),
        {"index", "one", "two"},
    ),
    "title": (lambda book: book.replace("one.md", "# One", "# First"), ALL),
    "code": (lambda book: book.replace("two.md", "print(open", "import numpy\nprint(open"), ALL),
    "saved code": (lambda book: book.replace("three.md", "return 1", "return 2"), ALL),
    "data that no run has read": (lambda book: (book.project.source / "two.csv").write_text("3,4\n"), set()),
    "image": (lambda book: (book.project.source / "a.svg").write_text(SVG.format(12)), ALL),
    "configuration": (lambda book: book.configure("project = 'Another'"), ALL),
    "edited notebook": (
        lambda book: (book.project.build_folder / "book/notebooks/two.ipynb").write_text("{}"),
        {"index", "two"},
    ),
    "notebook that is gone": (lambda book: (book.notebooks / "one.ipynb").unlink(), {"index", "one"}),
    "page that is gone": (
        lambda book: ((book.project.source / "three.md").unlink(), book.replace("index.md", "three\n", "")),
        {"index", "one", "two"},
    ),
}


def test_each_edit_writes_what_it_changes(project: Any) -> None:
    built = Book(project)
    assert built.build() == ALL
    for name, (edit, expected) in EDITS.items():
        edit(built)
        assert built.build() == expected, name
        kept = built.files()
        build = built.project.build_folder
        build.rename(built.project.folder / "_kept")
        built.build()
        anew = built.files()
        shutil.rmtree(build)
        Path(built.project.folder / "_kept").rename(build)
        assert kept == anew, name
