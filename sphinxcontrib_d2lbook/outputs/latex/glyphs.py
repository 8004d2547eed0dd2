"""Characters that no font of the PDF has: LaTeX prints a box, and tells its log alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from ...log import Warn, warn
from .tex import MARKS


def warn_of(missing: Iterable[str], source: str) -> None:
    """Warn of each character at the first place where the source has it."""
    for char in missing:
        found = source.find(char)
        line = source.count("\n", 0, found) + 1 if found >= 0 else 0
        warn(
            Warn.GLYPH,
            "no font of the PDF has U+%04X (%s); it prints as a box",
            ord(char),
            unicodedata.name(char, "a character without a name"),
            location=MARKS.place_of(source, line) if line else None,
        )
