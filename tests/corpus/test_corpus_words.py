"""What the corpus compares is what a reader reads: nothing that is lost passes, and nothing that is only set otherwise
is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typst
from docutils import nodes
from docutils.core import publish_doctree
from hypothesis import given
from hypothesis import strategies as st
from sphinx import addnodes

from . import words


def read(rst: str) -> nodes.document:
    return publish_doctree(rst, settings_overrides={"report_level": 5})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("well-known", "well\x02known"),
        ("soft\u00adhyphen", "softhyphen"),
        ("“quoted”", '"quoted"'),
        ("it’s", "it's"),
        ("a\n  b", "ab"),
        ("code that goes\n↪ on", "code that goes on"),
        ("\x1b[1;32mgreen\x1b[0m", "green"),
        ("ﬁnal ﬂoat", "finalfloat"),
        ("שׁ", "ש\u05c1"),
    ],
)
def test_how_text_is_set_does_not_count(one: str, other: str) -> None:
    assert words.squeezed(one) == words.squeezed(other)


@pytest.mark.parametrize(("one", "other"), [("a b", "a"), ("x = 1", "x = 2"), ("Ab", "ab"), ("a.", "a"), ("(1)", "1")])
def test_every_sign_of_it_does(one: str, other: str) -> None:
    assert words.squeezed(one) != words.squeezed(other)


@pytest.mark.parametrize(
    ("rst", "expected"),
    [
        ("Some *words* and ``code``.", ["Some words and code."]),
        ("Before :math:`x` and after.", ["Before ", " and after."]),
        ("A note [#a]_ here.\n\n.. [#a] The note.", ["A note ", " here.", "The note."]),
        ("::\n\n  one line\n\n   another", ["one line", " another"]),
        (".. math:: x^2", []),
        (".. a comment", []),
        ("term : kind\n  Its text.", ["term", "kind", "Its text."]),
        ("- a\n- b\n\n  c", ["a", "b", "c"]),
        (".. raw:: html\n\n   <p>seen <b>too</b><style>not</style> end</p>", ["seen ", "too", " end"]),
        (".. raw:: latex\n\n   not", []),
        (".. image:: a.png\n   :alt: unread", []),
        ("==  ==\na   b\n==  ==", ["a", "b"]),
    ],
)
def test_a_piece_is_what_nothing_interrupts(rst: str, expected: list[str]) -> None:
    assert list(words.pieces(read(rst))) == expected


def test_of_toctrees_the_captions_are_taken_and_of_lists_of_contents_nothing() -> None:
    toctree = addnodes.toctree(caption="Part")
    document = read("Text.")
    document += nodes.compound("", toctree, addnodes.toctree(), classes=["toctree-wrapper"])
    document += nodes.topic("", nodes.title("", "Contents"), nodes.paragraph("", "A section"), classes=["contents"])
    assert list(words.pieces(document)) == ["Text."]
    assert list(words.captions(document)) == ["Part"]


def test_signatures_are_read_in_parts_and_without_the_link_to_their_source() -> None:
    link = nodes.reference("", "", nodes.inline("", "[source]", classes=["viewcode-link"]), refuri="x")
    parameters = addnodes.desc_parameterlist("", "", addnodes.desc_parameter("", "cups: int"))
    signature = addnodes.desc_signature(
        "", "", addnodes.desc_name("", "pour"), parameters, addnodes.desc_returns("", "Water"), link
    )
    document = read("Text.")
    document += addnodes.desc("", signature, addnodes.desc_content("", nodes.paragraph("", "From a kettle.")))
    assert list(words.pieces(document)) == ["Text.", "pour", "cups:", "int", "Water", "From a kettle."]


@pytest.mark.parametrize(
    ("wanted", "pages", "expected"),
    [
        (["a word"], ["some a word here"], []),
        (["a word"], ["some word here"], ["aword"]),
        (["twice", "twice"], ["twice"], ["twice"]),
        (["twice", "twice"], ["twice and", "twice"], []),
        (["all over the end of a page"], ["text all over the", "7 head end of a page"], []),
        (["all over the end of a page"], ["text all over the", "7 head of a page"], ["allovertheendofapage"]),
        (["a loaf"], ["a lot", "of oaf"], ["aloaf"]),
        (["שלום עולם"], ["עולם שלום"], []),
        (["שלום עולם"], ["עולם"], ["שלום"]),
        ([" "], [], []),
        (["x"], [], ["x"]),
    ],
)
def test_a_piece_is_missing_where_it_is_not_there_as_often(
    wanted: list[str], pages: list[str], expected: list[str]
) -> None:
    assert words.missing(wanted, [words.squeezed(page) for page in pages]) == expected


TEXTS = st.lists(st.text("abc def", min_size=1), min_size=1)


@given(TEXTS, st.data())
def test_whatever_is_taken_out_is_missing(pieces: list[str], data: st.DataObject) -> None:
    """A letter that is nowhere else stands for what is lost."""
    position = data.draw(st.integers(0, len(pieces) - 1))
    marked = [*pieces[:position], pieces[position] + "z", *pieces[position + 1 :]]
    assert words.missing(marked, [words.squeezed("".join(marked))]) == []
    assert words.missing(marked, [words.squeezed("".join(pieces))])


def page(folder: Path, name: str, body: str) -> list[str]:
    file = folder / name
    file.write_text(f"<html><head><title>T</title><script>no</script></head><body>{body}</body></html>", "utf-8")
    return words.page_words(file, ["//*[@class='ours']"])


def test_formulas_are_alike_by_their_tex(tmp_path: Path) -> None:
    stock = page(tmp_path, "a.html", '<p>So <span class="math">\\(x^2\\)</span>.</p>')
    ours = page(
        tmp_path,
        "b.html",
        '<p>So <span class="math"><math><semantics><msup></msup><annotation>x^2</annotation></semantics></math>'
        '</span>.</p><p class="ours">PDF</p>',
    )
    assert stock == ours == ["T", "So", "$x^2$", "."]


def test_numbers_of_equations_and_images_are_read(tmp_path: Path) -> None:
    body = (
        '<div class="math"><span class="eqno">(1)<a class="headerlink">¶</a></span>\\[a = b\\]</div><img alt="A cat">'
    )
    assert page(tmp_path, "a.html", body) == ["T", "(1)", "$a=b$", "[image:", "A", "cat", "]"]


def test_an_image_without_a_text_has_its_address_for_one(tmp_path: Path) -> None:
    assert page(tmp_path, "a.html", '<img src="x/a.png" alt="a.png"><img src="b" alt="">') == [
        "T",
        *["[image:", "]"] * 2,
    ]


def test_links_are_read_but_those_to_a_heading_itself(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    file.write_text(
        '<p><a href="b.html#c">b</a><a class="headerlink" href="#d">¶</a><a class="ours" href="e">e</a></p>'
    )
    assert words.page_links(file, ["//*[@class='ours']"]) == ["b.html#c"]


def test_differences_are_told_with_the_words_before() -> None:
    assert words.differences(["a", "b", "c", "d"], ["a", "b", "c", "d"]) == []
    assert words.differences(["a", "b", "x", "d"], ["a", "b", "c", "d"]) == ["…a b | 'c' became 'x'"]
    assert words.differences(["a", "b"], ["a", "b", "c"]) == ["…a b | 'c' became ''"]


def test_a_notebook_shows_markdown_code_and_outputs(tmp_path: Path) -> None:
    outputs = [
        {"output_type": "stream", "text": ["printed\n"]},
        {"output_type": "display_data", "data": {"text/html": "<td>cell</td>", "image/png": "abcd"}},
        {"output_type": "error", "traceback": ["Fault"]},
    ]
    cells = [
        {"cell_type": "markdown", "source": ["# A *head*\n", "\n", "| a | b |\n", "|---|---|\n", "| 1 | <i>2</i> |"]},
        {"cell_type": "code", "source": ["1 + 1"], "outputs": outputs},
    ]
    file = tmp_path / "a.ipynb"
    file.write_text(json.dumps({"cells": cells}), "utf-8")
    assert words.notebook_text(file) == "Aheadab121+1printedcellFault"


def test_a_pdf_is_read_over_lines_and_hyphens(tmp_path: Path) -> None:
    text = "An uncharacteristically long-winded sentence about ﬁnal waffles, “quoted”, with code() and λόγος."
    source = tmp_path / "a.typ"
    source.write_text(
        f"#set page(width: 120pt, height: auto)\n#set text(hyphenate: true)\n{text}\n#pagebreak()\nEnd", "utf-8"
    )
    (tmp_path / "a.pdf").write_bytes(typst.compile(str(source)))
    assert words.pdf_pages(tmp_path / "a.pdf") == [words.squeezed(text), "End"]
