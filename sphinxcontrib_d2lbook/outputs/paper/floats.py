"""Decide which figures and tables leave the place where they are written, so that text fills their pages.

A thing that does not fit on the page of its place would leave the rest of it white. If it may float, it goes to the
next page, and the text that follows comes before it. As each decision moves what comes after it, the book is laid out
several times. After the first layout, the pages are filled anew by a calculation that takes text for something that
breaks anywhere (`FlowingPages`); the further layouts show where that was wrong, and mend it.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from itertools import count, groupby
from typing import Any

ROUNDS, ROUNDS_OF_LARGE = 4, 2
"""Most layouts of a book, and of a large one; then the best that was seen of each chapter is taken. Further ones cost
more than the white that they save: on 565 pages, the second one leaves 47 % of it, the next two 40 %."""
LARGE = 100
"""Number of figures and tables from which a book is large."""
LEAST_GAP = 1 / 14
"""Share of the height of the text that may stay white above a thing on the next page."""
CLEARANCE = 17.0
"""About the points between a thing at the top of a page and its text."""
DISORDER = 1e6
"""White, in points, that is not as bad as a thing before one with a smaller number."""


@dataclass(frozen=True)
class PlacedThing:
    """Figure or table with a number, as a layout has placed it; heights are points from the top of the page."""

    name: str
    kind: str
    """Kind of thing; those of a kind keep their order."""
    movable: bool
    written: tuple[int, float]
    """Page and height of the place where it is written."""
    place: tuple[int, float]
    """Page and height of the place where it stands."""
    end: tuple[int, float]
    """Page and height where it ends; where it fills its page, this may be the top of the next one."""

    @property
    def page(self) -> int:
        return self.place[0]

    def ends_at(self, bottom: float) -> tuple[int, float]:
        """Return page and height where it ends, on a page whose text ends at ``bottom``."""
        return self.end if self.end[0] == self.page else (self.page, bottom)


@dataclass(frozen=True)
class PlacedThings:
    """Figures and tables of a layout, in the order in which they are written, and what it has at their pages."""

    things: tuple[PlacedThing, ...]
    notes: Mapping[int, float] = field(default_factory=dict)
    """Upper edges of notes at the foot of pages."""
    opening: Set[int] = frozenset()
    """Pages at whose top something is opened, such as a chapter."""

    def chapters(self) -> dict[int, list[PlacedThing]]:
        """Return the things of each chapter that has any, by the number of pages up to it that open something."""
        opening = sorted(self.opening)
        groups = groupby(self.things, lambda thing: bisect(opening, thing.written[0]))
        return {number: list(things) for number, things in groups}

    def passed(self) -> dict[str, list[PlacedThing]]:
        """Return, by the name of each thing, those of its kind that are written before it and stand behind it."""
        return {
            thing.name: [
                other for other in self.things[:index] if other.kind == thing.kind and other.place > thing.place
            ]
            for index, thing in enumerate(self.things)
        }


def read_things(answer: Mapping[str, Any]) -> PlacedThings:
    """Return what the template recorded of a layout."""
    things = (
        PlacedThing(name, kind, movable, (page, y), (own_page, own_y), (end_page, end_y))
        for name, kind, movable, page, y, own_page, own_y, end_page, end_y in answer["things"]
    )
    notes = {int(page): float(y) for page, y in answer["notes"].items()}
    return PlacedThings(tuple(things), notes, frozenset(answer["opening"]))


@dataclass
class FlowingPages:
    """Pages that text fills one after another, below what floats to their tops. Heights are points."""

    height: float
    """Height of the text of a page."""
    page: int
    filled: float
    """What is filled of the current page, without what floats to its top."""
    floats: dict[int, float] = field(default_factory=dict)
    """What floats to the tops of pages fills of each."""

    @property
    def room(self) -> float:
        """Height that is left on the current page."""
        return self.height - self.floats.get(self.page, 0.0) - self.filled

    def add(self, amount: float) -> None:
        """Fill up pages with text."""
        while amount > self.room:
            amount -= max(0.0, self.room)
            self.turn()
        self.filled += max(0.0, amount)

    def turn(self) -> None:
        """Go to the next page."""
        self.page += 1
        self.filled = 0.0

    def put_on_top(self, amount: float, first: int) -> int:
        """Put something at the top of the first page from ``first`` on that has room for it; return that page."""
        page = next(
            number
            for number in count(first)
            # What is higher than a page gets one of its own.
            if number not in self.floats or self.floats[number] + amount <= self.height
        )
        self.floats[page] = self.floats.get(page, 0.0) + amount
        return page


@dataclass
class FloatPlan:
    """Plan of what floats, made better after each layout."""

    top: float
    bottom: float
    """Upper and lower edge of the text, in points from the top of the page."""
    always: bool = False
    """Whether everything floats that may."""
    floating: frozenset[str] = frozenset()
    """Names of the things that float in the next layout."""
    _pinned: set[str] = field(default_factory=set)
    _tried: list[dict[int, tuple[frozenset[str], float]]] = field(default_factory=list)
    """For each layout, what floated in each chapter, and the height that this left white."""

    def improve(self, layout: PlacedThings) -> bool:
        """Change the plan after its layout, and return whether that needs another one.

        Each chapter begins on a page of its own: so what floats in one changes no other, and the best that was seen of
        each is taken.
        """
        rounds = ROUNDS if len(layout.things) < LARGE else ROUNDS_OF_LARGE
        chapters = layout.chapters()
        passed = layout.passed()
        late = {name for name, others in passed.items() if others}
        predicted = self._predicted(chapters) if not self._tried and not self.always else frozenset()
        better = {thing.name for thing in layout.things if self._should_float(thing, layout, late=thing.name in late)}
        for thing in layout.things:
            if thing.name not in better and thing.name not in self.floating:
                self._pinned |= {other.name for other in passed[thing.name]}
        names = {number: frozenset(thing.name for thing in things) for number, things in chapters.items()}
        whites = {
            number: sum(self._white_above(thing, layout, late=thing.name in late) for thing in things)
            for number, things in chapters.items()
        }
        self._tried.append({number: (self.floating & names[number], white) for number, white in whites.items()})
        is_last = len(self._tried) >= rounds
        wanted = (predicted or frozenset(better)) - self._pinned
        before = self.floating
        self.floating = frozenset().union(
            *(self._next(number, wanted & names[number], is_last=is_last) for number in names)
        )
        return self.floating != before and len(self._tried) <= rounds

    def _next(self, chapter: int, wanted: frozenset[str], *, is_last: bool) -> frozenset[str]:
        """Return what floats next in a chapter: what is wanted, or the best that was tried if that has been, too."""
        tried = dict(layout[chapter] for layout in self._tried if chapter in layout)
        if not is_last and wanted not in tried:
            return wanted
        best = min(reversed(tried), key=lambda floating: tried[floating])
        return best if tried[best] < DISORDER else frozenset()

    def _white_above(self, thing: PlacedThing, layout: PlacedThings, *, late: bool) -> float:
        if thing.name in self.floating:
            return 0.0
        return self._gap(thing, layout.notes) + DISORDER * late

    def _should_float(self, thing: PlacedThing, layout: PlacedThings, *, late: bool) -> bool:
        if not thing.movable or thing.name in self._pinned:
            return False
        # Nothing stands above the title of a chapter.
        always = self.always and thing.page not in layout.opening
        if thing.name in self.floating:
            # What fits on the page where it is written can stand there.
            return always or late or thing.page != thing.written[0]
        return always or late or self._gap(thing, layout.notes) > self._least_gap

    def _predicted(self, chapters: Mapping[int, list[PlacedThing]]) -> frozenset[str]:
        """Return what has to float, as far as that follows from the chapters of a layout in which nothing does."""
        floating: set[str] = set()
        for things in chapters.values():
            page, y = things[0].written
            pages = FlowingPages(self.bottom - self.top, page, y - self.top)
            reached = page, y
            waiting: dict[str, int] = {}  # Kind -> the page to which the last of that kind floats.
            for thing in things:
                page, y = thing.written
                pages.add((page - reached[0]) * pages.height + y - reached[1])
                reached = thing.ends_at(self.bottom)
                height = reached[1] - thing.place[1]
                is_late = waiting.get(thing.kind, 0) > pages.page
                if height <= pages.room and not is_late:
                    pages.filled += height
                elif thing.movable and (is_late or pages.room > self._least_gap):
                    first = max([pages.page + 1, *waiting.values()])
                    waiting[thing.kind] = pages.put_on_top(height + CLEARANCE, first)
                    floating.add(thing.name)
                else:
                    pages.turn()
                    pages.filled = height
        return frozenset(floating - self._pinned)

    @property
    def _least_gap(self) -> float:
        return LEAST_GAP * (self.bottom - self.top)

    def _gap(self, thing: PlacedThing, notes: Mapping[int, float]) -> float:
        page, y = thing.written
        return max(0.0, min(self.bottom, notes.get(page, self.bottom)) - y) if thing.page > page else 0.0
