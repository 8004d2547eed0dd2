"""The manual's table of tags says what readers see of a cell in each output."""

from __future__ import annotations

import json
import re
from typing import Any

import pypdfium2
import pytest
from bs4 import BeautifulSoup

from ..conftest import NOTEBOOK
from .pages import DOCS

SHOWN = {
    "hide-input": ("folded shown", "shown shown", "collapsed shown"),
    "hide-output": ("shown folded", "shown shown", "shown collapsed"),
    "hide-cell": ("folded folded", "shown shown", "collapsed collapsed"),
    "remove-input": ("absent shown", "absent shown", "collapsed shown"),
    "remove-output": ("shown absent", "shown absent", "shown absent"),
    "remove-cell": ("absent absent", "absent absent", "collapsed absent"),
    "remove-stdout": ("shown absent", "shown absent", "shown shown"),
    "remove-stderr": ("shown shown", "shown shown", "shown shown"),
}
"""Tag -> what becomes of the code and of what it prints: on the website, in the PDF, in the notebook."""


def words(tag: str) -> tuple[str, str]:
    """A word of the code of the cell, and one that only its output has."""
    name = tag.replace("-", "")
    return f"code{name}", f"{name}printed"


@pytest.fixture
def book(project: Any) -> Any:
    cells = (
        f"```{{code-cell}}\n:tags: [{tag}]\n\n{words(tag)[0]} = '{words(tag)[1][:-7]}'\n"
        f"print({words(tag)[0]} + 'printed')\n```\n"
        for tag in SHOWN
    )
    project.write({"index.md": NOTEBOOK + "# Root\n\n" + "\n".join(cells)})
    for builder in ("html", "pdf", "notebooks"):
        project.build(builder)
        assert project.warnings == ""
    return project


def on_the_website(page: BeautifulSoup, word: str) -> str:
    if word not in page.get_text():
        return "absent"
    (block,) = (one for one in page.find_all("pre") if word in one.get_text())
    return "folded" if block.find_parent("details") else "shown"


def in_the_notebook(cell: Any, word: str) -> str:
    hidden = cell["metadata"].get("jupyter", {})
    if word in "".join(cell["source"]):
        return "collapsed" if hidden.get("source_hidden") else "shown"
    printed = "".join("".join(output.get("text", "")) for output in cell["outputs"])
    return "absent" if word not in printed else "collapsed" if hidden.get("outputs_hidden") else "shown"


@pytest.mark.slow
def test_the_tags_do_what_the_table_says(book: Any) -> None:
    page = BeautifulSoup((book.build_folder / "html" / "index.html").read_text("utf-8"), "lxml")
    document = pypdfium2.PdfDocument(next((book.build_folder / "pdf").glob("*.pdf")))
    text = re.sub(r"\s", "", "".join(sheet.get_textpage().get_text_bounded() for sheet in document))
    notebook = json.loads((book.build_folder / "notebooks" / "index.ipynb").read_text("utf-8"))
    cells = {tag: cell for cell in notebook["cells"] for tag in cell["metadata"].get("tags", ()) if tag in SHOWN}
    found = {}
    for tag in SHOWN:
        code, output = words(tag)
        found[tag] = (
            f"{on_the_website(page, code)} {on_the_website(page, output)}",
            " ".join("shown" if word in text else "absent" for word in (code, output)),
            f"{in_the_notebook(cells[tag], code)} {in_the_notebook(cells[tag], output)}",
        )
    assert found == SHOWN


def test_the_table_lists_these_tags() -> None:
    text = (DOCS / "how-to" / "hiding.md").read_text("utf-8")
    rows = re.findall(r"^\| (`[a-z-]+`(?:, `[a-z-]+`)*) \|", text, re.MULTILINE)
    assert re.findall(r"`([a-z-]+)`", " ".join(rows)) == list(SHOWN)
