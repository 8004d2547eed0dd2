"""Numbers in the PDF: the text at each destination, and the bookmarks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from ...printed import Printed, Spot
from .compare import LETTER, NUMBER, Difference, difference, label_pattern, number_before
from .entries import EQUATION, SECTION, SUBFIGURE, Entry, Table


def check_pdf(table: Table, file: Path, keys: Mapping[str, Mapping[str, Any]]) -> Iterator[Difference]:
    """Compare a PDF with the table. ``keys``: "docname#id" -> {"page", "destination"}, as its builder noted.

    Raises OSError; ValueError for what is no PDF.
    """
    with Printed(file) as printed:
        spots = printed.destinations
        bookmarks: dict[int, list[tuple[str, Spot]]] = {}
        for text, mark in printed.bookmarks():
            bookmarks.setdefault(mark.page, []).append((text, mark))
        lines: Counter[Spot] = Counter()
        for entry in (
            entry for docname in table.pages if docname in table.in_toctree for entry in table.pages[docname]
        ):
            if entry.is_page and entry.docname == table.root:
                continue
            place = _spot(entry, keys, spots)
            if place is None:
                if entry.number and not entry.optional:
                    yield difference(entry, None, "", file)
                continue
            found = number_at(printed, place, entry, table, lines[place])
            if entry.kind == EQUATION:
                lines[place] += 1
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


def number_at(printed: Printed, spot: Spot, entry: Entry, table: Table, before: int = 0) -> str | None:
    """The number that is printed at a place; "" for none, None where none is called for.

    ``before``: how many lines of the same equation have numbers before this one; they have one place.
    """
    if entry.kind == SECTION:
        return _number_of_heading(printed.text_from(spot), entry)
    if not entry.number:
        return None
    if entry.kind == EQUATION:
        pattern = rf"\(({NUMBER})\)\s*$"
    else:
        label_there = LETTER if entry.kind == SUBFIGURE else label_pattern(entry.kind, table)
        pattern = rf"^\s*{label_there}"  # not in a line: a picture may have text as f(x)
    labels: Iterable[str] = (
        label[1] for text in printed.texts_from(spot) for label in re.finditer(pattern, text, re.MULTILINE)
    )
    if entry.kind == EQUATION:  # a line may end with an argument in parentheses, as in f(2)
        labels = (label for label in labels if _shape(label) == _shape(entry.number))
    if spot.somewhere:
        labels = sorted(labels, key=lambda label: label != entry.number)
    found = next(islice(labels, before, None), "")
    return entry.number if entry.letter and found == entry.letter else found


def _shape(number: str) -> str:
    """How the parts of a number are put together."""
    return re.sub(r"\w+", "0", number)


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
