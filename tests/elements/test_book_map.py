"""The map of the book: what it shows, where it leads, in which colours."""

from __future__ import annotations

import re
from itertools import islice, pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from docutils import nodes
from hypothesis import given
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.common.part_colours import (
    PART_TONES,
    PLAIN_TONE,
    Tone,
    part_class,
    style_sheet,
    typst_colours,
)
from sphinxcontrib_d2lbook.elements.book_map import described, redraw
from sphinxcontrib_d2lbook.elements.map_layout import (
    HIGHEST,
    TEXT_SIZE,
    Chapter,
    ChapterGroup,
    Structure,
    lay_out,
    lay_out_for_paper,
    text_width,
    wrapped,
)
from sphinxcontrib_d2lbook.elements.map_svg import map_svg

SVG = "{http://www.w3.org/2000/svg}"


def groups(*counts: int, title: str = "Of some length") -> tuple[ChapterGroup, ...]:
    chapters = iter([Chapter(f"c{n}", str(n), f"{title} {n}") for n in range(1, sum(counts) + 1)])
    return tuple(
        ChapterGroup(f"Part {part}", part, tuple(islice(chapters, count))) for part, count in enumerate(counts)
    )


# Colours -------------------------------------------------------------------------------------------------------------


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tone", [*PART_TONES, PLAIN_TONE])
def test_colours_can_be_read_on_the_grounds_of_pages(tone: Tone) -> None:
    # The theme's grounds of text, bars and boxes; WCAG AA asks for 4.5.
    assert min(contrast(tone.light, ground) for ground in ("#ffffff", "#f3f4f5")) >= 4.5
    assert min(contrast(tone.dark, ground) for ground in ("#121212", "#14181e", "#222832", "#29313d")) >= 4.5


def test_page_and_paper_have_the_same_colours() -> None:
    assert re.findall(r"--d2lbook-part-\d: (#\w+)", style_sheet()) == [
        *(tone.light for tone in PART_TONES),
        *(tone.dark for tone in PART_TONES),
    ]
    assert re.findall(r'rgb\("(#\w+)"\)', typst_colours()) == [*(t.light for t in PART_TONES), PLAIN_TONE.light]
    assert part_class(len(PART_TONES)) == part_class(0)


# Layout --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("counts", [(3, 3, 3), (5, 6, 3), (15, 15, 15)])
def test_rows_follow_each_other_and_overlap_nowhere(counts: tuple[int, ...]) -> None:
    structure = Structure(groups(*counts, title="A rather long title that does not fit on one line"), (("c1", "c9"),))
    for layout in (lay_out(structure), lay_out_for_paper(structure)):
        assert [row.chapter.docname for row in layout.rows] == [f"c{n}" for n in range(1, sum(counts) + 1)]
        fields = [(row.top, row.top + row.height) for row in layout.rows]
        assert all(end <= start for (_, end), (start, _) in pairwise(fields))
        assert fields[-1][1] <= layout.height
        (arc,) = layout.arcs
        assert (arc.start, arc.end) == (layout.rows[0].y, layout.rows[8].y)


def test_a_map_of_many_chapters_is_closer_on_paper() -> None:
    many = Structure(groups(15, 15, 15, title="A rather long title that does not fit on one line"), ())
    assert lay_out(many).height > HIGHEST
    assert lay_out_for_paper(many).height < lay_out(many).height * 0.7
    few = Structure(groups(3, 3), ())
    assert lay_out_for_paper(few) == lay_out(few)


@given(st.text(max_size=60), st.floats(40, 300))
def test_no_line_is_wider_than_its_place_and_no_letter_is_lost(text: str, width: float) -> None:
    lines = wrapped(text, width)
    assert all(text_width(line) <= width or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert TEXT_SIZE > 0


def test_the_map_in_words() -> None:
    assert described(Structure(groups(2, 1), (("c1", "c2"), ("c1", "c3"), ("c2", "c3"), ("c1", "gone")))) == (
        "Part 0: 1 Of some length 1; 2 Of some length 2. Part 1: 3 Of some length 3. 2 builds on 1. 3 builds on 1, 2."
    )


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"), min_size=1))
def test_hostile_titles_stay_text(title: str) -> None:
    chapter = Chapter("page", title, title)
    layout = lay_out(Structure((ChapterGroup(title, 0, (chapter,)),), ()))
    root = ET.fromstring(map_svg(layout, title, title, title, {"page": f"x.html?{title}"}))
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        *("svg", "title", "desc", "g", "text", "tspan", "a", "rect", "circle")
    }
    assert root.findtext(f"{SVG}desc") == title
    assert [link.get("href") for link in root.iter(f"{SVG}a")] == [f"x.html?{title}"]


# In books ------------------------------------------------------------------------------------------------------------

