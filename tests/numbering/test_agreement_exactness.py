"""What looks like a wrong number and is none: the check stays silent, and still sees what is wrong beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.numbering.agreement.compare import PrintedNumber, compare, number_before
from sphinxcontrib_d2lbook.numbering.agreement.expected_numbers import ExpectedEntry, ExpectedNumbers
from sphinxcontrib_d2lbook.numbering.agreement.read_notebooks import shown_in
from sphinxcontrib_d2lbook.numbering.manifest import number_key
from tests.conftest import Project
from tests.numbering.test_agreement import Book, reprinted, the

PANELS = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><text x="5" y="20">(c)</text>'
    '<text x="5" y="50">(d)</text></svg>'
)
PAGES = {
    "index.md": "# A Book\n\n```{toctree}\n:numbered:\n\nfirst\none\nyear\n```\n",
    "first.md": "# Begin\n\n"
    "\\begin{align}\na &= b \\label{eq_one} \\\\\nc &= d \\quad\\text{(1.9)} \\\\\n"
    "e &= f \\label{eq_two}\n\\end{align}\n\n"
    "$$ g = h $$ (eq_three)\n\n"
    ":::{subfigure} AB\n:name: fig_parts\n\n![Left](panels.svg){#fig_left}\n![Right](panels.svg){#fig_right}\n\n"
    "Two pictures.\n:::\n\n"
    "See {eq}`eq_two`, {numref}`fig_right`, {numref}`sec_one`, {ref}`sec_one`, {numref}`sec_year`.\n",
    "one.md": "(sec_one)=\n# 2\n\n(sec_inner)=\n## 2.1\n\nText.\n",
    "year.md": "(sec_year)=\n# 2024\n\n## 3\n\n{numref}`sec_inner`, {ref}`sec_inner`\n",
    "panels.svg": PANELS,
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    project = Project(tmp_path_factory.mktemp("exactness"))
    project.write(PAGES)
    project.conf += "math_numsep = ':'\nd2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    done = project.run("book")
    assert done.stderr == ""
    assert done.returncode == 0
    return Book(project)


def test_nothing_is_found_where_all_is_right(book: Book) -> None:
    assert {entry.number for entry in book.table.pages["first"]} >= {"1:1", "1:2", "1:3", "1.1b"}
    assert book.html(book.built / "html") == []
    assert book.notebooks(book.built / "notebooks") == []
    assert book.pdf(next((book.built / "pdf").glob("*.pdf"))) == []


@pytest.mark.parametrize(
    ("page", "old", "new", "expected"),
    [
        ("first", "<mtext>(1:2)</mtext>", "<mtext>(1:4)</mtext>", ("eq_two", "1:2", "1.9")),  # as it comes first
        ("first", 'eqno">(1:3)', 'eqno">(1:4)', ("eq_three", "1:3", "1:4")),
        ("first", ">(1:2)</span></a>", ">(1:4)</span></a>", ("eq_two", "1:2", "1:4")),
        ("first", "Chapter 2</span>", "Chapter 3</span>", ("sec_one", "2", "3")),
        ("year", '"one.html">2. 2<', '"one.html">4. 2<', ("sec_one", "2", "4")),
        ("year", "Section 2.1</span>", "Section 2.2</span>", ("sec_inner", "2.1", "2.2")),
    ],
)
def test_a_wrong_number_in_html_is_found(
    book: Book, tmp_path: Path, page: str, old: str, new: str, expected: tuple[str, str, str]
) -> None:
    assert the(book.html(book.site_with(tmp_path, page, old, new))) == expected


@pytest.mark.parametrize(
    ("page", "old", "new", "expected"),
    [
        ("first", "\\text{(1:2)}", "\\text{(1:4)}", ("eq_two", "1:2", "1.9")),
        ("first", "\\tag{1:3}", "\\tag{1:4}", ("eq_three", "1:3", "1:4")),
        ("one", "# 2 2", "# 3 2", ("sec_one", "2", "3")),
        ("one", "## 2.1 2\\.1", "## 2\\.1", ("sec_inner", "2.1", "")),
    ],
)
def test_a_wrong_number_in_a_notebook_is_found(
    book: Book, tmp_path: Path, page: str, old: str, new: str, expected: tuple[str, str, str]
) -> None:
    assert the(book.notebooks(book.notebooks_with(tmp_path, page, old, new))) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('"(1:2)"', '"(1:4)"', ("eq_two", "1:2", "1:4")),
        ('number: "(1:3)", alt:', 'number: "(1:4)", alt:', ("eq_three", "1:3", "1:4")),
        ('part-caption("(b)"', 'part-caption("(e)"', ("fig_right", "1.1b", "c")),  # the letter in the picture is left
    ],
)
def test_a_wrong_number_in_the_pdf_is_found(
    book: Book, tmp_path: Path, old: str, new: str, expected: tuple[str, str, str]
) -> None:
    assert the(book.pdf(reprinted(book, tmp_path, lambda text: text.replace(old, new)))) == expected


@pytest.mark.parametrize(
    ("text", "title", "number", "found"),
    [
        ("1 1", "1", "1", "1"),
        ("1", "1", "1", ""),
        ("2 1", "1", "1", "2"),
        ("1", "1", "", ""),
        ("A A", "A", "A", "A"),
        ("3 2024", "2024", "3", "3"),
        ("A Milne", "A Milne", "", ""),
    ],
)
def test_a_title_may_be_a_number(text: str, title: str, number: str, found: str) -> None:
    assert number_before(text, title, number) == found


@pytest.mark.parametrize(
    ("text", "rule", "found"),
    [
        ("1. 1", "entry", None),
        ("2. 1", "entry", "2"),
        ("1", "entry", ""),
        ("Chapter 1", "numbered", None),
        ("Chapter 3", "numbered", "3"),
        ("1", "link", None),
    ],
)
def test_a_reference_to_such_a_title(text: str, rule: Any, found: str | None) -> None:
    entry = ExpectedEntry("page", ("one",), "section", "1", "1", "sec_one", optional=False, is_page=True)
    table = ExpectedNumbers({"page": (entry,)}, {"section": ("Section", "Chapter")}, frozenset({"page"}))
    seen = [PrintedNumber("a reference", "page", "one", text, rule)]
    assert [one.found for one in compare(table, seen, Path("page.html"))] == ([] if found is None else [found])


def test_a_title_in_capitals_is_no_number() -> None:
    entry = ExpectedEntry("page", ("gru",), "section", "9.1", "GRU", "sec_gru", optional=False)
    table = ExpectedNumbers({"page": (entry,)}, {"section": ("Section",)}, frozenset({"page"}))
    seen = [
        PrintedNumber("a reference", "page", "gru", text, "numbered") for text in ("the GRU part", "Section 9.1, GRU")
    ]
    assert list(compare(table, seen, Path("page.html"))) == []


@pytest.mark.parametrize(
    ("source", "links", "labels", "tags"),
    [
        ("Prose with *emphasis*,\nof two lines.", [], [], []),
        ("See [Figure 1](a.ipynb) and [Section 2.1](b/c.ipynb#x).", ["Figure 1", "Section 2.1"], [], []),
        ("See [*Figure* 1](a.ipynb).", ["Figure 1"], [], []),
        ("$[1](2)$ and [two](a.ipynb)", ["two"], [], []),
        ("`[one](a.ipynb)` and [two](a.ipynb)", ["two"], [], []),
        ("\\[one](a.ipynb), [two](a.ipynb)", ["two"], [], []),
        ("![one](a.png) [two](a.ipynb)", ["two"], [], []),
        ("[one][1]\n\n[1]: a.ipynb", ["one"], [], []),
        ("<https://book.example/>", ["https://book.example/"], [], []),
        ("*Figure 1.1: Words*", [], ["Figure 1.1: Words"], []),
        ('<a id="fig"></a>**Figure 1.1** Words', [], ['<a id="fig"></a>Figure 1.1 Words'], []),
        ("Figure 1.1 *shows* [it](a.ipynb)", ["it"], [], []),
        ("Words.\n\n$$\na = b \\tag{1.1}\n$$\n\nWords.", [], [], ["1.1"]),
        ("Words with $a \\tag{1.2}$.", [], [], ["1.2"]),
        ("```\n\nWords.\n\n*Figure 1.1*\n\n```", [], [], []),
        ("Words\n* *Figure 1.1*", [], ["Figure 1.1"], []),
        ("* one\n\nWords.\n\n    *Figure 1.1*", [], [], []),
    ],
)
def test_what_the_markdown_of_a_notebook_shows(
    source: str, links: list[str], labels: list[str], tags: list[str]
) -> None:
    shown = shown_in({"cells": [{"cell_type": "markdown", "source": source}]})
    assert ([text for _address, text in shown.links], shown.labels, shown.tags) == (links, labels, tags)


def test_numbers_sort_as_people_count() -> None:
    right = ["2", "3", "3.2", "3.2a", "3.2b", "3.3", "3.10", "10", "A", "A.2", "A.10", "Z", "AA"]
    assert sorted(set(right), key=number_key) == right
