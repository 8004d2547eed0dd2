"""Spell words of Latin script with ASCII letters, for labels, file names and the names of packages."""

from __future__ import annotations

import re
import unicodedata

LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "ae", "ø": "o", "Ø": "o", "œ": "oe", "Œ": "oe", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d"}
    | {"þ": "th", "Þ": "th", "ð": "d", "Ð": "d", "ı": "i", "'": "", "’": ""}
)
"""Latin letters that Unicode normalization does not decompose, and signs inside words, with their ASCII spelling."""


def decomposed(text: str) -> str:
    """Return a text with its letters apart from their accents, where they have such."""
    return unicodedata.normalize("NFKD", text.translate(LETTERS))


def ascii_words(text: str) -> list[str]:
    """Return the words of a text in lower-case ASCII letters and digits, without those of other scripts."""
    plain = "".join(char for char in decomposed(text).lower() if not unicodedata.combining(char))
    return re.findall(r"[a-z0-9]+", plain)
