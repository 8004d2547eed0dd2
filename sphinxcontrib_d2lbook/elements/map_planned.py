"""Chapters in the map of the book that are still to be written: what an author says of them, and their places. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from ..numbering.manifest import number_key
from .map_layout import Chapter, ChapterGroup

PART = re.compile(r"\+\s*\[(?P<title>[^\]]+)\]")
CHAPTER = re.compile(r"\+\s*(?P<number>[0-9]+|[A-Z]{1,3})\s+(?P<title>\S.*)", re.ASCII)


class PlannedChapter(NamedTuple):
    """A line `+ 6 Convolutional networks`."""

    number: str
    title: str
    part: str
    """The title of the line `+ [Modern techniques]` before it, "" without one."""
    line: int

    @property
    def key(self) -> str:
        """What stands for the name of its page."""
        return f"+{self.number}"


def with_planned(groups: Iterable[ChapterGroup], planned: Iterable[PlannedChapter]) -> tuple[ChapterGroup, ...]:
    """Return the groups with the planned chapters at their places, by their numbers; parts are made if need be."""
    found = list(groups)
    for one in planned:
        chapter = Chapter(one.key, one.number, one.title, is_planned=True)
        place = _group_for(found, one)
        if place is None:
            part = max((group.part for group in found if group.part is not None), default=-1) + 1 if one.part else None
            found.insert(_before(found, one.number), ChapterGroup(one.part, part, (chapter,)))
        else:
            chapters = sorted((*found[place].chapters, chapter), key=lambda item: number_key(item.number))
            found[place] = replace(found[place], chapters=tuple(chapters))
    return tuple(found)


def _group_for(groups: list[ChapterGroup], one: PlannedChapter) -> int | None:
    """The place of the group that a chapter goes into; None where one is to be made."""
    if one.part:
        return next((place for place, group in enumerate(groups) if group.title == one.part), None)
    return max(_before(groups, one.number) - 1, 0) if groups else None


def _before(groups: list[ChapterGroup], number: str) -> int:
    """How many groups begin with an earlier number."""
    key = number_key(number)
    return sum(number_key(group.chapters[0].number) < key for group in groups)
