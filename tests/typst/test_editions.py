"""Editions of the PDF: measures, colours, notes, links, front matter, standards, chapters by themselves."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pypdfium2
import pytest

from sphinxcontrib_d2lbook.common.image_signatures import SIGNATURES
from sphinxcontrib_d2lbook.common.paper_sizes import millimetres, paper_size
from sphinxcontrib_d2lbook.config.pdf_options import PDF_OPTIONS
from sphinxcontrib_d2lbook.outputs.paper import gray_images
from sphinxcontrib_d2lbook.outputs.paper.gray_images import GrayImages
from sphinxcontrib_d2lbook.outputs.paper.images import SUFFIXES, Picture
from tests.conftest import Project

NUMBERS_SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/reference/schemas/numbers.schema.json").read_text("utf-8")
)
CONF = """
project = "Tales of Waves"
author = "A. Author"
copyright = "2026, A. Author"
extensions = ["sphinxcontrib_d2lbook"]
nb_execution_mode = "off"
html_baseurl = "https://example.org/waves/"
d2lbook_forum = {"url": "https://github.com/x/y/discussions"}
d2lbook_pdf_front = {
    "half_title": True, "subtitle": "With #code & $s", "edition": "First edition", "isbn": "978-0-00-000000-2",
    "doi": "10.1000/182", "licence": "CC BY 4.0", "imprint": ["Made by a test."], "dedication": "For the sea",
    "epigraph": ["All is water.", "Thales"], "lists": ["figures", "tables", "statements", "code"],
    "colophon": "Set with care.", "cover": "wave.svg",
}
d2lbook_editions = {
    "print": {
        "paper": "17x24cm", "links": "addresses", "notes": "foot", "colours": "gray", "bleed": "3mm",
        "crop_marks": True,
    },
    "screen": {"sides": 1, "codes": False, "standards": ["ua-1", "a-2b"], "date": "2026-11-28"},
    "chapter": {"pages": ["two"], "front": {}},
}
"""
WAVE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">
<path d="M0 50 Q 50 0 100 50 T 200 50" stroke="#1f4e79" fill="none" stroke-width="6"/>
<circle cx="100" cy="50" r="12" style="fill: tomato"/></svg>
"""
INDEX = """# Tales of Waves

What this book is about.

```{toctree}
:matter: main
one
two
```
"""
ONE = """(sec-one)=
# Waves

A wave has a [link to a place](https://example.com/a/long/address?x=1&y=2) and <https://example.org/shown>. See
{numref}`fig-w` and {ref}`sec-two`.

```{margin} A note
This stands beside.
```

Another paragraph. [^f]

[^f]: The footnote of the author.

```{figure} wave.svg
:name: fig-w
:alt: a wave
A wave of [water](https://water.example/). It moves.
```

```{prf:theorem} Energy
:label: thm-e
The energy is $E = a^2$.
```

```{list-table} Numbers of *waves*
:name: tab-w
* - a
  - 1
```

(sec-inner-of-one)=
## Inside

```{code-block} python
:caption: A listing. With more.
:name: lst

def f(x):
    return [x + 1 for x in range(100)] + ["text of a string that is rather long for a page of this size, yes it is"]
```
"""
TWO = """(sec-two)=
# Second

See {numref}`fig-w`, {ref}`sec-one`.

$$ a = b $$ (eq-a)

```{discussion}
```
"""
FILES = {"wave.svg": WAVE, "index.md": INDEX, "one.md": ONE, "two.md": TWO}


