"""LaTeX sets the numbers of the table, everywhere; each kind of corruption is seen."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pypdf
import pytest
import zxingcpp

from sphinxcontrib_d2lbook.numbering.agreement.compare import Difference
from sphinxcontrib_d2lbook.numbering.agreement.expected_numbers import ExpectedNumbers, expected_numbers
from sphinxcontrib_d2lbook.numbering.agreement.read_pdf import readable_pdf
from sphinxcontrib_d2lbook.numbering.agreement.readback import differences
from sphinxcontrib_d2lbook.outputs.paper.compilation_record import Record, destinations
from tests.conftest import Project
from tests.numbering.authors import Author
from tests.numbering.test_agreement import PAGES as TRICKY
from tests.numbering.test_whole_book import shown
from tests.typst.test_codes_read_back import ADDRESSES, PAGES, small_book

pytestmark = [pytest.mark.long, pytest.mark.latex, pytest.mark.poppler]

ENGINE = "d2lbook_pdf_engine = 'latex'\n"
SPOILER = """
from sphinxcontrib_d2lbook.outputs.latex import compiler
whole = compiler.compile_pdf
def spoiled(folder, name):
    file = folder / f"{{name}}.tex"
    text = file.read_text("utf-8")
    assert {old!r} in text
    file.write_text(text.replace({old!r}, {new!r}, 1), "utf-8")
    return whole(folder, name)
