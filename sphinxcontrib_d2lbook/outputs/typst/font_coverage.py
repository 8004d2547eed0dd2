"""Tell which characters the embedded fonts can show: Typst prints a box for others, without a warning."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Any

from ..paper.missing_glyphs import NO_GLYPH_NEEDED, MissingGlyphs


@cache
def _coverage() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the first and the last (inclusive) code points of the covered ranges, in ascending order."""
    text = files(__package__).joinpath("coverage.txt").read_text("ascii")
    words = [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]
    pairs = [(int(first, 16), int(last or first, 16)) for first, _, last in (word.partition("-") for word in words)]
    return tuple(first for first, _ in pairs), tuple(last for _, last in pairs)


def covered(char: str) -> bool:
    """Check whether the embedded fonts can show ``char``, or it needs no glyph."""
    starts, ends = _coverage()
    code = ord(char)
    place = bisect_right(starts, code) - 1
    return (place >= 0 and code <= ends[place]) or char in NO_GLYPH_NEEDED


class GlyphCheck:
    """Check of the characters of a book against the embedded fonts and those that the book names."""

    def __init__(self, missing: MissingGlyphs, has: Callable[[str], bool]) -> None:
        """Gather characters in ``missing``; ``has`` tells whether a font that the book names has a character."""
        self.missing = missing
        self._has = has
        self._known: dict[str, bool] = {}

    def check(self, text: str, location: Any) -> None:
        """Record the characters of a text that would print as boxes."""
        if text.isascii() and text.isprintable():
            return
        self.missing.note((char for char in dict.fromkeys(text) if not self._is_shown(char)), location)

    def _is_shown(self, char: str) -> bool:
        if char not in self._known:
            self._known[char] = covered(char) or self._has(char)
        return self._known[char]
