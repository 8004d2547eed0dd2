"""Lay out the map of the book: chapters in a column, with arcs between those that build on each other. Pure.

Reading order runs down the page, so the map can be read on a phone as well as on paper, with any number of chapters.
Lengths are units of the drawing; a page scales them to the width of its column.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WIDTH = 400.0
WIDE = 560.0
"""Width on paper of maps that would be too high with the ordinary width."""
ARCS = 76.0
"""Width of the column of arcs, left of the dots."""
DOT = ARCS + 12
NUMBER = DOT + 14
TITLE = NUMBER + 32
TEXT_SIZE = 15.0
LINE = 19.0
ROW_GAP = 9.0
CLOSE = 3.0
"""Gap between rows if there are many of them."""
HIGHEST = 900.0
"""Greatest height on paper of a map with the ordinary width and gaps."""
HEAD_GAP = 16.0
"""Gap above the name of a part."""
LANE = 8.0
"""Distance by which an arc bends further for each chapter that it passes."""


@dataclass(frozen=True)
class Chapter:
    """Chapter or appendix in a map."""

    docname: str
    number: str
    """Number as printed; "" if it has none."""
    title: str
    is_planned: bool = False
    """Whether it is still to be written; then it has no page, and is drawn lighter."""


@dataclass(frozen=True)
class ChapterGroup:
    """Chapters of a part."""

    title: str
    """Title of the part; "" for chapters in no part."""
    part: int | None
    """Index of the part, from 0; None for chapters in no part."""
    chapters: tuple[Chapter, ...]


@dataclass(frozen=True)
class Structure:
    """Content of a map."""

    groups: tuple[ChapterGroup, ...]
    edges: tuple[tuple[str, str], ...]
    """Pairs of docnames, of which the second builds on the first."""

    @property
    def chapters(self) -> dict[str, Chapter]:
        """docname or key of a planned chapter -> chapter, in order."""
        return {chapter.docname: chapter for group in self.groups for chapter in group.chapters}


@dataclass(frozen=True)
class Head:
    """Name of a part; ``y`` is the middle of its first line."""

    y: float
    lines: tuple[str, ...]
    part: int | None


@dataclass(frozen=True)
class Row:
    """Row of a chapter; ``y`` is the middle of its first line, ``top`` and ``height`` are those of its field."""

    y: float
    top: float
    height: float
    lines: tuple[str, ...]
    chapter: Chapter
    part: int | None


@dataclass(frozen=True)
class Arc:
    """Arc from one dot to another, which bends to the left by ``bend``."""

    start: float
    end: float
    bend: float
    before: Chapter
    after: Chapter
    part: int | None
    """Index of the part of the chapter before."""


@dataclass(frozen=True)
class Layout:
    """Positions of everything in a map, with its size."""

    width: float
    height: float
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]
    arcs: tuple[Arc, ...]


def lay_out_for_paper(structure: Structure) -> Layout:
    """Return the layout of a map that fits a page in a legible size."""
    layout = lay_out(structure)
    return layout if layout.height <= HIGHEST else lay_out(structure, WIDE, CLOSE)


def lay_out(structure: Structure, width: float = WIDTH, gap: float = ROW_GAP) -> Layout:
    """Return the layout of a map of the given width, with the given gap between rows."""
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
    """Yield the arcs, widest first, so that narrow ones are drawn over them."""
    place = {row.chapter.docname: index for index, row in enumerate(rows)}
    pairs = [(place[a], place[b]) for a, b in dict.fromkeys(structure.edges) if a in place and b in place and a != b]
    for start, end in sorted(pairs, key=lambda pair: (-abs(pair[0] - pair[1]), pair)):
        before, after = rows[start], rows[end]
        bend = min(ARCS, 12 + LANE * abs(start - end))
        yield Arc(before.y, after.y, bend, before.chapter, after.chapter, before.part)


def wrapped(text: str, width: float, size: float = TEXT_SIZE) -> list[str]:
    """Break text into lines that are surely no wider than ``width``, in any font that a page may have."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if text_width(longer, size) <= width:
            lines[-1] = longer
        else:
            lines += _broken(word, width, size)
    return lines if lines[0] or len(lines) == 1 else lines[1:]


def _broken(word: str, width: float, size: float) -> Iterator[str]:
    """Yield a word, in pieces if it is wider than a line, like the words of scripts without spaces."""
    while word:
        count = max(1, _fitting(word, width, size))
        yield word[:count]
        word = word[count:]


def _fitting(word: str, width: float, size: float) -> int:
    return max((count for count in range(len(word) + 1) if text_width(word[:count], size) <= width), default=0)


def text_width(text: str, size: float = TEXT_SIZE) -> float:
    """Return an estimate of the width of text that is rather too high than too low."""
    return size * sum(map(_em, text))


def _em(char: str) -> float:
    if unicodedata.east_asian_width(char) in "WF":
        return 1.0
    if unicodedata.combining(char):
        return 0.0
    if char in " .,:;!'|()[]ijlt":
        return 0.34
    return 0.94 if char in "mwMW@%—" else 0.7 if char.isupper() else 0.57
