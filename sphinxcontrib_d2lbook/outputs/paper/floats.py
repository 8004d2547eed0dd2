"""Decide which figures and tables leave the place where they are written, so that text fills their pages.

A thing that does not fit on the page of its place would leave the rest of it white. If it may float, it goes to the
next page, and the text that follows comes before it. As each decision moves what comes after it, the book is laid out
several times; in each round the decisions are right for some more of the things, as none depends on what comes after.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from typing import Any

ROUNDS = 4
"""Most layouts of the book; then the best that was seen is taken. Further ones cost more than the white that they save:
on 490 pages, the first three leave half of it, and each of the next ones a tenth less."""
LEAST_GAP = 1 / 14
"""Share of the height of the text that may stay white above a thing on the next page."""
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

    @property
    def page(self) -> int:
        return self.place[0]


@dataclass(frozen=True)
class PlacedThings:
    """Figures and tables of a layout, in the order in which they are written, and what it has at their pages."""

    things: tuple[PlacedThing, ...]
    notes: Mapping[int, float] = field(default_factory=dict)
    """Upper edges of notes at the foot of pages."""
    opening: Set[int] = frozenset()
    """Pages at whose top something is opened, such as a chapter."""


def read_things(answer: Mapping[str, Any]) -> PlacedThings:
    """Return what the template recorded of a layout."""
    things = (
        PlacedThing(name, kind, movable, (page, y), (own_page, own_y))
        for name, kind, movable, page, y, own_page, own_y in answer["things"]
    )
    notes = {int(page): float(y) for page, y in answer["notes"].items()}
    return PlacedThings(tuple(things), notes, frozenset(answer["opening"]))


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
    _white: dict[frozenset[str], float] = field(default_factory=dict)
    """Height that each plan leaves white, of those that were laid out."""

    def improve(self, layout: PlacedThings) -> bool:
        """Change the plan after its layout, and return whether that is worth another one."""
        white, better = self._better(layout)
        self._white[self.floating] = white
        if better == self.floating:
            return False
        before = self.floating
        if len(self._white) < ROUNDS and better not in self._white:
            self.floating = better
        else:
            best = min(self._white, key=lambda plan: self._white[plan])
            self.floating = best if self._white[best] < DISORDER else frozenset()
        return self.floating != before

    def _better(self, layout: PlacedThings) -> tuple[float, frozenset[str]]:
        """Return the height that the layout leaves white, and a better plan."""
        white = 0.0
        better: set[str] = set()
        for index, thing in enumerate(layout.things):
            # Things of its kind that are written before it, and stand below it or on a later page.
            late = [other for other in layout.things[:index] if other.kind == thing.kind and other.place > thing.place]
            may = thing.movable and thing.name not in self._pinned
            if thing.name in self.floating:
                # What fits on the page where it is written can stand there; nothing stands above a chapter.
                always = self.always and thing.page not in layout.opening
                if may and (always or thing.page != thing.written[0] or late):
                    better.add(thing.name)
                continue
            gap = self._gap(thing, layout.notes)
            white += gap + DISORDER * bool(late)
            always = self.always and thing.page not in layout.opening
            if may and (always or gap > LEAST_GAP * (self.bottom - self.top) or late):
                better.add(thing.name)
            elif late:
                self._pinned |= {other.name for other in late}
        return white, frozenset(better - self._pinned)

    def _gap(self, thing: PlacedThing, notes: Mapping[int, float]) -> float:
        page, y = thing.written
        return max(0.0, min(self.bottom, notes.get(page, self.bottom)) - y) if thing.page > page else 0.0
