"""Write text of the book as Markdown for posts of a forum. One function escapes everything that could be markup."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from .interfaces import Section

PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
CALLS = re.compile(r"(?<=[@#:])(?=[\w+-])")
"""Position after a character that would call a user, a category or an emoji."""
WORD_JOINER = "\u2060"
LONGEST_SUMMARY = 600
BOTH_WAYS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that set the direction of the text that follows, which may be the text of others."""


def plain(text: str, longest: int) -> str:
    """Return ``text`` on one line, without invisible characters, cut at ``longest`` characters."""
    visible = "".join(_visible(char) for char in text)
    visible = " ".join(visible.split())
    if len(visible) <= longest:
        return visible
    cut = visible[: longest - 1]
    words = cut.rpartition(" ")[0]
    return f"{(words if len(words) > longest // 2 else cut).rstrip()}…"


def _visible(char: str) -> str:
    if char in BOTH_WAYS or unicodedata.category(char) in ("Cs", "Co", "Cn"):
        return ""
    return " " if unicodedata.category(char) == "Cc" else char


def escape(text: str) -> str:
    """Return Markdown that shows ``text``, which is on one line, as it is.

    All ASCII punctuation is escaped, which CommonMark allows everywhere. Forums search the resulting text for names,
    categories and emoji. So an invisible character is put between a `@`, `#` or `:` and the word that it would call.
    """
    return PUNCTUATION.sub(r"\\\g<0>", CALLS.sub(WORD_JOINER, text))


def link(text: str, address: str) -> str:
    """Return a link in Markdown. Only characters of addresses stand between its angle brackets."""
    safe = quote(address, safe="!#$%&'()*+,/:;=?@[]~")
    return f"[{escape(text)}](<{safe}>)"


def first_post(section: Section, book: str) -> str:
    """Return the section's title with its permanent address, the book's title and the summary.

    There are no words of ours, because a book has its own language.
    """
    title = plain(section.title, 255) or section.identifier
    lines = [f"**{link(title, section.address)}**"]
    if named := plain(book, 255):
        lines[0] += f" · {escape(named)}"
    if summary := plain(section.summary, LONGEST_SUMMARY):
        lines += ["", f"> {escape(summary)}"]
    return "\n".join(lines) + "\n"
