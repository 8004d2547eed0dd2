"""A book with every kind of thing in it, set by LaTeX: it is complete, and carries the numbers of the table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pypdf
import pytest

from sphinxcontrib_d2lbook.outputs.paper.compilation_record import Record
from tests.typst.test_typst_book import CONF, EXTENSION, INNER, MORE, WORDS, Built, build, outline, write

pytestmark = pytest.mark.latex

ADDED = "    TypstPdfOutput().add_to(app)\n"
LATEX = EXTENSION.replace(ADDED, f"{ADDED}    LatexOutput().add_to(app)\n")
LATEX = LATEX.replace("typst=(visit_known", "latex=(visit_known")
LATEX = LATEX.replace(
    "    app.add_node(odd)",
    "    from sphinxcontrib_d2lbook.outputs.latex.output import LatexOutput\n    app.add_node(odd)",
)
LATEX = LATEX.replace("""'#"Made by its own visitor."'""", "'Made by its own visitor.'")
FILES = {
    "conf.py": CONF + 'd2lbook_pdf_engine = "latex"\n',
    "typst_kinds.py": LATEX,
    "kinds/more.rst": MORE.replace(
        ".. raw:: typst\n\n   #strong[raw typst]", ".. raw:: latex\n\n   \\textbf{raw latex}"
    ),
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    folder = tmp_path_factory.mktemp("latex-book")
    write(folder / "book", **FILES)
    return build(folder / "book", folder / "out")


def test_only_what_is_lost_is_warned_of(book: Built) -> None:
    lines = [line for line in book.warnings.splitlines() if "WARNING" in line]
    wanted = ["nowhere.png", "nowhere.png", "picture.png", "broken.png", "HTML only", "todo"]
    assert [line for line in lines if not any(word in line for word in wanted)] == []
    assert re.search(r"inner\.md:\d+: WARNING: .*example\.invalid/picture\.png.*another host", book.warnings)
    assert re.search(r"inner\.md:\d+: WARNING: .*broken\.png.*content is not what \.png says", book.warnings)
    assert re.search(r"notebook\.ipynb:\d+: WARNING: .*HTML only", book.warnings)


def squeezed(text: str) -> str:
    """Without spaces, and with hyphens and quotes as they are typed: where they stand is the typesetter's."""
    for old, new in (("ﬁ", "fi"), ("ﬂ", "fl"), ("-\n", ""), ("’", "'"), ("“", '"'), ("”", '"'), ("‐", "-")):
        text = text.replace(old, new)
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("words", [item for item in re.split(r"[|\n]", WORDS) if item])
def test_it_is_complete(book: Built, words: str) -> None:
    wanted = words.replace("a bc", "abc").replace("\\\\", "\\").replace("raw typst", "raw latex")
    wanted = wanted.replace("Fig. ", "Figure ").replace("Field:", "Field")
    assert squeezed(wanted) in squeezed(book.text)


@pytest.mark.parametrize(
    "words",
    ["[31m", "html only", "Shown in HTML only", "plain frame", "<Figure>", "z**2", "removed = 1", "a comment", "??"],
)
def test_nothing_is_there_that_should_not_be(book: Built, words: str) -> None:
    assert squeezed(words) not in squeezed(book.text)


def test_bookmarks_carry_the_numbers(book: Built) -> None:
    assert [title for _depth, title, _page in outline(book.reader)] == [
        "Contents",
        "Preface",
        "Foundations",
        "1 All Kinds",
        "1.1 Inner Section of x2",
        "1.1.1 Level Three",
        "1.1.1.1 Level Four",
        "1.1.1.1.1 Level Five",
        "1.1.1.1.1.1 Level Six",
        "1.2 Second Section",
        "Practice",
        "2 A Notebook",
        "A Tools",
        "A.1 Of the Trade",
        "References",
        "Index",
    ]


