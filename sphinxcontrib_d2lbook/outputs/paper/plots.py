"""Set the letters of plots in the fonts of the book.

With `d2lbook_plot_style`, or `svg.fonttype: none` of an author's own, Matplotlib writes letters into a drawing as text.
Where a label has a formula, each of its letters has a place of its own, which is right for Matplotlib's font alone:
letters of another font would stand apart. So letters that follow one another in one font become one piece.
"""

from __future__ import annotations

import re
from dataclasses import replace

from lxml import etree

from ...upstream.lxml import Element
from .images import Picture

SVG = "{http://www.w3.org/2000/svg}"
MADE_BY = b"Matplotlib v"
"""Mark of a drawing by Matplotlib, in its metadata."""
OWN_FONT = "'DejaVu Sans'"
"""Matplotlib's default font, as a drawing names it."""
FIRST_ADVANCE = 32
_WIDTHS = """
318 401 460 838 636 950 780 275 390 390 500 838 318 361 318 337 636 636 636 636 636 636 636 636
636 636 337 337 838 838 838 531 1000 684 686 698 770 632 575 775 752 295 295 656 557 863 748 787
603 787 695 635 611 732 684 989 685 611 685 390 337 390 838 500 500 613 635 550 635 615 352 635
634 278 278 579 278 974 634 612 635 635 411 521 392 634 592 818 592 592 525 636 337 636 838
"""
ADVANCES = tuple(map(int, _WIDTHS.split()))
"""Widths of that font's characters from U+0020 to U+007E, in thousandths of its size: letters are placed by them."""
LOOSE = 0.12
"""Part of the size by which letters that follow one another may be nearer or farther: kerning."""
ENLARGED = 1.1
"""Factor by which text is enlarged, since letters of fonts for books are smaller than those of that font."""
_SIZE = re.compile(r"(font(?:-size)?:[^;]*?)([0-9.]+)px")


def with_fonts_of_book(picture: Picture, family: str) -> Picture:
    """Return a picture whose text is set in ``family``, if it is a plot with text; other pictures as they are."""
    if not picture.name.lower().endswith(".svg") or MADE_BY not in picture.data or b"</text>" not in picture.data:
        return picture
    root = etree.fromstring(picture.data, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))
    for text in root.iter(f"{SVG}text"):
        _join_letters(text)
        for element in text.iter():
            style = element.get("style", "")
            if OWN_FONT in style:
                larger = _SIZE.sub(lambda found: f"{found[1]}{float(found[2]) * ENLARGED:.4g}px", style)
                element.set("style", larger.replace(OWN_FONT, _quoted(family), 1))
    return replace(picture, data=etree.tostring(root, xml_declaration=True, encoding="utf-8"))


def _join_letters(text: Element) -> None:
    """Make one element of those letters of a text that follow one another with the same look on the same line."""
    for parent in [text, *text.iter(f"{SVG}tspan")]:
        run: Element | None = None
        end = 0.0
        for letter in list(parent):
            place = _place(letter)
            if place is None:
                run = None
                continue
            x, advance, loose = place
            if run is not None and _look(run) == _look(letter) and abs(x - end) <= loose:
                run.text = (run.text or "") + (letter.text or "")
                run.tail = letter.tail
                parent.remove(letter)
            else:
                run = letter
            end = x + advance


def _place(letter: Element) -> tuple[float, float, float] | None:
    """Return the place of one letter in its line, its width, and the tolerance of both; None for what is no letter."""
    size = _SIZE.search(letter.get("style", ""))
    shown = letter.text or ""
    known = len(shown) == 1 and 0 <= ord(shown) - FIRST_ADVANCE < len(ADVANCES)
    if letter.tag != f"{SVG}tspan" or len(letter) or not size or not known:
        return None
    try:
        x = float(letter.get("x", ""))
    except ValueError:
        return None
    em = float(size[2])
    return x, em * ADVANCES[ord(shown) - FIRST_ADVANCE] / 1000, em * LOOSE


def _look(element: Element) -> tuple[str, ...]:
    """Return what two letters have in common that can be one piece."""
    return (element.get("style", ""), element.get("y", ""))


def _quoted(family: str) -> str:
    """Return the name of a family as a string of CSS."""
    return "'" + family.replace("\\", "\\\\").replace("'", "\\'") + "'"