compiler.compile_pdf = spoiled
"""


@dataclasses.dataclass
class Book:
    project: Project
    table: ExpectedNumbers
    keys: Any

    @property
    def pdf(self) -> Path:
        return self.project.build_folder / "book" / "pdf" / "a-book.pdf"

    def differences(self, table: ExpectedNumbers) -> list[Difference]:
        return list(differences(table, readable_pdf(table, self.pdf, self.keys)))


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    """The book with everything that can be numbered, with all outputs. Lemmas share the counter of theorems."""
    project = Project(tmp_path_factory.mktemp("latex-agreement"))
    project.conf += "html_baseurl = 'https://book.example/'\nprf_realtyp_to_countertyp = {'lemma': 'theorem'}\n"
    project.conf += "d2lbook_outputs = ['html', 'pdf', 'notebooks']\n" + ENGINE
    Author().write(project)
    done = project.run("book", "-W", "--keep-going", "-j", "2")
    assert (done.returncode, done.stderr) == (0, "")
    with project.app("dummy", confoverrides={"d2lbook_execute": "never"}) as app:
        return Book(project, expected_numbers(app.env), destinations(app))


@pytest.fixture(scope="module")
def rows(book: Book) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((book.pdf.parents[1] / "numbers.json").read_text("utf-8"))["numbers"]
    return found


def test_all_numbers_agree(book: Book) -> None:
    assert book.differences(book.table) == []


def test_each_number_is_printed_on_its_page(book: Book, rows: list[dict[str, Any]]) -> None:
    """As another program reads the pages."""
    text = subprocess.run(["pdftotext", "-layout", book.pdf, "-"], capture_output=True, text=True, check=True).stdout
    texts = [" ".join(page.split()) for page in text.split("\f")]
    near = [f"{one} {two}" for one, two in zip(texts, [*texts[1:], ""], strict=True)]
    assert len(rows) > 150
    assert [(row["label"], shown(row)) for row in rows if shown(row) not in near[row["pdf"]["page"] - 1]] == []
    assert "continued from" in text
    assert not re.search(r"Table \d+ +– *continued", text)


def test_no_reference_is_left_open(book: Book) -> None:
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(book.pdf).pages)
    assert "??" not in text
    assert not re.search(r"\b(fig|eq|sec|deep|tab|thm|ex)_[a-z]+", text)


def test_front_matter_has_no_numbers_and_appendices_have_letters(book: Book) -> None:
    titles = [str(item.title) for item in _flat(pypdf.PdfReader(book.pdf).outline)]
    assert [title for title in titles if "Title of" in title or title.startswith("Part")] == [
        "Title of preface",
        "Part 1",
        "1 Title of one",
        "2 Title of two",
        "Part 2",
        "3 Title of three",
        "4 Title of four",
        "Part 3",
        "5 Title of five",
        "6 Title of six",
        "A Title of alpha",
        "B Title of beta",
    ]
    assert "2.2 Γεωμετρία, as Figure 1.1 and (5.1)" in titles


def _flat(items: list[Any]) -> list[Any]:
    return [one for item in items for one in (_flat(item) if isinstance(item, list) else [item])]


def test_another_number_of_anything_is_seen(book: Book) -> None:
    """For everything in the table: as if the PDF had been set with another number."""
    missed = []
    for docname in sorted(book.table.in_toctree & {"two/index", "beta/index", "preface"}):
        entries = book.table.pages[docname]
        for position, entry in enumerate(entries):
            if not entry.number or entry.letter:
                continue
            other = dataclasses.replace(entry, number=re.sub(r"\w+$", "77", entry.number))
            pages = {docname: (*entries[:position], other, *entries[position + 1 :])}
            table = ExpectedNumbers(pages, book.table.words, frozenset({docname}), book.table.root)
            if not [one for one in book.differences(table) if one.expected == other.number]:
                missed.append(entry)
    assert missed == []


def test_what_is_easily_taken_for_something_else_is_told_apart(tmp_path: Path) -> None:
    """A figure in the margin beside another, titles with formulas and references in them, words after numbers."""
    project = Project(tmp_path)
    project.write(TRICKY)
    project.conf += ENGINE + "d2lbook_package = 'tiny'\nhtml_baseurl = 'https://book.example/'\n"
    project.conf += "d2lbook_outputs = ['pdf']\nprf_realtyp_to_countertyp = {'lemma': 'theorem'}\n"
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        (r"\bookcaption{Figure 1.1}", r"\bookcaption{Figure 1.7}", "fig_one"),
        (r"\booksection{1.1}", r"\booksection{1.2}", "one#level-two"),
        (r"\tag{1.1}", r"\tag{1.9}", "eq_one"),
        ("Theorem 1.1}", "Theorem 4.1}", "thm_one"),
    ],
)
def test_a_number_spoiled_in_the_source_fails_the_build(tmp_path: Path, old: str, new: str, name: str) -> None:
    project = Project(tmp_path)
    project.conf += ENGINE + "d2lbook_outputs = ['pdf']\n" + SPOILER.format(old=old, new=new)
    body = (
        "# One\n\n```{figure} a.svg\n:name: fig_one\n\nA figure.\n```\n\n## Level two\n\n$$ x = 1 $$ (eq_one)\n\n"
        "```{prf:theorem}\n:label: thm_one\n\nTrue.\n```\n"
    )
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
    project.write({"index.md": "# Book\n\n```{toctree}\n:numbered:\n\none\n```\n", "one.md": body, "a.svg": svg})
    done = project.run("book")
    assert done.returncode == 2
    assert f"the outputs do not agree: one: '{name}' has the number 1" in done.stderr


def test_a_build_that_finds_nothing_new_does_nothing(book: Book) -> None:
    before = book.pdf.stat().st_mtime_ns
    for said in ("nothing new for html, pdf, notebooks", "nothing has changed since the last build"):
        done = book.project.run("book", "-W", "--keep-going", "-j", "2")
        assert (done.returncode, done.stderr) == (0, "")
        assert said in done.stdout
        assert book.pdf.stat().st_mtime_ns == before


def test_all_codes_are_on_the_pages_and_are_read_back(tmp_path: Path) -> None:
    project = small_book(tmp_path / "book", PAGES)
    project.conf += ENGINE
    project.build("pdf", confoverrides={"d2lbook_outputs": ["pdf"], "d2lbook_checks": ["codes"]})
    assert project.warnings == ""
    document = pypdfium(project.build_folder / "pdf" / "a-book.pdf")
    assert sorted(document) == sorted(ADDRESSES)
    noted = Record.of_engine(project.build_folder / "doctrees", "latex").codes
    assert [code["address"] for code in noted] == ADDRESSES
    assert noted[0]["at"] == "one.md:4"


def pypdfium(pdf: Path) -> list[str]:
    """The codes of all pages, looked for without what the build knows of their places."""
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    found = []
    for page in document:
        found += [code.text for code in zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())]
    document.close()
    return found


def test_a_code_that_does_not_read_back_fails_the_book(tmp_path: Path) -> None:
    cover = "\n```{raw} latex\n\\par\\vspace*{-15mm}\\hspace*{5mm}{\\color{white}\\rule{12mm}{12mm}}\n```\n"
    project = small_book(tmp_path / "book", {"index.md": f"# Root\n\n```{{qrcode}} https://example.org/\n```\n{cover}"})
    project.conf += ENGINE
    done = project.run("book")
    assert done.returncode == 2
    assert re.search(
        r"index\.md:3: page \d+ of a-book\.pdf: the QR code of https://example\.org/ does not", done.stderr
    )


def test_hostile_text_is_printed_as_it_is(tmp_path: Path) -> None:
    from tests.latex.test_latex_engine import HOSTILE, HOSTILE_MARKDOWN

    project = Project(tmp_path / "project")
    project.conf += ENGINE + "nb_execution_mode = 'off'\n"
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": f"{HOSTILE}\x00\x1b[31m\x0c\n{'long' * 60}\n"},
        {"output_type": "display_data", "metadata": {}, "data": {"text/latex": r"$\input{/etc/passwd}$"}},
        {
            "output_type": "display_data",
            "metadata": {},
            "data": {"text/html": f"<table><tr><td>{HOSTILE}</td></tr></table>"},
        },
    ]
    cell = {"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": outputs, "source": f"# {HOSTILE}"}
    notebook = {
        "nbformat": 4,
        "nbformat_minor": 4,
        "metadata": {"kernelspec": {"name": "python3"}},
        "cells": [{"cell_type": "markdown", "metadata": {}, "source": f"# Of a notebook {HOSTILE_MARKDOWN}"}, cell],
    }
    project.write(
        {
            "index.md": f"# {HOSTILE_MARKDOWN}\n\n```{{toctree}}\n:caption: {HOSTILE}\n:numbered:\n\none\ntwo\n```\n",
            "one.md": f"# One {HOSTILE_MARKDOWN}\n\n😀 and 日本\n\n"
            f"```{{figure}} a.svg\n:name: fig\n\nC {HOSTILE_MARKDOWN}\n```\n",
            "two.ipynb": json.dumps(notebook),
            "a.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        }
    )
    app = project.build(
        "pdf", confoverrides={"d2lbook_outputs": ["pdf"], "d2lbook_checks": ["numbers"], "d2lbook_execute": "never"}
    )
    assert app.statuscode == 0
    for char, rest in (("U+1F600", ""), ("U+65E5", ".* and 1 more of the script Han; ")):
        assert re.search(rf"one\.md:3: WARNING: no font of the PDF has {re.escape(char)}{rest}", project.warnings)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(project.build_folder / "pdf" / "a-book.pdf").pages)
    squeezed = re.sub(r"\s+", "", text)
    assert squeezed.count(r"\input{/etc/passwd}{a}$x$&#1^^M_b~%\end{document}[c]<d>") >= 5
    assert "root:" not in text
    assert "too wide" not in project.warnings
    assert "[31m" not in text
