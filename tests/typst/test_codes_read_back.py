"""The QR codes of a PDF are read back from its pages; one that cannot be read stops the build."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import zxingcpp

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.outputs.paper import qr_readback
from sphinxcontrib_d2lbook.outputs.paper.compilation_record import Record
from tests.conftest import Project

CHECKED = {"d2lbook_outputs": ["pdf"], "d2lbook_checks": ["codes"]}
CONF = (
    "html_baseurl = 'https://d2lbook.github.io/mxnet/'\nd2lbook_outputs = ['pdf']\n"
    "d2lbook_forum = {'url': 'https://forum.example.org/t/{label}'}\n"
)
LONG = "https://example.org/" + "long/" * 50
PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\none\ntwo\n```\n",
    "one.md": (
        "(sec_one)=\n# One\n\n```{qrcode} https://example.org/plain?a=1&b=2\nA caption.\n```\n\n"
        f"```{{qrcode}} {LONG}\n```\n\n"
        "````{admonition} A box\n```{qrcode} tel:+44-20-7946-0000\n:size: 15mm\n```\n````\n\n"
        "- In a list:\n\n  ```{qrcode} mailto:someone@example.org\n  ```\n\n"
        "::::{grid} 2\n:::{grid-item}\n```{qrcode} https://example.org/left\n```\n:::\n"
        ":::{grid-item}\n```{qrcode} https://example.org/right\n```\n:::\n::::\n\n```{discussion}\n```\n"
    ),
    "two.md": "(sec_two)=\n# Two\n\nText.\n\n```{discussion}\n```\n",
}
ADDRESSES = [
    "https://example.org/plain?a=1&b=2",
    LONG,
    "tel:+44-20-7946-0000",
    "mailto:someone@example.org",
    "https://example.org/left",
    "https://example.org/right",
    "https://d2lbook.github.io/mxnet/go/sec_one/",
    "https://d2lbook.github.io/mxnet/go/sec_two/",
]
COVER = "\n```{raw} typst\n#place(dy: -18mm, dx: 6mm, rect(width: 12mm, height: 12mm, fill: white))\n```\n"


def small_book(folder: Path, pages: dict[str, str]) -> Project:
    project = Project(folder)
    project.conf += CONF
    project.write(pages)
    return project


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = small_book(tmp_path_factory.mktemp("codes"), PAGES)
    project.build("pdf", confoverrides=CHECKED)
    assert project.warnings == ""
    return project


def test_all_codes_are_on_the_pages_of_the_pdf(built: Project) -> None:
    """Looked for on whole pages, without what the build knows of their places."""
    document = pypdfium2.PdfDocument(built.build_folder / "pdf/a-book.pdf")
    found = []
    for page in document:
        found += [code.text for code in zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil())]
    document.close()
    assert sorted(found) == sorted(ADDRESSES)


def test_the_build_knows_where_each_code_is(built: Project) -> None:
    noted = Record.of_engine(built.build_folder / "doctrees", "typst").codes
    assert [code["address"] for code in noted] == ADDRESSES
    assert noted[0]["at"] == "one.md:4"
    assert noted[-1]["page"] > noted[0]["page"]


def test_codes_are_vectors(built: Project) -> None:
    from pypdf import PdfReader

    assert [image for page in PdfReader(built.build_folder / "pdf/a-book.pdf").pages for image in page.images] == []


def test_codes_that_have_been_read_are_not_read_again(built: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Any] = []
    monkeypatch.setattr(qr_readback, "read_code", lambda document, code: read.append(code))
    built.build("pdf", confoverrides=CHECKED)
    assert read == []


@pytest.mark.parametrize(("checks", "ci", "stops"), [([], "1", False), ("auto", "", False), ("auto", "1", True)])
def test_the_check_runs_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, checks: Any, ci: str, stops: bool
) -> None:
    monkeypatch.delenv("CI", raising=False)
    if ci:
        monkeypatch.setenv("CI", ci)
    project = small_book(tmp_path / "book", {"index.md": f"# Root\n\n```{{qrcode}} https://example.org/\n```\n{COVER}"})
    options = {"d2lbook_outputs": ["pdf"], "d2lbook_checks": checks}
    if not stops:
        project.build("pdf", confoverrides=options)
        return
    with pytest.raises(
        BookProblems, match=r"^index\.md:3: page \d+ of a-book\.pdf: the QR code of https://example\.org/ does"
    ):
        project.build("pdf", confoverrides=options)
    # What is covered stays so until it is mended, though the PDF need not be set again.
    with pytest.raises(BookProblems, match="nothing can be read there"):
        project.build("pdf", confoverrides=options)


def test_a_whole_book_with_a_code_that_does_not_read_back_fails(tmp_path: Path) -> None:
    project = small_book(tmp_path / "book", {**PAGES, "two.md": PAGES["two.md"] + COVER})
    done = project.run("book")
    assert done.returncode == 2
    assert re.search(
        r"two\.md:\d+: page \d+ of a-book\.pdf: the QR code of \S+/go/sec_two/ does not read back", done.stderr
    )
    assert (project.build_folder / "book/pdf/a-book.pdf").is_file()
