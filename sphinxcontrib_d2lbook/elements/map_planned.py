"""Read planned chapters from the map of the book, and put them at their places among the existing ones. Pure."""

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
    """Chapter that is still to be written, from a line such as `+ 6 Convolutional networks`."""

    number: str
    title: str
    part: str
    """Title in the line `+ [Modern techniques]` before it; "" without one."""
    line: int

    @property
    def key(self) -> str:
        """Key that is used in place of a docname."""
        return f"+{self.number}"


def with_planned(groups: Iterable[ChapterGroup], planned: Iterable[PlannedChapter]) -> tuple[ChapterGroup, ...]:
    """Return the groups with the planned chapters in order of their numbers. Missing parts are added."""
    result = list(groups)
    for entry in planned:
        chapter = Chapter(entry.key, entry.number, entry.title, is_planned=True)
        place = _group_for(result, entry)
        if place is None:
            part = (
                max((group.part for group in result if group.part is not None), default=-1) + 1 if entry.part else None
            )
            result.insert(_before(result, entry.number), ChapterGroup(entry.part, part, (chapter,)))
        else:
            chapters = sorted((*result[place].chapters, chapter), key=lambda item: number_key(item.number))
            result[place] = replace(result[place], chapters=tuple(chapters))
    return tuple(result)


def _group_for(groups: list[ChapterGroup], planned: PlannedChapter) -> int | None:
    """Return the index of the group that a chapter belongs to; None if a new one is needed."""
    if planned.part:
        return next((place for place, group in enumerate(groups) if group.title == planned.part), None)
    return max(_before(groups, planned.number) - 1, 0) if groups else None


def _before(groups: list[ChapterGroup], number: str) -> int:
    """Return how many groups begin with an earlier number."""
    key = number_key(number)
    return sum(number_key(group.chapters[0].number) < key for group in groups)
