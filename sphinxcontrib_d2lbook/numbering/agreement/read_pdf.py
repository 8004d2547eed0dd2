"""Read the numbers in a PDF: the text at each destination, and the bookmarks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from ...common.pdf_reading import OpenPdf, PdfPosition
from .compare import EQUATION_NUMBER, LETTER, NUMBER, PrintedNumber, in_order, label_pattern, number_before
from .expected_numbers import EQUATION, SECTION, SUBFIGURE, ExpectedEntry, ExpectedNumbers
from .readback import ReadableFile


def readable_pdf(
    table: ExpectedNumbers, file: Path, keys: Mapping[str, Mapping[str, Any]], *, whole: bool = True
) -> Iterator[ReadableFile]:
    """Yield a PDF, to be compared with the table. Reading it raises ValueError if it is not a PDF.

    ``keys``: "docname#id" -> {"page", "destination"}, as its builder noted, with "aside" for items in the margin.
    A PDF that is not the ``whole`` book is compared for the pages of which it has something.
    """
    depends = json.dumps(keys, sort_keys=True).encode("utf-8")
    docnames = tuple(name for name in table.pages if name in table.in_toctree)
    if not whole:
        printed = {name.partition("#")[0] for name in keys}
        docnames = tuple(name for name in docnames if name in printed and name != table.root)
    yield ReadableFile(
        file, lambda _content: _read(table, file, keys, docnames), docnames, depends=(depends,), table=table
    )


def _read(
    table: ExpectedNumbers, file: Path, keys: Mapping[str, Mapping[str, Any]], docnames: Iterable[str]
) -> Iterator[PrintedNumber]:
    with OpenPdf(file) as printed:
        places = PdfPlaces(printed, keys)
        bookmarks: dict[int, list[tuple[str, PdfPosition]]] = {}
        for text, mark in printed.bookmarks():
            bookmarks.setdefault(mark.page, []).append((text, mark))
        entries = [entry for name in docnames for entry in table.pages[name]]
        lines = _lines(entries)
        ends = places.ends(entries)
        for entry in entries:
            at = entry.docname, entry.ids[0]
            if entry.is_page and entry.docname == table.root:
                yield PrintedNumber("the title page", *at, "", "place")
                continue
            place = places.position_of(entry)
            if place is None:
                continue
            is_sure = True
            if entry.given:
                number: str | None = _tag_at(printed, place, entry)
            elif entry.of and entry.number:
                number = number_of_line(printed, place, entry, *lines[entry.docname, entry.of])
            elif entry.kind == SECTION:
                number, is_sure = _number_of_heading(printed.text_from(place), entry)
            else:
                number = number_at(printed, place, entry, table)
                if number and number != entry.number:
                    is_sure = not place.somewhere and number in printed.text_between(place, ends.get(entry))
            yield PrintedNumber(
                f"page {place.page + 1}", *at, number or "", "place" if number is None else "number", is_sure
            )
            if entry.kind == SECTION:
                yield from _bookmark(entry, place, bookmarks.get(place.page, []))


@dataclass(frozen=True)
class PdfPlaces:
    """Positions of items in a PDF. Its text and its margins are columns, which are read separately."""

    printed: OpenPdf
    keys: Mapping[str, Mapping[str, Any]]

    def position_of(self, entry: ExpectedEntry) -> PdfPosition | None:
        """Return the position of an item; None if the PDF has none."""
        noted = [self.keys[name] for item in entry.ids if (name := f"{entry.docname}#{item}") in self.keys]
        for place in noted:
            if not place["destination"]:  # text cannot have a destination of its own, but its page is known
                return PdfPosition(place["page"] - 1, 100000.0, somewhere=True)
            spot = self.printed.destination(place["destination"])
            if spot is not None:
                return replace(spot, right=self._right(spot, aside=bool(place.get("aside"))))
        return None

    def ends(self, entries: Iterable[ExpectedEntry]) -> dict[ExpectedEntry, PdfPosition]:
        """Return for each item the position of the next one of its kind; text from there on does not belong to it."""
        end_of: dict[ExpectedEntry, PdfPosition] = {}
        last: dict[tuple[str, bool], ExpectedEntry] = {}
        for entry in entries:
            place = self.position_of(entry) if entry.kind != SECTION else None
            if place is None:
                continue
            column = entry.kind, place.left > self.printed.size(place.page)[0] / 2
            if column in last:
                end_of[last[column]] = place
            last[column] = entry
        return end_of

    def _right(self, spot: PdfPosition, *, aside: bool) -> float | None:
        """Return the left edge of the column to the right of a position's own, if any item is in it."""
        middle = self.printed.size(spot.page)[0] / 2
        if aside and not 0 < spot.left < middle:
            return None
        beyond = spot.left if aside else max(spot.left, middle)
        return min((left for left in self._columns.get((spot.page, not aside), ()) if left > beyond), default=None)

    @cached_property
    def _columns(self) -> dict[tuple[int, bool], set[float]]:
        """(page, whether it is its margin) -> left edges of the items there, in points."""
        left_edges: dict[tuple[int, bool], set[float]] = {}
        for place in self.keys.values():
            spot = self.printed.destination(place["destination"])
            if spot is not None:
                left_edges.setdefault((spot.page, bool(place.get("aside"))), set()).add(spot.left)
        return left_edges


