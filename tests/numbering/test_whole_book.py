"""A book with everything that can be numbered: every number and every reference is the same in all outputs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from pypdf import PdfReader

from tests.numbering.authors import CHAPTERS, Author

SITE = "https://book.example/"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The whole book, built once. Lemmas share the counter of theorems, definitions have their own."""
    from tests.conftest import Project

    project = Project(tmp_path_factory.mktemp("agreement"))
    project.conf += f"html_baseurl = {SITE!r}\nprf_realtyp_to_countertyp = {{'lemma': 'theorem'}}\n"
    project.conf += "d2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    Author().write(project)
    done = project.run("book", "-W", "--keep-going", "-j", "2")
    assert (done.returncode, done.stderr) == (0, "")
    return project


@pytest.fixture(scope="module")
def rows(book: Any) -> list[dict[str, Any]]:
    value = json.loads((book.build_folder / "book" / "numbers.json").read_text("utf-8"))
    found: list[dict[str, Any]] = value["numbers"]
    return found


def soup(book: Any, docname: str) -> BeautifulSoup:
    return BeautifulSoup((book.build_folder / "book" / "html" / f"{docname}.html").read_bytes(), "html.parser")


def notebook(book: Any, docname: str) -> str:
    """The Markdown of a page's notebook."""
    path: Path = book.build_folder / "book" / "notebooks" / f"{docname}.ipynb"
    return "\n\n".join("".join(cell["source"]) for cell in json.loads(path.read_text("utf-8"))["cells"])


def shown(row: dict[str, Any]) -> str:
    """How a number is printed where the thing itself stands."""
    number, kind = row["number"], row["kind"]
    words = {"figure": "Figure", "table": "Table", "listing": "Listing", "exercise": "Exercise"}
    if kind == "equation":
        return f"({number})"
    if kind == "subfigure":
        return f"({number[-1]})"
    return f"{words[kind]} {number}" if kind in words else number


def test_everything_has_a_number(rows: list[dict[str, Any]]) -> None:
    numbers = {(row["docname"], row["label"]): row["number"] for row in rows}
    expected = {
        "sec": "2",
        "fig": "2.1",
        "eq": "2.1",
        "deep": "2.1.1.1",
        "fig_note": "2.2",
        "fig_cell": "2.3",
        "tab": "2.1",
        "lst": "2.1",
        "al_one": "2.2",
        "al_two": "2.3",
        "ga": "2.4",
        "whole": "2.6",
        "cases": "2.7",
        "thm": "2.1",
        "lem": "2.2",
        "ex": "2.1",
        "fig_parts": "2.4",
        "fig_left": "2.4a",
        "fig_right": "2.4b",
        "fig_low": "2.4c",
    }
    assert {name: numbers["two/index", f"{name}_two"] for name in expected} == expected
    beta = {name: f"B{number[1:]}" for name, number in expected.items()}
    assert {name: numbers["beta/index", f"{name}_beta"] for name in beta} == beta
    assert [row["number"] for row in rows if row["kind"] == "definition"] == [
        *(f"{n}.1" for n in range(1, 7)),
        "A.1",
        "B.1",
    ]
    assert numbers["preface", "fig_preface"] == numbers["preface", "eq_preface"] == "1"
    assert ("preface", "sec_preface") not in numbers


def test_the_website_prints_each_number_at_its_place(book: Any, rows: list[dict[str, Any]]) -> None:
    pages = {docname: soup(book, docname) for docname in {row["docname"] for row in rows}}
    wrong = []
    for row in rows:
        anchor = row["html"].partition("#")[2] or row["id"]
        place = pages[row["docname"]].find(id=anchor)
        assert isinstance(place, Tag), row
        if place.name == "span" and not place.get_text(strip=True):
            place = place.parent  # a second anchor of a formula
        assert isinstance(place, Tag)
        if row["kind"] == "section":
            heading = place.find(re.compile("h[1-6]"))
            text = heading.get_text() if heading else ""
        else:
            text = place.get_text(" ")
        if shown(row) not in text:
            wrong.append((row["label"], shown(row), text[:80]))
    assert not wrong


