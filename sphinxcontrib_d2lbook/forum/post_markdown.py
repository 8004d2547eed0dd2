"""Text of the book in posts of a forum: Markdown, by one function that leaves nothing in it to be read as markup."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

from .interfaces import Section

PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
CALLS = re.compile(r"(?<=[@#:])(?=[\w+-])")
"""After what would call a user, a category or an emoji."""
WORD_JOINER = "\u2060"
LONGEST_SUMMARY = 600
BOTH_WAYS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn the direction of what follows, and of what is not theirs."""


def plain(text: str, longest: int) -> str:
    """``text`` on one line, without characters that cannot be seen, cut at ``longest`` characters."""
    kept = "".join(_visible(char) for char in text)
    kept = " ".join(kept.split())
    if len(kept) <= longest:
        return kept
    cut = kept[: longest - 1]
    words = cut.rpartition(" ")[0]
    return f"{(words if len(words) > longest // 2 else cut).rstrip()}…"


def _visible(char: str) -> str:
    if char in BOTH_WAYS or unicodedata.category(char) in ("Cs", "Co", "Cn"):
        return ""
    return " " if unicodedata.category(char) == "Cc" else char


def escape(text: str) -> str:
    """Markdown that shows ``text``, which is on one line, as it is.

    All ASCII punctuation is escaped, which CommonMark allows everywhere. Forums look for names, categories and emoji
    in the text that comes out of that, so an unseen character stands between a `@`, `#` or `:` and what it would call.
    """
    return PUNCTUATION.sub(r"\\\g<0>", CALLS.sub(WORD_JOINER, text))


def link(text: str, address: str) -> str:
    """Only what an address may hold stands between the pointed brackets."""
    safe = quote(address, safe="!#$%&'()*+,/:;=?@[]~")
    return f"[{escape(text)}](<{safe}>)"


def first_post(section: Section, book: str) -> str:
    """The section with its permanent address, the book, the summary. No word of ours: a book has its own language."""
    title = plain(section.title, 255) or section.identifier
    lines = [f"**{link(title, section.address)}**"]
    if named := plain(book, 255):
        lines[0] += f" · {escape(named)}"
    if summary := plain(section.summary, LONGEST_SUMMARY):
        lines += ["", f"> {escape(summary)}"]
    return "\n".join(lines) + "\n"
