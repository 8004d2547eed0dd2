"""Collect the characters that no font of the PDF has, and warn once for each script, with where its fonts come from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from fontTools import unicodedata as scripts

from ...common.warning_types import Warn, warn

EMOJI = "Emoji"
SYMBOLS = "Zyyy"
"""Code of Unicode for characters that belong to no script."""
NO_GLYPH_NEEDED = "\t\n\r\u00ad\u200b\u200c\u200d\u2060\ufe0e\ufe0f\ufeff"
CJK = ("Hani", "Hira", "Kana", "Hang", "Bopo")
CJK_BY_LANGUAGE = {"ja": "JP", "ko": "KR", "zh_TW": "TC", "zh_HK": "HK"}
"""Suffix of the Noto font that draws characters as a language has them; SC for all others."""
FAMILIES = {
    "Arab": ("Noto Naskh Arabic", "fonts-noto-core"),
    "Zsym": ("Noto Sans Symbols 2", "fonts-noto-core"),
    EMOJI: ("Noto Color Emoji", "fonts-noto-color-emoji"),
}
"""Family of fonts and its Debian package for scripts whose family is not named after the script."""
SANS_ONLY = frozenset(
    ["Syrc", "Thaa", "Nkoo", "Mong", "Cher", "Cans", "Java", "Bali", "Tfng", "Olck", "Samr", "Copt", "Goth", "Runr"]
)
"""Scripts for which Noto has no serif fonts."""
SCRIPTS_OF_LANGUAGES = {
    "am": "Ethi",
    "ar": "Arab",
    "bn": "Beng",
    "fa": "Arab",
    "gu": "Gujr",
    "he": "Hebr",
    "hi": "Deva",
    "hy": "Armn",
    "ja": "Hira",
    "ka": "Geor",
    "km": "Khmr",
    "kn": "Knda",
    "ko": "Hang",
    "lo": "Laoo",
    "ml": "Mlym",
    "mr": "Deva",
    "my": "Mymr",
    "ne": "Deva",
    "pa": "Guru",
    "si": "Sinh",
    "ta": "Taml",
    "te": "Telu",
    "th": "Thai",
    "ur": "Arab",
    "zh": "Hani",
}
"""Script of each language that is not written in Latin, Greek or Cyrillic letters."""
SAMPLES = {
    "Arab": "ع",
    "Armn": "ա",
    "Beng": "ক",
    "Deva": "क",
    "Ethi": "ሀ",
    "Geor": "ა",
    "Gujr": "ક",
    "Guru": "ਕ",
    "Hang": "한",
    "Hani": "的",
    "Hebr": "א",
    "Hira": "の",
    "Khmr": "ក",
    "Knda": "ಕ",
    "Laoo": "ກ",
    "Mlym": "ക",
    "Mymr": "က",
    "Sinh": "ක",
    "Taml": "க",
    "Telu": "క",
    "Thai": "ก",
}
"""One letter of each of these scripts."""


def script_of(char: str) -> str:
    """Return the script of a character by its code in ISO 15924, "Emoji" for pictures, "Zyyy" for other signs."""
    code = ord(char)
    if 0x3000 <= code <= 0x303F or 0xFF00 <= code <= 0xFFEF:
        return "Hani"  # Chinese and Japanese share this punctuation.
    script = str(scripts.script(char))
    if script in ("Zyyy", "Zinh", "Zzzz"):
        is_picture = code >= 0x1F000 or 0x2600 <= code <= 0x27BF or 0x2B00 <= code <= 0x2BFF
        return EMOJI if is_picture and unicodedata.category(char) in ("So", "Sk", "Cn") else SYMBOLS
    return script


def name_of(script: str) -> str:
    """Return the name of a script in English."""
    return script if script == EMOJI else str(scripts.script_name(script, script))


def family_for(script: str, language: str) -> tuple[str, str]:
    """Return a family that has a script, and the Debian package that contains it."""
    if script in CJK:
        code = CJK_BY_LANGUAGE.get(language) or CJK_BY_LANGUAGE.get(language.partition("_")[0])
        code = code or {"Hira": "JP", "Kana": "JP", "Hang": "KR", "Bopo": "TC"}.get(script, "SC")
        return f"Noto Serif CJK {code}", "fonts-noto-cjk"
    if script == SYMBOLS:
        return FAMILIES["Zsym"]
    return FAMILIES.get(script) or (
        f"Noto {'Sans' if script in SANS_ONLY else 'Serif'} {name_of(script)}",
        "fonts-noto-core",
    )


def remedy(script: str, language: str) -> str:
    """Return the sentence that says how to bring fonts of a script into the PDF."""
    family, package = family_for(script, language)
    return (
        f'name a font that has them, as d2lbook_pdf_fonts = {{"scripts": ["{family}"]}} does where that is installed '
        f"(on Debian and Ubuntu: apt-get install {package})"
    )


@dataclass
class _MissingCharacters:
    """Missing characters of one script."""

    location: Any
    """Location of the first character, as `warn` takes it."""
    chars: dict[str, None] = field(default_factory=dict)


class MissingGlyphs:
    """Characters of a book that no font has, by script."""

    def __init__(self, language: str, conf: str) -> None:
        """Start with none. ``language`` is Sphinx's, ``conf`` the path of conf.py."""
        self.language = language
        self.conf = conf
        self._missing: dict[str, _MissingCharacters] = {}

    def note(self, chars: Iterable[str], location: Any) -> None:
        """Record characters at a location."""
        for char in chars:
            missing = self._missing.setdefault(script_of(char), _MissingCharacters(location))
            missing.chars[char] = None

    def tell(self) -> None:
        """Warn once for each script; first, as a fault of conf.py, of the script of the book's own language."""
        own = SCRIPTS_OF_LANGUAGES.get(self.language.partition("_")[0], "")
        group = {"Hira": ("Hira", "Kana", "Hani"), "Hang": ("Hang", "Hani")}.get(own, (own,))
        mine = [script for script in group if script in self._missing]
        if mine:
            count = sum(len(self._missing.pop(script).chars) for script in mine)
            warn(
                Warn.GLYPH,
                "the book's language is %r, and the PDF has no font for it: %d characters print as boxes; %s",
                self.language,
                count,
                remedy(own, self.language),
                location=f"{self.conf}:1",
            )
        for script, missing in self._missing.items():
            warn(Warn.GLYPH, "%s", _sentence(script, list(missing.chars), self.language), location=missing.location)


def _sentence(script: str, chars: list[str], language: str) -> str:
    first = f"U+{ord(chars[0]):04X} ({unicodedata.name(chars[0], 'a character without a name')})"
    if len(chars) == 1:
        return f"no font of the PDF has {first}; it prints as a box; {remedy(script, language)}"
    rest = f"{len(chars) - 1} more" + ("" if script == SYMBOLS else f" of the script {name_of(script)}")
    return f"no font of the PDF has {first} and {rest}; they print as boxes; {remedy(script, language)}"
