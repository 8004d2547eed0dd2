"""Numbers in the PDF: the text at each destination, and the bookmarks."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
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

    def meets(self, other: Spot) -> bool:
        return self.page == other.page and abs(self.top - other.top) < 1


class Printed:
    """An open PDF. Raises pypdfium2.PdfiumError for a file that is none."""

    def __init__(self, file: Path) -> None:
        self.document = pypdfium2.PdfDocument(file)
        self._texts: dict[int, Any] = {}

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
                found[name.raw[: size.value].decode("utf-16-le").rstrip("\0")] = Spot(page, y.value)
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
        """What stands below a place, to the foot of its page."""
        return self._text(spot.page, top=spot.top + 2)

    def texts_from(self, spot: Spot) -> Iterator[str]:
        """The same, and then the page that follows: what does not fit goes there."""
        yield self.text_from(spot)
        if spot.page + 1 < len(self.document):
            yield self._text(spot.page + 1)

    def _text(self, page: int, top: float | None = None) -> str:
        if page not in self._texts:
            self._texts[page] = self.document[page].get_textpage()
        text: str = self._texts[page].get_text_bounded(top=top)
        return text.replace("\r\n", "\n")


def check_pdf(table: Table, file: Path, keys: Mapping[str, Mapping[str, Any]]) -> Iterator[Difference]:
    """Compare a PDF with the table. ``keys``: "docname#id" -> {"page", "destination"}, as its builder noted."""
    printed = Printed(file)
    spots = printed.destinations()
    bookmarks: dict[int, list[tuple[str, Spot]]] = {}
    for text, place in printed.bookmarks():
        bookmarks.setdefault(place.page, []).append((text, place))
    for docname, entries in table.pages.items():
        if docname not in table.in_toctree:
            continue
        for entry in entries:
            spot = _spot(entry, keys, spots)
            if spot is None:
                if entry.number and not entry.optional:
                    yield difference(entry, None, "", file)
                continue
            found = number_at(printed, spot, entry, table)
            if found is not None and found != entry.number:
                yield difference(entry, found, f"page {spot.page + 1}", file)
            if entry.kind == SECTION:
                yield from _bookmark(entry, spot, bookmarks.get(spot.page, []), file)


def _spot(entry: Entry, keys: Mapping[str, Mapping[str, Any]], spots: Mapping[str, Spot]) -> Spot | None:
    noted = [keys[name] for item in entry.ids if (name := f"{entry.docname}#{item}") in keys]
    for place in noted:
        if place["destination"]:
            if place["destination"] in spots:
                return spots[place["destination"]]
        else:  # text cannot have a destination of its own, but it is on that page
            return Spot(place["page"] - 1, 100000.0)
    return None


def number_at(printed: Printed, spot: Spot, entry: Entry, table: Table) -> str | None:
    """The number that is printed at a place; "" for none, None where none is called for."""
    if entry.kind == SECTION:
        return _number_of_heading(printed.text_from(spot), entry)
    if not entry.number:
        return None
    pattern = rf"\(({NUMBER})\)\s*$" if entry.kind == EQUATION else rf"^\s*{label_pattern(entry.kind, table)}"
    labels = (re.search(pattern, text, re.MULTILINE) for text in printed.texts_from(spot))
    return next((label[1] for label in labels if label), "")


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
