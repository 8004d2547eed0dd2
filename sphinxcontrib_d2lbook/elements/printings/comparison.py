"""Compare two states of a book: code, results, text and numbers, page by page. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest
from typing import Any, TypeVar

from ...numbering.editions import changes
from .page_contents import CellContents, PageContents, SectionContents
from .record import PrintingRecord

Row = Mapping[str, Any]
Item = TypeVar("Item")


@dataclass(frozen=True)
class CellChange:
    """Difference in one cell: ``before`` is None for a new one, ``now`` for one that is gone."""

    before: CellContents | None
    now: CellContents | None
    position: int = -1
    """Place of the cell among those of the page now; -1 for one that is gone."""


@dataclass(frozen=True)
class PageChanges:
    """What is other on one page than it was in print."""

    code: tuple[CellChange, ...] = ()
    results: tuple[CellChange, ...] = ()
    """Cells with the same code and other results."""
    moved: tuple[tuple[Row, Row], ...] = ()
    """Rows of the same thing in print and now, where its number differs."""
    appeared: tuple[Row, ...] = ()
    vanished: tuple[Row, ...] = ()
    text: tuple[tuple[SectionContents | None, SectionContents | None], ...] = ()
    """Sections in print and now whose text differs; None for one that was not there, or is not any longer."""
    is_new: bool = False
    """Whether the printing does not have the page; then nothing of it is listed."""

    def __bool__(self) -> bool:
        return self.is_new or any((self.code, self.results, self.moved, self.appeared, self.vanished, self.text))


@dataclass(frozen=True)
class BookChanges:
    """What is other in a book than it was in print."""

    pages: Mapping[str, PageChanges]
    """Changes by docname, of the pages that have any."""
    gone: tuple[tuple[str, str], ...] = ()
    """Docname and title of each page that is only in print, in the order of the record."""
    libraries: tuple[tuple[str, str, str], ...] = ()
    """Name of each library that pages import, its version in print and now; "" where it was not, or is not, used."""

    def __bool__(self) -> bool:
        return bool(self.pages or self.gone or self.libraries)


def compare(printed: PrintingRecord, now: PrintingRecord) -> BookChanges:
    """Return what differs between a printing and the present state of a book."""
    common = [docname for docname in now.pages if docname in printed.pages]
    numbers = changes(_rows_of(printed, common), _rows_of(now, common))
    moved = _by_page(numbers.moved, lambda pair: pair[1])
    appeared, vanished = (_by_page(rows, lambda row: row) for rows in (numbers.appeared, numbers.vanished))
    found: dict[str, PageChanges] = {}
    for docname, page in now.pages.items():
        if docname not in printed.pages:
            found[docname] = PageChanges(is_new=True)
            continue
        code, results = compare_cells(printed.pages[docname].cells, page.cells)
        one = PageChanges(
            code,
            results,
            tuple(moved[docname]),
            tuple(appeared[docname]),
            tuple(vanished[docname]),
            compare_text(printed.pages[docname], page),
        )
        if one:
            found[docname] = one
    gone = tuple((docname, page.title) for docname, page in printed.pages.items() if docname not in now.pages)
    return BookChanges(found, gone, compare_libraries(printed.libraries, now.libraries))


def _rows_of(record: PrintingRecord, docnames: Sequence[str]) -> list[Row]:
    """Return the numbers of pages that are in both states: new pages and those that are gone are listed as such."""
    pages = set(docnames)
    return [row for row in record.numbers if row["docname"] in pages]


def _by_page(items: Iterable[Item], row_of: Callable[[Item], Row]) -> defaultdict[str, list[Item]]:
    """Return the items of each page, in their order; ``row_of`` returns the row that names the page of an item."""
    grouped: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        grouped[row_of(item)["docname"]].append(item)
    return grouped


def compare_cells(
    before: Sequence[CellContents], now: Sequence[CellContents]
) -> tuple[tuple[CellChange, ...], tuple[CellChange, ...]]:
    """Return the cells of a page whose code differs, and those with the same code whose results differ."""
    code: list[CellChange] = []
    results: list[CellChange] = []
    match = SequenceMatcher(None, [cell.source for cell in before], [cell.source for cell in now], autojunk=False)
    for tag, start, end, begin, stop in match.get_opcodes():
        if tag == "equal":
            pairs = zip(before[start:end], enumerate(now[begin:stop], begin), strict=True)
            results += [CellChange(was, cell, at) for was, (at, cell) in pairs if was.results != cell.results]
        else:
            both = zip_longest(before[start:end], enumerate(now[begin:stop], begin))
            code += [CellChange(was, *((new[1], new[0]) if new else (None,))) for was, new in both]
    return tuple(code), tuple(results)


def compare_text(
    before: PageContents, now: PageContents
) -> tuple[tuple[SectionContents | None, SectionContents | None], ...]:
    """Return the sections of a page whose text or title differs, in their present order; those that are gone last."""
    old = {section.anchor: section for section in before.sections}
    new = {section.anchor: section for section in now.sections}
    pairs = [(old.get(anchor), section) for anchor, section in new.items()]
    differing = tuple(
        (was, section)
        for was, section in pairs
        if was is None or (was.text, was.title) != (section.text, section.title)
    )
    return (*differing, *((section, None) for anchor, section in old.items() if anchor not in new))


def compare_libraries(before: Mapping[str, str], now: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Return name, old and new version of each library that has another version, is new, or is gone."""
    names = sorted({*before, *now}, key=str.lower)
    return tuple((name, before.get(name, ""), now.get(name, "")) for name in names if before.get(name) != now.get(name))