def _lines(entries: Iterable[ExpectedEntry]) -> dict[tuple[str, str], tuple[list[str], str]]:
    """Return (page, first anchor) of an equation -> the numbers of its lines, and that of the next equation."""
    lines_of: dict[tuple[str, str], tuple[list[str], str]] = {}
    last = None
    for entry in entries:
        if entry.kind != EQUATION or not entry.number or entry.given:
            continue
        key = (entry.docname, entry.of or entry.ids[0])
        if key == last:
            lines_of[key][0].append(entry.number)
            continue
        if last is not None:
            lines_of[last] = (lines_of[last][0], entry.number)
        lines_of[key] = ([entry.number], "")
        last = key
    return lines_of


def number_of_line(
    printed: OpenPdf, spot: PdfPosition, entry: ExpectedEntry, expected: list[str], following: str
) -> str:
    """Return the number of a line of an equation, whose lines share one position; "" for none.

    ``expected``: the numbers of all its lines. Lines without a label, between them, may end like those with a number.
    """
    labels: list[str] = []
    numbers: list[str | None] = []
    for text in printed.texts_from(spot):
        labels += _equation_numbers(text, entry)
        if following in labels:
            del labels[labels.index(following) :]
        numbers = list(in_order(expected, labels))
        if numbers == expected:
            break
    return (numbers[expected.index(entry.number)] if numbers else "") or ""


def _tag_at(printed: OpenPdf, spot: PdfPosition, entry: ExpectedEntry) -> str | None:
    """Return the tag of an equation if it is read below its position; None if not, since a tag may be any text."""
    wanted = "".join(entry.number.split())
    below = "".join("".join(text.split()) for text in printed.texts_from(spot))
    return entry.number if wanted in below else None


def _equation_numbers(text: str, entry: ExpectedEntry) -> Iterator[str]:
    """Yield what is in parentheses at the ends of lines; some lines may end with an argument, as in f(2)."""
    labels = (label[1] for label in _LAST.finditer(text))
    yield from (label for label in labels if _shape(label) == _shape(entry.number))


_LAST = re.compile(rf"\(({EQUATION_NUMBER})\)\s*$", re.MULTILINE)


def number_at(printed: OpenPdf, spot: PdfPosition, entry: ExpectedEntry, table: ExpectedNumbers) -> str | None:
    """Return the number that is printed at a position; "" for none, None if the item has no number."""
    if not entry.number:
        return None
    texts = list(printed.texts_from(spot))
    if entry.kind == EQUATION:
        labels: Iterable[str] = (label for text in texts for label in _equation_numbers(text, entry))
    elif entry.kind == SUBFIGURE:
        labels = (label for text in texts for label in _letters(text, entry, table))
    else:  # at the beginning of a line only, since a picture may contain text such as f(x)
        pattern = rf"(?m)^\s*{label_pattern(entry.kind, table)}"
        labels = (label[1] for text in texts for label in re.finditer(pattern, text))
    if spot.somewhere:
        labels = sorted(labels, key=lambda label: label != entry.number)
    number = next(iter(labels), "") or _run_together(texts, entry, table)
    return entry.number if entry.letter and number == entry.letter else number


def _run_together(texts: Iterable[str], entry: ExpectedEntry, table: ExpectedNumbers) -> str:
    """Return the expected number if the title follows it without a space, as PDFs are often read; else ""."""
    for word in table.words.get(entry.kind, ()):
        label = rf"(?m)^\s*(?i:{re.escape(word.partition('{number}')[0])})\s*{re.escape(entry.number)}(?![.-]?\d)"
        if any(re.search(label, text) for text in texts):
            return entry.number
    return ""


def _letters(text: str, entry: ExpectedEntry, table: ExpectedNumbers) -> list[str]:
    """Return the letters at the parts of a figure, down to its own label; the wanted one first, if it is there.

    Pictures may contain letters of panels too, and these are read before the letter below the picture.
    """
    figure = re.search(rf"(?m)^\s*{label_pattern(SUBFIGURE, table)}", text)
    parts = text[: figure.start()] if figure else text
    letters = re.findall(rf"(?m)^\s*{LETTER}", parts)
    return sorted(letters, key=lambda letter: letter != entry.letter)


def _shape(number: str) -> str:
    """Return how the parts of a number are put together."""
    return re.sub(r"\w+", "0", number)


def _number_of_heading(text: str, entry: ExpectedEntry) -> tuple[str, bool]:
    """Return the text before a title, and whether the title was found.

    The heading need not be the first line, since notes in the margin may come before it.
    """
    lines = text.split("\n")[:FIRST]
    for index in range(len(lines)):
        number = number_before(" ".join(lines[index : index + LONGEST]), entry.title, entry.number)
        if number is not None:
            return number, True
    # A title with formulas reads otherwise in a PDF, and so does one that runs from right to left.
    first = [match[0] for line in lines if (match := re.match(rf"{NUMBER}(?=\s|$)", line.strip()))]
    return entry.number if not entry.number or entry.number in first else next(iter(first), ""), False


FIRST = 60
"""Number of lines below its destination within which a heading must begin."""
LONGEST = 4
"""Number of lines that a title may have."""


def _bookmark(
    entry: ExpectedEntry, spot: PdfPosition, bookmarks: list[tuple[str, PdfPosition]]
) -> Iterator[PrintedNumber]:
    at = entry.docname, entry.ids[0]
    text = next((text for text, place in bookmarks if place.meets(spot)), None)
    if text is None:
        if entry.number and not entry.optional:
            yield PrintedNumber("the outline", *at, "", "number")
        return
    number = number_before(text, entry.title, entry.number)
    is_sure = number is not None
    if number is None:  # the title has formulas
        first = re.match(rf"{NUMBER}(?=\s)", text)
        number = first[0] if first and entry.number else ""
    yield PrintedNumber(f"the outline ({text!r})", *at, number, "number", is_sure)
