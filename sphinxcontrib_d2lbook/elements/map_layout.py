"""Where things are in the map of the book: chapters in a column, arcs between those that build on each other. Pure.

Reading order runs down the page, so that the map can be read on a phone as on paper, whatever the number of chapters.
Lengths are units of the drawing; a page makes them as large as its column is wide.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH = 400.0
WIDE = 560.0
"""On paper, of maps that would be too high otherwise."""
ARCS = 76.0
"""The column of arcs, left of the dots."""
DOT = ARCS + 12
NUMBER = DOT + 14
TITLE = NUMBER + 32
TEXT_SIZE = 15.0
LINE = 19.0
ROW_GAP = 9.0
CLOSE = 3.0
"""The same, where there are many rows."""
HIGHEST = 900.0
"""On paper, of maps with the ordinary width and gaps."""
HEAD_GAP = 16.0
"""Above the name of a part."""
LANE = 8.0
"""How much further an arc bends for each chapter that it passes."""


@dataclass(frozen=True)
class Chapter:
    """A chapter or an appendix."""

    docname: str
    number: str
    """ "" for none."""
    title: str
    is_planned: bool = False
    """Whether it is still to be written: it has no page, and is drawn lighter."""


@dataclass(frozen=True)
class ChapterGroup:
    """The chapters of a part."""

    title: str
    """ "" for chapters in no part."""
    part: int | None
    """Which part it is, from 0; None for none."""
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True)
class Structure:
    """What a map shows."""

    groups: tuple[ChapterGroup, ...]
    edges: tuple[tuple[str, str], ...]
    """docnames: the second builds on the first."""

    @property
    def chapters(self) -> dict[str, Chapter]:
        return {chapter.docname: chapter for group in self.groups for chapter in group.chapters}


@dataclass(frozen=True)
class Head:
    """The name of a part; ``y`` is that of the middle of its first line."""

    y: float
    lines: tuple[str, ...]
    part: int | None


@dataclass(frozen=True)
class Row:
    """A chapter; ``y`` is that of the middle of its first line, ``top`` and ``height`` those of its field."""

    y: float
    top: float
    height: float
    lines: tuple[str, ...]
    chapter: Chapter
    part: int | None


@dataclass(frozen=True)
class Arc:
    """From one dot to another, bending to the left by ``bend``."""

    start: float
    end: float
    bend: float
    before: Chapter
    after: Chapter
    part: int | None
    """Of the chapter before."""


@dataclass(frozen=True)
class Layout:
    width: float
    height: float
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    arcs: tuple[Arc, ...]


def lay_out_for_paper(structure: Structure) -> Layout:
    """A map that fits a page in a size that can be read."""
    layout = lay_out(structure)
    return layout if layout.height <= HIGHEST else lay_out(structure, WIDE, CLOSE)


def lay_out(structure: Structure, width: float = WIDTH, gap: float = ROW_GAP) -> Layout:
    heads: list[Head] = []
    rows: list[Row] = []
    y = 4.0
    for group in structure.groups:
        if group.title:
            y += HEAD_GAP if rows else 0.0
            lines = tuple(wrapped(group.title, width - NUMBER - 8))
            heads.append(Head(y + LINE / 2, lines, group.part))
            y += len(lines) * LINE + gap / 2
        for chapter in group.chapters:
            lines = tuple(wrapped(chapter.title, width - TITLE - 8))
            height = len(lines) * LINE + gap
            rows.append(Row(y + (LINE + gap) / 2, y, height, lines, chapter, group.part))
            y += height
    return Layout(width, y + 4.0, tuple(heads), tuple(rows), tuple(_arcs(structure, rows)))


def _arcs(structure: Structure, rows: Sequence[Row]) -> Iterator[Arc]:
    """The widest first, so that the narrow ones are drawn over them."""
    place = {row.chapter.docname: index for index, row in enumerate(rows)}
    pairs = [(place[a], place[b]) for a, b in dict.fromkeys(structure.edges) if a in place and b in place and a != b]
    for start, end in sorted(pairs, key=lambda pair: (-abs(pair[0] - pair[1]), pair)):
        before, after = rows[start], rows[end]
        bend = min(ARCS, 12 + LANE * abs(start - end))
        yield Arc(before.y, after.y, bend, before.chapter, after.chapter, before.part)


def wrapped(text: str, width: float, size: float = TEXT_SIZE) -> list[str]:
    """Lines that are surely no wider than ``width``, in any of the fonts that a page may have."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines += _broken(word, width, size)
    return lines if lines[0] or len(lines) == 1 else lines[1:]


def _broken(word: str, width: float, size: float) -> Iterator[str]:
    """A word, in pieces where it is wider than a line, as words of scripts without spaces are."""
    while word:
        count = max(1, _fitting(word, width, size))
        yield word[:count]
        word = word[count:]


def _fitting(word: str, width: float, size: float) -> int:
    return max((count for count in range(len(word) + 1) if text_width(word[:count], size) <= width), default=0)


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """About, and rather too much."""
    return size * sum(map(_em, text))


def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if unicodedata.combining(char):
        return 0.0
    if char in " .,:;!'|()[]ijlt":
        return 0.34
    return 0.94 if char in "mwMW@%—" else 0.7 if char.isupper() else 0.57
