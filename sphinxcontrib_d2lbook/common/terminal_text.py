"""Make foreign text, such as the message of an exception, safe to print on a terminal.

A terminal obeys control characters: they clear it, change its title or reverse the direction of text. They are replaced
by escapes as in Python strings, and long text is cut.
"""

from __future__ import annotations

import re

OBEYED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
"""Control characters except tab and line feed, characters that set the direction of text, and lone surrogates."""


def for_terminal(text: str) -> str:
    """Return ``text`` with escapes such as ``\\x1b`` for characters that a terminal would obey or could not print."""
    return OBEYED.sub(lambda match: ascii(match[0])[1:-1], text.replace("\r\n", "\n"))


def cut(text: str, characters: int, lines: int) -> str:
    """Return the beginning of ``text``, with a note of how much is missing.

    It has at most ``characters`` characters and ``lines`` lines.
    """
    rows = text[: characters + 1].split("\n")
    beginning = "\n".join(rows[:lines])[:characters]
    if len(beginning) == len(text):
        return text
    return f"{beginning} … ({len(text) - len(beginning):,} more characters)"
