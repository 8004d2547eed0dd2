"""One book refers to the numbers of another, from its frozen inventory."""

from __future__ import annotations

import json
import shutil
import zlib
from pathlib import Path
from typing import Any

import pytest
from sphinx.util.inventory import InventoryFile

from tests.conftest import Project

OTHER = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\none\n```\n\n```{toctree}\n:matter: appendix\n\nmore\n```\n\n"
    "```{toctree}\n\nend\n```\n",
    "one.md": "(sec_one)=\n# First & Foremost\n\n(sec_inner)=\n## Inner\n\n$$ x $$ (eq_One)\n\n"
    "```{prf:theorem} T\n:label: thm_one\n\nText.\n```\n\n"
    "```{figure} picture.svg\n:name: fig_one\n:alt: A square\n\nA square.\n```\n",
    "more.md": "(sec_more)=\n# More\n",
    "end.md": "(sec_end)=\n# The End\n",
    "picture.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>',
}
REFERENCES = """# Here

(sec_one)=
## Ours

{external+other:numref}`sec_inner`; {external+other:numref}`sec_one`; {external+other:numref}`sec_more`;
{external+other:numref}`fig_one`; {external+other:numref}`eq_One`; {external+other:prf:ref}`thm_one`;
{external+other:numref}`see %s <sec_inner>`; {external:numref}`sec_inner`; {external+other:ref}`sec_inner`;
[](inv:other#sec_inner).
"""
MAPPING = "intersphinx_mapping = {'other': ('https://other.example/book/', 'other.inv')}\nhtml_theme = 'basic'\n"


@pytest.fixture(scope="module")
def inventory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of a book with the title "Another <Book>"."""
    project = Project(tmp_path_factory.mktemp("other"))
    project.write(OTHER)
    project.conf = project.conf.replace("'A Book'", "'Another <Book>'") + "html_theme = 'basic'\nversion = '2'\n"
    project.build()
    assert project.warnings == ""
    return project.build_folder / "html" / "objects.inv"


@pytest.fixture
def book(project: Any, inventory: Path) -> Any:
    shutil.copy(inventory, project.source / "other.inv")
    project.conf += MAPPING
    project.write({"index.md": REFERENCES})
    return project


def test_the_inventory_has_titles_under_the_labels_and_numbers_apart(inventory: Path) -> None:
    found = InventoryFile.loads(inventory.read_bytes(), uri="").data
    assert found["std:label"]["sec_one"].display_name == "First & Foremost"
    numbers = {
        name: (kind, item.display_name, item.uri) for kind, items in found.items() for name, item in items.items()
    }
    assert {name: entry for name, entry in numbers.items() if name.startswith("number:")} == {
        "number:sec_one": ("number:section", "1", "one.html#sec-one"),
        "number:sec_inner": ("number:section", "1.1", "one.html#sec-inner"),
        "number:sec_more": ("number:section", "A", "more.html#sec-more"),
        "number:fig_one": ("number:figure", "1.1", "one.html#fig-one"),
        "number:eq_One": ("number:equation", "1.1", "one.html#equation-eq-one"),
        "number:thm_one": ("number:theorem", "1.1", "one.html#thm_one"),
    }


def link(target: str, text: str) -> str:
    where = "(in Another &lt;Book&gt; 2)"
    return f'<a class="reference external" href="https://other.example/book/{target}" title="{where}">{text}</a>'


BOOK = "<em>Another &lt;Book&gt;</em>"


def test_references_print_number_and_book_and_lead_there(book: Any) -> None:
    book.build()
    assert book.warnings == ""
    page = (book.build_folder / "html" / "index.html").read_text("utf-8")
    section = link("one.html#sec-inner", f"Section 1.1 of {BOOK}")
    assert page.count(section) == 2
    for expected in (
        link("one.html#sec-one", f"Chapter 1 of {BOOK}"),
        link("more.html#sec-more", f"Appendix A of {BOOK}"),
        link("one.html#fig-one", f"Figure 1.1 of {BOOK}"),
        link("one.html#equation-eq-one", f"Equation (1.1) of {BOOK}"),
        link("one.html#thm_one", f"Theorem 1.1 of {BOOK}"),
        link("one.html#sec-inner", '<span class="std std-numref">see 1.1</span>'),
    ):
        assert expected in page
    assert page.count(">Inner</") == 2, "titles, for who refers without numbers"


def test_the_pdf_and_notebooks_say_the_same(book: Any) -> None:
    book.build("notebooks")
    cells = json.loads((book.build_folder / "notebooks" / "index.ipynb").read_text("utf-8"))["cells"]
    text = "".join("".join(cell["source"]) for cell in cells)
    assert "[Section 1.1 of *Another \\<Book>*](https://other.example/book/one.html#sec-inner)" in text
    book.build("pdf")
    assert book.warnings == ""
    source = (book.build_folder / "doctrees" / "typst" / "book.typ").read_text("utf-8")
    assert (
        'go("https://other.example/book/one.html#sec-inner", [#"Section 1.1 of "#d2l.em([#"Another <Book>"])])'
        in source
    )


def test_the_words_between_are_the_authors(book: Any) -> None:
    book.conf += "d2lbook_elsewhere = '{book}, {thing}'\n"
    book.build()
    page = (book.build_folder / "html" / "index.html").read_text("utf-8")
    assert link("one.html#sec-inner", f"{BOOK}, Section 1.1") in page


def test_what_the_other_book_has_not_is_named_at_its_place(book: Any) -> None:
    book.write({"index.md": "# Here\n\n{external+other:numref}`sec_iner`\n\n{external+other:numref}`sec_end`\n"})
    book.build()
    assert (
        "index.md:3: WARNING: no number 'sec_iner' in the other book 'other': did you mean 'sec_inner'?"
        in book.warnings
    )
    assert "index.md:5: WARNING: 'sec_end' in the book 'other' has no number; its title is printed" in book.warnings
    assert "The End" in (book.build_folder / "html" / "index.html").read_text("utf-8")


def test_a_new_inventory_reaches_the_pages(book: Any, inventory: Path) -> None:
    book.build()
    *head, body = inventory.read_bytes().split(b"\n", 4)
    changed = zlib.compress(zlib.decompress(body).replace(b" 1.1\n", b" 7.7\n"))
    (book.source / "other.inv").write_bytes(b"\n".join([*head, changed]))
    book.build()
    assert "Section 7.7 of" in (book.build_folder / "html" / "index.html").read_text("utf-8")