INDEX = (
    "# Root\n\n```{toctree}\n:matter: front\n\npreface\n```\n\n"
    "```{toctree}\n:caption: First & foremost\n:numbered:\n\none\nfolder/index\n```\n\n"
    "```{toctree}\n:caption: Second\n:numbered:\n\nthree\n```\n\n```{toctree}\n:matter: appendix\n\nmore\n```\n"
)
MAP = "# Preface\n\nSee {numref}`fig_map`.\n\n```{book-map} What *builds* on what.\n:name: fig_map\n\n%s\n```\n"


@pytest.fixture
def book(project: Any) -> Any:
    project.write(
        {
            "index.md": INDEX,
            "preface.md": MAP % "one -> folder -> sec_three  # through all\nmore, one -> three",
            "one.md": '# One <b>bold</b> & "more"\n',
            "folder/index.md": "# Two\n",
            "three.md": "(sec_three)=\n# Three\n",
            "more.md": "# More\n",
        }
    )
    return project


def drawing(book: Any) -> ET.Element:
    page = (book.build_folder / "html" / "preface.html").read_text("utf-8")
    found = re.search(r'<svg xmlns="http://www.w3.org/2000/svg" class="d2lbook-map".*?</svg>', page)
    assert found
    return ET.fromstring(found[0])


def test_the_figure_is_numbered_and_leads_to_the_chapters(book: Any) -> None:
    book.build()
    assert book.warnings == ""
    page = (book.build_folder / "html" / "preface.html").read_text("utf-8")
    assert '<span class="caption-number">Figure 1 </span>' in page
    assert 'href="#fig-map"><span class="std std-numref">Figure 1</span>' in page
    root = drawing(book)
    links = {link.get("href"): " ".join(link.itertext()) for link in root.iter(f"{SVG}a")}
    assert links == {
        "one.html": "1 One bold & “more”",
        "folder/index.html": "2 Two",
        "three.html": "3 Three",
        "more.html": "A More",
    }
    assert [" ".join(text.itertext()) for text in root.iter(f"{SVG}text") if text.get("class") == "head"] == [
        "First & foremost",
        "Second",
        "Appendices",
    ]
    said = {title.text for group in root.iter(f"{SVG}g") for title in group.findall(f"{SVG}title")}
    assert said == {
        *("2 Two builds on 1 One bold & “more”", "3 Three builds on 2 Two"),
        *("3 Three builds on A More", "3 Three builds on 1 One bold & “more”"),
    }
    assert root.find(f"{SVG}title").text == "Map of the book"  # type: ignore[union-attr]
    assert "3 builds on 2, A, 1." in str(root.findtext(f"{SVG}desc"))
    css = (book.build_folder / "html" / "_static" / "d2lbook-parts.css").read_text("utf-8")
    assert css == style_sheet()


def test_a_change_of_the_book_reaches_the_map(book: Any) -> None:
    book.build()
    book.write({"three.md": "(sec_three)=\n# Renamed\n"})
    book.build()
    assert "3 Renamed" in {" ".join(link.itertext()) for link in drawing(book).iter(f"{SVG}a")}
    with book.app() as app:
        assert redraw(app, app.env) == [], "the same book once more"
        app.env.titles["three"] = nodes.title("", "Again")
        assert redraw(app, app.env) == ["preface"]


def test_the_pdf_draws_it_with_links_and_notebooks_show_it(book: Any) -> None:
    book.build("pdf")
    source = (book.build_folder / "doctrees" / "typst" / "book.typ").read_text("utf-8")
    assert '"target": label("folder/index")' in source
    assert 'alt: "First & foremost: 1 One bold' in source
    assert (book.build_folder / "pdf" / "a-book.pdf").read_bytes().startswith(b"%PDF-")
    book.build("notebooks")
    assert book.warnings == ""
    assert "data:image/svg+xml;base64," in (book.build_folder / "notebooks" / "preface.ipynb").read_text("utf-8")


@pytest.mark.parametrize(
    ("lines", "warning"),
    [
        ("one, two", "preface.md:8: WARNING: 'one, two' does not name chapters"),
        ("one -> \n", "preface.md:8: WARNING: 'one ->' does not name chapters"),
        ("one -> three\nnowhere -> one", "preface.md:9: WARNING: the map of the book has no chapter 'nowhere'"),
        ("preface -> one", "the map of the book has no chapter 'preface'; name one by its page or label, as one"),
        ("one -> three -> one", "WARNING: chapters build on each other in a circle: "),
    ],
)
def test_what_cannot_be_drawn_is_named_at_its_line(book: Any, lines: str, warning: str) -> None:
    book.write({"preface.md": MAP % lines})
    book.build()
    assert warning in book.warnings


def test_parallel_reading_gives_the_same_map(book: Any) -> None:
    book.build(freshenv=True)
    before = ET.tostring(drawing(book))
    book.build(freshenv=True, parallel=2)
    assert ET.tostring(drawing(book)) == before


def test_a_book_without_parts_has_a_map_too(book: Any) -> None:
    book.write({"index.md": "# Root\n\n```{toctree}\n\npreface\none\nfolder/index\nthree\nmore\n```\n"})
    book.build()
    assert book.warnings == ""
    assert [link.get("href") for link in drawing(book).iter(f"{SVG}a")][-1] == "more.html"
