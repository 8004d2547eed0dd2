"""Which characters the embedded fonts can show: Typst prints a box for others, without a word."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from importlib.resources import files
from typing import Any

from ..paper.translator import warn_of_glyph

_NO_GLYPH_NEEDED = "\t\n\r\u00ad\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff"


@cache
def _coverage() -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Starts and ends (inclusive) of the ranges, ascending."""
    text = files(__package__).joinpath("coverage.txt").read_text("ascii")
    words = [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]
    pairs = [(int(first, 16), int(last or first, 16)) for first, _, last in (word.partition("-") for word in words)]
    return tuple(first for first, _ in pairs), tuple(last for _, last in pairs)


def covered(char: str) -> bool:
    """Whether ``char`` can be shown, or needs nothing to be shown."""
    starts, ends = _coverage()
    code = ord(char)
    place = bisect_right(starts, code) - 1
    return (place >= 0 and code <= ends[place]) or char in _NO_GLYPH_NEEDED


class GlyphCheck:
    """Warns of characters without a glyph, once a character and page."""

    def __init__(self) -> None:
        self._seen: set[tuple[str, str]] = set()

    def check(self, text: str, docname: str, location: Any) -> None:
        if text.isascii() and text.isprintable():
            return
        for char in dict.fromkeys(text):
            if not covered(char) and (docname, char) not in self._seen:
                self._seen.add((docname, char))
                warn_of_glyph(char, location)
