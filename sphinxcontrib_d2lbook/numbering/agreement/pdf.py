"""Numbers in the PDF: the text at each destination, and the bookmarks."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from .compare import NUMBER, Difference, difference, label_pattern, number_before
from .entries import EQUATION, SECTION, Entry, Table


@dataclass(frozen=True)
class Spot:
    """A place in a PDF."""

    page: int
    """From 0."""
    top: float
    """Height above the foot of the page, in points."""
    left: float = 0.0
    somewhere: bool = False
    """Whether only the page is known."""

    def meets(self, other: Spot) -> bool:
        return self.page == other.page and abs(self.top - other.top) < 1


class Printed:
    """An open PDF. Raises pypdfium2.PdfiumError for a file that is none."""

    def __init__(self, file: Path) -> None:
        self.document = pypdfium2.PdfDocument(file)
        self._texts: dict[int, Any] = {}

    @cached_property
    def destinations(self) -> dict[str, Spot]:
        """All named destinations."""
        found: dict[str, Spot] = {}
        raw = self.document.raw
        for index in range(pdfium.FPDF_CountNamedDests(raw)):
            size = ctypes.c_long(0)
            pdfium.FPDF_GetNamedDest(raw, index, None, size)
            name = ctypes.create_string_buffer(size.value)
            place = pdfium.FPDF_GetNamedDest(raw, index, name, size)
            has_x, has_y, has_zoom = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
            x, y, zoom = ctypes.c_float(), ctypes.c_float(), ctypes.c_float()
            pdfium.FPDFDest_GetLocationInPage(place, has_x, has_y, has_zoom, x, y, zoom)
            page = pdfium.FPDFDest_GetDestPageIndex(raw, place)
            if place and page >= 0:
                found[name.raw[: size.value].decode("utf-16-le").rstrip("\0")] = Spot(page, y.value, x.value)
        return found

    def bookmarks(self) -> Iterator[tuple[str, Spot]]:
        """Text and place of each entry of the outline, in order."""
        for bookmark in self.document.get_toc():
            place = bookmark.get_dest()
            if place is not None:
                _mode, numbers = place.get_view()
                top = numbers[1] if len(numbers) > 1 else 0.0
                yield bookmark.get_title(), Spot(place.get_index(), top)

    def text_from(self, spot: Spot) -> str:
        """What stands below a place, to the foot of its page; without the margins beside it, if they are used."""
        if spot.somewhere:
            return self._text(spot.page)
        right = min((left for left in self._asides.get(spot.page, ()) if left > spot.left), default=None)
        return self._text(spot.page, top=spot.top + 2, left=spot.left - 2, right=None if right is None else right - 2)

    def texts_from(self, spot: Spot) -> Iterator[str]:
        """The same, and then the page that follows: what does not fit goes there."""
        yield self.text_from(spot)
        if spot.page + 1 < len(self.document):
            yield self._text(spot.page + 1)

    @cached_property
    def _asides(self) -> dict[int, list[float]]:
        """Page -> where things in its right margin begin."""
        found: dict[int, list[float]] = {}
        widths: dict[int, float] = {}
        for spot in self.destinations.values():
            if spot.page not in widths:
                widths[spot.page] = self.document.get_page_size(spot.page)[0]
            if spot.left > MARGIN * widths[spot.page]:
                found.setdefault(spot.page, []).append(spot.left)
        return found

    def _text(self, page: int, **bounds: float | None) -> str:
        if page not in self._texts:
            self._texts[page] = self.document[page].get_textpage()
        text: str = self._texts[page].get_text_bounded(**bounds)
        return text.replace("\r\n", "\n")


MARGIN = 0.75
"""What begins further to the right than this part of a page stands in the margin."""


def check_pdf(table: Table, file: Path, keys: Mapping[str, Mapping[str, Any]]) -> Iterator[Difference]:
    """Compare a PDF with the table. ``keys``: "docname#id" -> {"page", "destination"}, as its builder noted.

    Raises OSError; ValueError for what is no PDF.
    """
    try:
        printed = Printed(file)
    except pypdfium2.PdfiumError as err:
        raise ValueError(f"{file}: {err}") from err
    spots = printed.destinations
    bookmarks: dict[int, list[tuple[str, Spot]]] = {}
    for text, mark in printed.bookmarks():
        bookmarks.setdefault(mark.page, []).append((text, mark))
    wanted = [entry for docname in table.pages if docname in table.in_toctree for entry in table.pages[docname]]
    placed = {entry: spot for entry in wanted if (spot := _spot(entry, keys, spots)) is not None}
    for entry in wanted:
        place = placed.get(entry)
        if place is None:
            if entry.number and not entry.optional:
                yield difference(entry, None, "", file)
            continue
        found = number_at(printed, place, entry, table)
        if found is not None and found != entry.number:
            yield difference(entry, found, f"page {place.page + 1}", file)
        if entry.kind == SECTION:
            yield from _bookmark(entry, place, bookmarks.get(place.page, []), file)


def _spot(entry: Entry, keys: Mapping[str, Mapping[str, Any]], spots: Mapping[str, Spot]) -> Spot | None:
    noted = [keys[name] for item in entry.ids if (name := f"{entry.docname}#{item}") in keys]
    for place in noted:
        if place["destination"]:
            if place["destination"] in spots:
                return spots[place["destination"]]
        else:  # text cannot have a destination of its own, but it is on that page
            return Spot(place["page"] - 1, 100000.0, somewhere=True)
    return None


def number_at(printed: Printed, spot: Spot, entry: Entry, table: Table) -> str | None:
    """The number that is printed at a place; "" for none, None where none is called for."""
    if entry.kind == SECTION:
        return _number_of_heading(printed.text_from(spot), entry)
    if not entry.number:
        return None
    pattern = rf"\(({NUMBER})\)\s*$" if entry.kind == EQUATION else rf"^\s*{label_pattern(entry.kind, table)}"
    labels: Iterable[str] = (
        label[1] for text in printed.texts_from(spot) for label in re.finditer(pattern, text, re.MULTILINE)
    )
    if entry.kind == EQUATION:  # a line may end with an argument in parentheses, as in f(2)
        labels = (label for label in labels if label.count(".") == entry.number.count("."))
    if spot.somewhere:
        labels = sorted(labels, key=lambda label: label != entry.number)
    return next(iter(labels), "")


def _number_of_heading(text: str, entry: Entry) -> str | None:
    """What stands before a title. The heading need not be the first line: notes in the margin may come before it."""
    lines = text.split("\n")[:FIRST]
    for index in range(len(lines)):
        number = number_before(" ".join(lines[index : index + LONGEST]), entry.title)
        if number is not None:
            return number
    # A title with formulas in it reads otherwise in a PDF.
    first = [match[0] for line in lines if (match := re.match(rf"{NUMBER}(?=\s|$)", line.strip()))]
    return entry.number if not entry.number or entry.number in first else next(iter(first), "")


FIRST = 60
"""So many lines below its destination a heading begins at the latest."""
LONGEST = 4
"""So many lines may a title have."""


def _bookmark(entry: Entry, spot: Spot, bookmarks: list[tuple[str, Spot]], file: Path) -> Iterator[Difference]:
    text = next((text for text, place in bookmarks if place.meets(spot)), None)
    if text is None:
        if entry.number and not entry.optional:
            yield difference(entry, "", "the outline", file)
        return
    found = number_before(text, entry.title)
    if found is None:  # formulas in the title
        first = re.match(rf"{NUMBER}(?=\s)", text)
        found = first[0] if first and entry.number else ""
    if found != entry.number:
        yield difference(entry, found, f"the outline ({text!r})", file)
