"""Find the faults of a printed page that a typesetter would mend, from its ink and from marks of the template.

The template records where paragraphs begin and end, where headings end, and where notes at the foot of a page begin.
The rest is read from the finished PDF, so that it does not depend on what the engine means to avoid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from sphinx.config import Config

from ...common.pdf_reading import Ink, OpenPdf
from ...common.warning_types import Warn, warn
from .editions import Edition
from .page_design import POINTS_PER_MM, PageDesign
from .source_marks import location

FAULTS = {
    "short": "%d %% of this page are filled; what comes next does not fit, such as a large figure: make that smaller, "
    "or move the text around it",
    "orphan": "the first line of a paragraph stands alone at the bottom of the page",
    "widow": "the last line of a paragraph stands alone at the top of the page",
    "heading": "a heading is the last on its page, apart from what it is above",
    "wide": "a line reaches %d mm beyond the text; shorten it, or let it break",
    "code": "lines of this code that have more than the %d characters that there is room for, and go on below: %d",
}
"""Kinds of faults, with what is said of each."""
SHORT = 0.2
"""Share of the height of the text; a page that is filled less is short, unless something ends there."""
TOLERANCE, OF_HEIGHT = 3.0, 0.2
"""Points by which ink may leave the text, as hyphens and full stops do that hang in the margin, and the part of their
height by which the letters of a large type may."""
ONE_LINE, FIRST_LINE = 1.7, 1.2
"""Heights, in sizes of the text: a paragraph that is lower has one line; a baseline that is nearer to the upper edge of
the text is that of the first line."""


@dataclass(frozen=True)
class PageMark:
    """Mark of the template."""

    kind: str
    """"text" where a paragraph begins and "end" where it ends, "head" below a heading, "foot" above notes at the foot,
    "opens" where a page begins something, such as a chapter, "code" above code that is too wide."""
    place: str
    """Place in the sources, "docname:line"; "" for marks other than "text" and "code"."""
    page: int
    """Page of the PDF, counted from 1."""
    y: float
    """Distance from the upper edge of the trimmed page, in points."""
    amounts: tuple[int, ...] = ()
    """Of "code", the number of characters that there is room for, and the number of lines that have more."""


@dataclass(frozen=True)
class PageFault:
    """Fault of a page."""

    kind: str
    page: int
    """Page of the PDF, counted from 1."""
    place: str
    """Nearest place in the sources, "docname:line"; "" if none is known."""
    amounts: tuple[int, ...] = ()
    """Numbers for its text in `FAULTS`."""

    @property
    def message(self) -> str:
        text = FAULTS[self.kind]
        return text % self.amounts if self.amounts else text


def read_marks(rows: Iterable[Sequence[Any]]) -> list[PageMark]:
    """Return the marks that the template recorded, in the order of the text."""
    return [PageMark(kind, place, page, y, (most, amount)) for kind, place, amount, most, page, y in rows]


def page_faults(
    pdf: bytes, marks: Sequence[PageMark], design: PageDesign, *, overhang: float = 0.0, from_right: bool = False
) -> list[PageFault]:
    """Return the faults of the pages of a PDF, in order. ``overhang``: millimetres outside the trimmed page."""
    moved = overhang * POINTS_PER_MM
    with OpenPdf(pdf) as document:
        pages = [
            _Page(number, document.ink(number - 1), design, moved, from_right)
            for number in range(1, document.pages + 1)
        ]
        by_page: defaultdict[int, list[PageMark]] = defaultdict(list)
        for mark in marks:
            by_page[mark.page].append(mark)
        for page in pages:
            page.goes_on = bool(page.ink) and not any(mark.kind == "opens" for mark in by_page[page.number])
            page.foot = min((mark.y for mark in by_page[page.number] if mark.kind == "foot"), default=page.lower)
        found = [
            *_short_pages(pages, by_page),
            *_parted_paragraphs(pages, marks),
            *_stranded_headings(pages, marks),
            *_wide_lines(pages, marks, document, moved),
            *(PageFault("code", mark.page, mark.place, mark.amounts) for mark in marks if mark.kind == "code"),
        ]
    return sorted(found, key=lambda fault: (fault.page, list(FAULTS).index(fault.kind)))


def warn_of_faults(faults: Iterable[PageFault], edition: Edition, config: Config) -> None:
    """Warn of those faults of the pages of an edition that `d2lbook_pdf_page_faults` names."""
    for fault in faults:
        if fault.kind in config.d2lbook_pdf_page_faults:
            warn(
                Warn.PAGE,
                "%s, page %d: %s",
                edition.file_name(config),
                fault.page,
                fault.message,
                location=location(fault.place or None) or config.root_doc,
            )


class _Page:
    """Page with the ink in the column of its text; lengths are points from the upper left of the trimmed page."""

    def __init__(self, number: int, ink: list[Ink], design: PageDesign, overhang: float, from_right: bool) -> None:
        self.number = number
        inner, outer = design.inner * POINTS_PER_MM, design.outer * POINTS_PER_MM
        turned = (number % 2 == 0) != from_right if design.two_sided else from_right
        self.left, right = (outer, inner) if turned else (inner, outer)
        self.right = design.width * POINTS_PER_MM - right
        self.upper = design.top * POINTS_PER_MM
        self.lower = (design.height - design.bottom) * POINTS_PER_MM
        self.size = design.text_size
        self.foot = self.lower
        """Upper edge of the notes at the foot."""
        self.goes_on = True
        """Whether it continues the page before."""
        moved = [piece.moved(-overhang, -overhang) for piece in ink]
        self.ink = [
            piece
            for piece in moved
            if piece.top > self.upper - self.size and piece.top < self.lower
            if piece.left < self.right - TOLERANCE and piece.right > self.left + TOLERANCE
        ]

    @property
    def bottom(self) -> float:
        """Lower edge of what is above the notes; the upper edge of the text for nothing."""
        return max((piece.bottom for piece in self.ink if piece.top < self.foot - 1), default=self.upper)

    @property
    def filled(self) -> float:
        """Share of the height of the text that is filled; notes fill it to the foot."""
        bottom = max((piece.bottom for piece in self.ink), default=self.upper)
        return (bottom - self.upper) / (self.lower - self.upper)


def _short_pages(pages: Sequence[_Page], marks: dict[int, list[PageMark]]) -> Iterator[PageFault]:
    opening = {number for number, there in marks.items() if any(mark.kind == "opens" for mark in there)}
    for page, following in pairwise(pages):
        begun = any(number <= page.number for number in opening)  # Titles and dedications are set by hand.
        if begun and page.ink and page.filled < SHORT and following.goes_on:
            near = next((mark.place for mark in marks[page.number] if mark.place), "")
            yield PageFault("short", page.number, near, (round(100 * page.filled),))


def _parted_paragraphs(pages: Sequence[_Page], marks: Sequence[PageMark]) -> Iterator[PageFault]:
    open_marks: list[PageMark] = []
    for mark in marks:
        if mark.kind == "text":
            open_marks.append(mark)
        elif mark.kind == "end" and open_marks:
            start = open_marks.pop()
            if start.page == mark.page:
                continue
            first, last = pages[start.page - 1], pages[mark.page - 1]
            if first.bottom - start.y < ONE_LINE * first.size:
                yield PageFault("orphan", start.page, start.place)
            if mark.y - last.upper < FIRST_LINE * last.size:
                yield PageFault("widow", mark.page, start.place)


def _stranded_headings(pages: Sequence[_Page], marks: Sequence[PageMark]) -> Iterator[PageFault]:
    for index, mark in enumerate(marks):
        if mark.kind != "head":
            continue
        page = pages[mark.page - 1]
        # Nothing was torn from a heading at the end of a chapter: what is below it is not for print.
        torn = mark.page < len(pages) and pages[mark.page].goes_on
        if torn and page.bottom < mark.y + TOLERANCE:
            near = next((other.place for other in marks[index:] if other.place), "")
            yield PageFault("heading", mark.page, near)


def _wide_lines(
    pages: Sequence[_Page], marks: Sequence[PageMark], document: OpenPdf, overhang: float
) -> Iterator[PageFault]:
    texts = [mark for mark in marks if mark.place]
    for page in pages:
        told: set[str] = set()
        for piece in page.ink:
            beyond = max(piece.right - page.right, page.left - piece.left)
            if not piece.is_text or beyond <= max(TOLERANCE, OF_HEIGHT * (piece.bottom - piece.top)):
                continue
            outside = (
                replace(piece, left=page.right + TOLERANCE)
                if piece.right > page.right + TOLERANCE
                else replace(piece, right=page.left - TOLERANCE)
            )
            if not document.text_in(page.number - 1, outside.moved(overhang, overhang)).strip():
                continue  # Spaces at the end of a line cannot be seen.
            above = (mark for mark in texts if (mark.page, mark.y) <= (page.number, piece.bottom))
            near = max(above, key=lambda mark: (mark.page, mark.y), default=None)
            place = near.place if near else ""
            if place not in told:
                told.add(place)
                yield PageFault("wide", page.number, place, (max(1, round(beyond / POINTS_PER_MM)),))
