"""Text that others wrote, such as the message of an exception, as it may be printed on a terminal.

A terminal obeys control characters: they clear it, change its title or let text run backwards. They are printed as
Python writes them in a string, and long text is cut.
"""

from __future__ import annotations

import re

OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
"""Control characters beside tab and line feed, those that order text of two directions, and halves of characters."""


def for_terminal(text: str) -> str:
    """Return ``text`` with escapes such as ``\\x1b`` in place of what a terminal would obey or could not print."""
    return OBEYED.sub(lambda found: ascii(found[0])[1:-1], text.replace("\r\n", "\n"))


def cut(text: str, characters: int, lines: int) -> str:
    """Return the beginning of ``text``, and how much more there is."""
    rows = text[: characters + 1].split("\n")
    kept = "\n".join(rows[:lines])[:characters]
    if len(kept) == len(text):
        return text
    return f"{kept} … ({len(text) - len(kept):,} more characters)"
