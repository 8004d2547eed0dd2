"""Escape text for Typst. It reaches Typst only as a string literal, in which only the backslash and `"` are special."""

from __future__ import annotations

import re
import unicodedata

LONGEST_WHOLE = 24
"""Length, in characters, of the longest word of code that is never broken."""
_WORDS = re.compile(r"\s+|\S+")
_PARTS = re.compile(r"[^_./:,;=&?#%+@|~(){}\[\]\\-]*[_./:,;=&?#%+@|~(){}\[\]\\-]+|[^_./:,;=&?#%+@|~(){}\[\]\\-]+")
"""Matches a run of characters with the signs that end it, after which a word of code is best broken."""
NO_START = frozenset(":;!?/.,)]}")
"""Signs that no line begins with by Unicode's rules, not even after a space, though words of code may begin with them.
"""
LONGEST_NAME = 12
"""Length, in characters, of the longest word of code in a line of text that is not broken in its names."""
_IN_NAMES = re.compile(r"(?<=[^\W\d_][^\W_][_.])(?=[^\W\d_][^\W_])")
"""Matches behind an underscore or a full stop with two letters on either side, where names are best broken."""
_IN_LONG = re.compile(r"(?<=[/,;(\[{])(?=[^/,;(\[{])")
"""Matches where other long words are broken: in paths, addresses and calls, never beside an operator or a hyphen."""
_UNBROKEN = re.compile(r"[A-Za-z0-9_.]+")
"""Matches words in which Typst never breaks a line."""
_REPLACEMENT = "\N{REPLACEMENT CHARACTER}"


def literal(text: str) -> str:
    """Return a Typst string literal, quotes included, whose value is ``text``; lone surrogates become U+FFFD."""
    return '"' + "".join(_escaped(char) for char in text) + '"' if not _simple(text) else f'"{text}"'


def markup(text: str) -> str:
    """Return ``text`` as an expression in markup; "" for no text."""
    return f"#{literal(text)}" if text else ""


def breakable(text: str) -> list[str]:
    """Split code into pieces between which a line may be broken where Typst alone would not break it.

    Long names, paths and addresses are split after signs, and a word that begins with a sign of `NO_START` is split
    from the space before it. Words of ordinary length stay whole.
    """
    pieces: list[str] = []
    for word in _WORDS.findall(text):
        parts = [word]
        if len(word) > LONGEST_WHOLE:
            parts = _PARTS.findall(word)
            parts = [part[at : at + LONGEST_WHOLE] for part in parts for at in range(0, len(part), LONGEST_WHOLE)]
        if pieces and not (word[0] in NO_START and pieces[-1][-1].isspace()):
            pieces[-1] += parts.pop(0)
        pieces += parts
    return pieces


def code_words(text: str) -> list[list[str]]:
    """Split code in a line of text into words, and each word into pieces between which a line may be broken.

    Words of more than `LONGEST_NAME` characters are broken after `_` and `.`; what remains of more than `LONGEST_WHOLE`
    is broken after other signs, and else anywhere.
    """
    return [_pieces(word) for word in text.split()]


def _pieces(word: str) -> list[str]:
    pieces = _IN_NAMES.split(word) if len(word) > LONGEST_NAME else [word]
    finer = [part for piece in pieces for part in (_IN_LONG.split(piece) if len(piece) > LONGEST_WHOLE else [piece])]
    return [part[at : at + LONGEST_WHOLE] for part in finer for at in range(0, len(part), LONGEST_WHOLE)]


def is_breakable(piece: str) -> bool:
    """Check whether Typst might break a line inside a piece of code."""
    return not _UNBROKEN.fullmatch(piece)


def _simple(text: str) -> bool:
    return text.isascii() and text.isprintable() and '"' not in text and "\\" not in text


def _escaped(char: str) -> str:
    if char in '\\"':
        return "\\" + char
    category = unicodedata.category(char)
    if category == "Cs":
        return _REPLACEMENT
    # Control and format characters (bidirectional overrides among them) and line separators are written as escapes, so
    # that neither the compiler nor a reader of the generated file takes them for something else.
    if category[0] == "C" or category in ("Zl", "Zp"):
        return f"\\u{{{ord(char):x}}}"
    return char