def test_notebooks_print_each_number(book: Any, rows: list[dict[str, Any]]) -> None:
    texts = {docname: notebook(book, docname) for docname in {row["docname"] for row in rows}}
    tagged = {docname: re.sub(r"\\tag\{([^}]*)\}", r"(\1)", text) for docname, text in texts.items()}
    assert [(row["label"], shown(row)) for row in rows if shown(row) not in tagged[row["docname"]]] == []


def test_the_pdf_prints_each_number_on_its_page(book: Any, rows: list[dict[str, Any]]) -> None:
    reader = PdfReader(book.build_folder / "book" / "pdf" / "a-book.pdf")
    texts = [" ".join(page.extract_text().split()) for page in reader.pages]
    # A caption may have been set on the page after the anchor.
    near = [f"{one} {two}" for one, two in zip(texts, [*texts[1:], ""], strict=True)]
    assert [(row["label"], shown(row)) for row in rows if shown(row) not in near[row["pdf"]["page"] - 1]] == []
    named = set(reader.named_destinations)
    assert {row["pdf"]["destination"] for row in rows} <= named


def test_a_long_table_goes_on_over_pages(book: Any) -> None:
    reader = PdfReader(book.build_folder / "book" / "pdf" / "a-book.pdf")
    texts = [page.extract_text() for page in reader.pages]
    first = next(number for number, text in enumerate(texts) if "Table 1.2" in text)
    last = next(number for number, text in enumerate(texts) if "3600" in text)
    assert last > first
    assert "square" in texts[last]  # its head, again


def links_of_page(book: Any, docname: str) -> Iterator[tuple[str, str]]:
    """(text, address) of each reference that a page of the site has in its text."""
    for link in soup(book, docname).select("section a.reference.internal"):
        href = str(link.get("href"))
        text = " ".join(link.get_text().split())
        if "image-reference" not in (link.get("class") or []):
            yield text, href.rpartition("#")[2]


def test_references_say_and_lead_to_the_same_in_notebooks_and_on_the_website(book: Any) -> None:
    for name in CHAPTERS:
        docname = f"{name}/index"
        on_site = sorted(links_of_page(book, docname))
        text = notebook(book, docname).partition("\n\n")[2]
        in_notebook = sorted(
            (" ".join(re.sub(r"[\\*]", "", words).split()), address.rpartition("#")[2])
            for words, address in re.findall(r"\[([^\[\]]*)\]\((" + SITE + r"[^)\s]*)\)", text)
        )
        assert len(on_site) > 20
        assert in_notebook == on_site


def test_references_in_headings_and_captions_print_numbers_everywhere(book: Any) -> None:
    page = soup(book, "two/index")
    title = "Γεωμετρία, as Figure 1.1 and (5.1)"
    assert title in " ".join(page.get_text().split())
    root = soup(book, "index")
    assert not re.search(r"\b(fig|eq|sec|deep|tab)_[a-z]+", root.get_text())
    assert "In a box, before Section 5.1.1.1." in " ".join(page.get_text().split())
    assert title in re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", notebook(book, "two/index"))
    reader = PdfReader(book.build_folder / "book" / "pdf" / "a-book.pdf")
    outline = str(reader.outline)
    assert "Figure 1.1 and (5.1)" in " ".join(page.extract_text() for page in reader.pages)
    assert "fig_one" not in outline


def test_solutions_in_another_file_name_their_exercises(book: Any) -> None:
    text = " ".join(soup(book, "solutions").get_text().split())
    assert "Solution to Exercise 3.1 (A task)" in text
    assert "**Solution to" in notebook(book, "solutions")
    assert "Exercise B.1 (A task)" in notebook(book, "solutions")
