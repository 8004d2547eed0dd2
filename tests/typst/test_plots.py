"""Letters of plots in the fonts of the book."""

from __future__ import annotations

import pytest

from sphinxcontrib_d2lbook.outputs.paper.images import Picture
from sphinxcontrib_d2lbook.outputs.paper.plots import with_fonts_of_book

FAMILY = "font-family: 'DejaVu Sans', 'Verdana', sans-serif"
LETTER = """<tspan x="{}" y="1" style="font-size: 10px; font-family: 'DejaVu Sans'">{}</tspan>"""


def drawing(text: str, made_by: str = "Matplotlib v3.10") -> Picture:
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg"><metadata>{made_by}</metadata>{text}</svg>'.encode(), "plot.svg"
    )


def shown(picture: Picture, family: str = "Alegreya") -> str:
    return with_fonts_of_book(picture, family).data.decode()


def test_text_has_the_font_of_the_book_and_its_size() -> None:
    found = shown(drawing(f'<text style="font-size: 10px; {FAMILY}">time</text>'))
    assert "font-size: 11px; font-family: 'Alegreya', 'Verdana', sans-serif" in found
    assert ">time</text>" in found


def test_a_family_with_a_quote_is_no_markup() -> None:
    found = shown(drawing(f'<text style="font-size: 10px; {FAMILY}">a</text>'), "O'Ne<il")
    assert "'O\\'Ne&lt;il', 'Verdana'" in found


def test_letters_that_follow_one_another_are_one_piece() -> None:
    letters = [(0, "t"), (3.92, "i"), (6.70, "m"), (16.44, "e"), (22.6, " "), (40, "s")]
    found = shown(drawing(f"<text>{''.join(LETTER.format(x, letter) for x, letter in letters)}</text>"))
    assert found.count("<tspan") == 2
    assert ">time </tspan>" in found
    assert 'x="40"' in found, "what stands apart keeps its place"


@pytest.mark.parametrize(
    "other",
    [
        LETTER.format(3.92, "i").replace('y="1"', 'y="9"'),
        LETTER.format(3.92, "i").replace("10px", "7px"),
        LETTER.format(3.92, "ii"),
        LETTER.format(3.92, "é"),
        LETTER.format("3 9", "i"),
        '<tspan y="1">i</tspan>',
        "<a><tspan>i</tspan></a>",
    ],
)
def test_what_looks_otherwise_is_left_alone(other: str) -> None:
    found = shown(drawing(f"<text>{LETTER.format(0, 't')}{other}</text>"))
    assert found.count("<tspan") == 2


def test_other_pictures_are_left_as_they_are() -> None:
    text = f'<text style="{FAMILY}">a</text>'
    for picture in (
        drawing(text, made_by="Inkscape"),
        drawing('<path d="M0 0"/>'),
        Picture(b"Matplotlib v</text>", "a.png"),
    ):
        assert with_fonts_of_book(picture, "Alegreya") is picture