class Book:
    """The book of this module, with all editions."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.texts: dict[str, list[str]] = {}
        for file in sorted(folder.glob("pdf/*.pdf")):
            with pypdfium2.PdfDocument(file) as document:
                pages = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
            self.texts[file.stem.removeprefix("tales-of-waves").removeprefix("-")] = pages

    def text(self, edition: str) -> str:
        return "\n".join(self.texts[edition])

    def pdf(self, edition: str) -> Path:
        return self.folder / "pdf" / f"tales-of-waves{'-' * bool(edition)}{edition}.pdf"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    project = Project(tmp_path_factory.mktemp("editions"))
    project.conf = CONF
    project.write(FILES)
    (project.folder / "wave.svg").write_text(WAVE, "utf-8")
    built = project.run("book", "-W", "--keep-going")
    assert built.returncode == 0, built.stdout + built.stderr
    return Book(project.build_folder / "book")


def test_each_edition_is_a_file_that_the_website_offers(book: Book) -> None:
    assert set(book.texts) == {"", "print", "screen", "chapter"}
    page = (book.folder / "html" / "one.html").read_text("utf-8")
    for edition in ("-print", "-screen", "-chapter", ""):
        assert f"tales-of-waves{edition}.pdf" in page
        assert (book.folder / "html" / "_downloads" / f"tales-of-waves{edition}.pdf").is_file()


def test_numbers_json_has_the_places_of_all_editions(book: Book) -> None:
    rows = json.loads((book.folder / "numbers.json").read_text("utf-8"))["numbers"]
    equation = next(row["pdf"] for row in rows if row["label"] == "eq-a")
    figure = next(row["pdf"] for row in rows if row["label"] == "fig-w")
    jsonschema.validate({"version": 2, "numbers": rows}, NUMBERS_SCHEMA)
    assert set(equation["editions"]) == {"print", "screen", "chapter"}
    assert set(figure["editions"]) == {"print", "screen"}, "the second chapter by itself has no figure"
    for name, place in figure["editions"].items():
        assert place["file"] == f"tales-of-waves-{name}.pdf"
        assert "Figure 1.1 A wave of water" in book.texts[name][place["page"] - 1]


def _boxes(pdf: Path) -> tuple[list[float], list[float]]:
    """The media box and the trim box of the first page, in millimetres."""
    with pypdfium2.PdfDocument(pdf) as document:
        page = document[0]
        return [round(side * 25.4 / 72, 1) for side in page.get_mediabox()], [
            round(side * 25.4 / 72, 1) for side in page.get_trimbox()
        ]


def test_pages_have_the_size_of_the_edition_and_reach_over_it_where_it_bleeds(book: Book) -> None:
    media, trim = _boxes(book.pdf("print"))
    assert (trim[2] - trim[0], trim[3] - trim[1]) == pytest.approx((170, 240), abs=0.2)
    assert (media[2] - media[0], media[3] - media[1]) == pytest.approx((190, 260), abs=0.2), "3 mm, and 7 mm for marks"
    assert _boxes(book.pdf(""))[0] == pytest.approx([0, 0, 210, 297], abs=0.2)


def test_addresses_and_margin_notes_stand_at_the_foot_with_letters(book: Book) -> None:
    printed = book.text("print")
    assert "link to a placea and" in printed
    assert "https://example.com/a/long/address?x=1&y=2" in printed.replace("\u200b", "").replace(" ", "")
    assert printed.count("example.org/shown") == 1, "an address that the text shows is not repeated"
    assert "A note This stands beside." in printed
    assert "link to a place and" in book.text("")
    assert "address?x=1" not in book.text("")


def _hues(pdf: Path) -> set[tuple[int, int, int]]:
    """The colours, coarsely, that are on the pages."""
    colours = set()
    with pypdfium2.PdfDocument(pdf) as document:
        for page in document:
            bitmap = page.render(scale=0.5)
            pixels = bytes(bitmap.buffer)
            for at in range(0, len(pixels) - 2, bitmap.n_channels):
                blue, green, red = pixels[at], pixels[at + 1], pixels[at + 2]
                if max(red, green, blue) - min(red, green, blue) > 12:
                    colours.add((red // 64, green // 64, blue // 64))
    return colours


def test_an_edition_in_gray_has_no_hue_and_code_keeps_its_kinds(book: Book) -> None:
    assert _hues(book.pdf("print")) == set()
    assert _hues(book.pdf("")), "the same pages have colours in the book's own PDF"
    with pypdfium2.PdfDocument(book.pdf("print")) as document:
        fonts = {
            item.get_font().get_base_name()
            for page in document
            for item in page.get_objects()
            if isinstance(item, pypdfium2.PdfTextObj)
        }
    assert any("Mono-Bold" in name for name in fonts)


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif"])
def test_an_image_that_cannot_be_read_keeps_its_colours(suffix: str, monkeypatch: pytest.MonkeyPatch) -> None:
    warned: list[Path] = []
    monkeypatch.setattr(gray_images, "warn", lambda _kind, _message, file, *_more: warned.append(file))
    grays = GrayImages()
    picture = Picture(SIGNATURES[SUFFIXES[f".{suffix}"]][0] + bytes(range(40)), f"x.{suffix}", pixels=3)
    assert grays.of(picture, Path("book/x.png")) == picture
    assert grays.of(picture, Path("book/x.png")) == picture
    assert warned == [Path("book/x.png")]


@pytest.mark.parametrize(
    "inside",
    [
        '<rect width="9" height="9" fill="rgb(1.2.3, 4, 200)"/>',
        '<rect width="9" height="9" fill="hsl(20, 90%, 40%)"/>',
        '<image width="9" height="9" href="data:image/png;base64,AAAAA"/><rect width="5" height="5" fill="red"/>',
        '<image width="9" height="9" href="data:image/png;base64,iVBORw0KGgo="/><rect width="5" height="5"/>',
    ],
)
def test_a_drawing_with_a_colour_or_an_image_that_cannot_be_read_is_rendered(inside: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10" width="10" height="10">{inside}</svg>'
    made = GrayImages().of(Picture(svg.encode(), "x.svg"), Path("x.svg"))
    assert made.name == "x-svg.png"
    assert made.data.startswith(b"\x89PNG")


def test_an_image_is_turned_into_grays_once_for_all_editions(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(gray_images, "in_gray", lambda picture: asked.append(picture.name) or picture)
    grays = GrayImages()
    for _edition in range(3):
        grays.of(Picture(b"a", "a.svg"), Path("a.svg"))
        grays.of(Picture(b"b", "a.svg"), Path("b.svg"))
    assert asked == ["a.svg", "a.svg"]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("cover.png", b"\x89PNG\r\n\x1a\n" + bytes(range(40)), "cannot be set: failed to decode image"),
        ("cover.svg", b"<svg", "cannot be set: it is not well-formed XML"),
        ("cover.bmp", b"BM", "cannot be set: the compiler reads no .bmp"),
    ],
)
def test_a_cover_that_cannot_be_set_is_the_authors_to_mend(
    project: Project, name: str, data: bytes, words: str
) -> None:
    project.conf += f'd2lbook_editions = {{"print": {{"front": {{"cover": "{name}"}}}}}}\n'
    project.write({"index.md": "# Tales\n\nText.\n"})
    (project.folder / name).write_bytes(data)
    done = project.run("pdf")
    assert done.returncode == 2
    assert f"conf.py: d2lbook_pdf_front: the cover {name!r} {words}" in done.stderr
    assert "beside conf.py that other programs open" in done.stderr


def test_a_single_sided_edition_has_no_blank_pages(book: Book) -> None:
    # The last page of two-sided titles, the backs of half-title, dedication and epigraph.
    assert sum(page == "" for page in book.texts[""]) >= 3
    assert all(book.texts["screen"])


def test_an_edition_without_codes_has_the_address_of_a_discussion(book: Book) -> None:
    assert "Scan the QR code" in book.text("")
    assert "Scan the QR code" not in book.text("screen")
    assert "Discuss this section: https://example.org/waves/" in book.text("screen")


def test_the_standards_are_stated_in_the_file(book: Book) -> None:
    data = book.pdf("screen").read_bytes()
    assert b"<pdfuaid:part>1</pdfuaid:part>" in data
    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"2026-11-28" in data
    assert b"pdfuaid" not in book.pdf("").read_bytes()


def test_front_matter_is_in_its_order(book: Book) -> None:
    pages = book.texts[""]
    assert pages[0] == "Tales of Waves"
    assert pages[2].startswith("Tales of Waves With #code & $s A. Author")
    assert pages[3] == (
        "First edition © 2026, A. Author CC BY 4.0 ISBN 978-0-00-000000-2 https://doi.org/10.1000/182 Made by a test."
    )
    assert pages[4] == "For the sea"
    assert pages[6] == "All is water. — Thales"
    assert pages[-1] == "Set with care."


def test_lists_have_first_sentences_and_pages(book: Book) -> None:
    text = book.text("")
    assert re.search(r"Figures Figure 1\.1 A wave of water \d", text)
    assert re.search(r"Tables Table 1\.1 Numbers of waves \d", text)
    assert re.search(r"Theorems Theorem 1\.1 Energy \d", text)
    assert re.search(r"Listings Listing 1\.1 A listing \d", text)


def test_a_chapter_by_itself_has_the_numbers_of_the_book_and_leads_to_the_rest(book: Book) -> None:
    text = book.text("chapter")
    assert "2 Second" in text
    assert "(2.1)" in text
    assert "See Figure 1.1, Waves." in text
    assert "Another paragraph" not in text
    assert b"https://example.org/waves/" in book.pdf("chapter").read_bytes()


def test_no_break_stands_where_the_footnotes_were(book: Book) -> None:
    assert "∗" not in book.text("")


def test_code_that_is_too_wide_goes_on_with_its_indentation(book: Book) -> None:
    with pypdfium2.PdfDocument(book.pdf("print")) as document:
        lines = "\n".join(page.get_textpage().get_text_range() for page in document).splitlines()
    wrapped = next(line for line in lines if "↪" in line)
    assert wrapped.startswith("    ↪ ") or wrapped.lstrip().startswith("↪ ")


def test_editions_that_are_gone_are_removed(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.conf = (
        'extensions = ["sphinxcontrib_d2lbook"]\nproject = "Tales"\nd2lbook_editions = {"small": {"paper": "a5"}}\n'
    )
    project.write({"index.md": "# Tales\n\nText.\n"})
    project.build("pdf")
    small = project.build_folder / "pdf" / "tales-small.pdf"
    assert small.is_file()
    other = small.with_name("tales-of-others.pdf")
    other.write_bytes(b"not ours")
    project.conf = project.conf.replace("small", "tiny")
    project.build("pdf")
    assert not small.exists()
    assert small.with_name("tales-tiny.pdf").is_file()
    assert other.read_bytes() == b"not ours"


def test_a_pdf_for_archives_asks_for_its_date(project: Project) -> None:
    project.conf += 'd2lbook_pdf_standards = ["a-2b"]\n'
    project.write({"index.md": "# Tales\n\nText.\n"})
    result = project.run("pdf")
    assert result.returncode == 2
    assert "a PDF/A states its date: set d2lbook_pdf_date" in result.stderr


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"print": {"papers": "a4"}}, "'print' has 'papers'"),
        ({"print": {"engine": "latex"}}, "'print' has 'engine'"),
        ({"print": {"paper": "a4x"}}, "'a4x' is no paper"),
        ({"print": {"sides": 3}}, "takes one of 1, 2"),
        ({"print": {"codes": "yes"}}, "'codes' = 'yes': takes a bool"),
        ({"a/b": {}}, "as they are part of file names"),
        ({"print": "a4"}, "takes a mapping for each edition"),
        ({"print": {"front": {"lists": ["pictures"]}}}, "'lists'"),
        ({"print": {"margins": {"left": "3mm"}}}, "not 'left'"),
        ({"print": {"margins": {"inner": "3"}}}, "is no length"),
    ],
)
def test_values_that_no_edition_takes_are_refused(value: dict[str, object], words: str) -> None:
    check = next(option for option in PDF_OPTIONS if option.name == "editions").check
    assert check is not None
    assert words in (check.fault(value) or "")


def test_lengths_and_papers() -> None:
    assert paper_size("17x24cm") == (170, 240)
    assert paper_size("6 x 9in") == pytest.approx((152.4, 228.6))
    assert millimetres("0.125in") == pytest.approx(3.175)
    for wrong in ("17x24", "x24cm", "1x1mm", "17x24km"):
        with pytest.raises(ValueError, match=re.escape(wrong)):
            paper_size(wrong)