def test_every_link_leads_somewhere(book: Built) -> None:
    inner, outer = 0, set()
    names = book.reader.named_destinations
    for page in book.reader.pages:
        for reference in page.get("/Annots", []):
            note = reference.get_object()
            if note["/A"]["/S"] == "/URI":
                outer.add(str(note["/A"]["/URI"]))
            else:
                assert str(note["/A"]["/D"]) in names
                inner += 1
    assert inner > 25
    assert {"https://example.org/x?a=1#b", "https://example.org"} <= outer


def test_destinations_are_told_as_they_are(book: Built) -> None:
    told = Record.of_engine(book.pdf.parents[1] / "doctrees", "latex").destinations
    names = book.reader.named_destinations
    for wanted in ("sec-inner", "fig-one", "tab-one", "lst-one", "equation-eq-one", "thm-one", "ex-one", "rem-one"):
        place = told[f"kinds/inner#{wanted}"]
        page = (book.reader.get_destination_page_number(names[place["destination"]]) or 0) + 1
        assert place["page"] == page
    assert told["preface"]["page"] < told["kinds/index"]["page"] < told["kinds/more#term-epoch"]["page"]


def test_it_has_no_date_and_its_drawings_are_drawings(book: Built) -> None:
    assert str(book.reader.metadata["/CreationDate"] if book.reader.metadata else "").startswith("D:1970")
    assert [image for page in book.reader.pages for image in page.images] == []


def test_the_sources_lie_beside_it(book: Built) -> None:
    folder = book.pdf.parent / "latex"
    source = (folder / "a-book-of-kinds.tex").read_text("utf-8")
    assert {"d2lbook.sty", "sphinxmanual.cls", "latexmkrc", "images"} <= {path.name for path in folder.iterdir()}
    assert not list(folder.glob("*.aux"))
    assert r"\booksection{1.1}{kinds/inner:sec-inner}" in source
    assert r"\bookcaption{Figure 1.1}{Caption of the figure.}" in source
    assert r"\tag{1.1}" in source


@pytest.mark.long
def test_two_builds_give_the_same_bytes(book: Built, tmp_path: Path) -> None:
    write(tmp_path / "book", **FILES)
    again = build(tmp_path / "book", tmp_path / "out")
    assert again.pdf.read_bytes() == book.pdf.read_bytes()


@pytest.mark.long
def test_nothing_is_set_again_if_nothing_changed(tmp_path: Path) -> None:
    write(tmp_path / "book", **{**FILES, "kinds/inner.md": INNER.replace("![](broken.png)", "")})
    first = build(tmp_path / "book", tmp_path / "out").pdf.stat().st_mtime_ns
    assert build(tmp_path / "book", tmp_path / "out").pdf.stat().st_mtime_ns == first
    (tmp_path / "book" / "preface.md").write_text("# Preface\n\nMany thanks.\n")
    built = build(tmp_path / "book", tmp_path / "out")
    assert "Many thanks." in built.text
    assert built.pdf.stat().st_mtime_ns != first


@pytest.mark.long
def test_an_image_that_stops_latex_is_left_out(tmp_path: Path) -> None:
    """Its first bytes are right, the rest is not."""
    inner = "# Inner\n\nBefore.\n\n![a cut](cut.png)\n\nAfter.\n"
    write(tmp_path / "book", **{**FILES, "kinds/inner.md": inner})
    (tmp_path / "book" / "kinds" / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 40)
    built = build(tmp_path / "book", tmp_path / "out")
    assert squeezed("Before. a cut After.") in squeezed(built.text)
    assert re.search(r"inner\.md:\d+: WARNING: \S*cut\.png cannot be set in the PDF: .*decode", built.warnings)


@pytest.mark.long
def test_paper_and_language_are_the_books(tmp_path: Path) -> None:
    write(tmp_path / "book", **FILES)
    built = build(tmp_path / "book", tmp_path / "out", d2lbook_pdf_paper="us-letter", language="de")
    assert [round(float(side)) for side in built.reader.pages[0].mediabox[2:]] == [612, 792]
    assert isinstance(built.reader, pypdf.PdfReader)
    assert "Inhalt" in built.text
