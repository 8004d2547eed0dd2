"""A label as one part of a path: the same on every file system and server, and no two labels alike. Pure."""

from __future__ import annotations

import string
from collections.abc import Iterator

from ..common.files import digest

FOLDER = "go"
"""Of the site, for all permanent addresses."""
LONGEST = 64
"""Characters of a part; longer ones make codes fine and break file systems."""
PLAIN = frozenset(string.ascii_lowercase + string.digits + "_-.")
"""Characters that stand for themselves. Capitals do not: some file systems take them for small letters."""
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in range(10))})
"""What Windows takes for a device, with any suffix."""
_KEPT = 40


def part(label: str) -> str:
    """``label`` with every other character as `~` and two hexadecimal digits a byte of UTF-8.

    A part begins with a letter, a digit or `~`, and does not end with a full stop. A long one is cut, and has `~~` and
    the beginning of the label's digest at the end.
    """
    pieces = [char if char in PLAIN else _escaped(char) for char in label]
    if pieces and (label[0] in "_-." or label.partition(".")[0] in DEVICES):
        pieces[0] = _escaped(label[0])
    if label.endswith("."):
        pieces[-1] = _escaped(".")
    made = "".join(pieces)
    if len(made) > LONGEST:
        return f"{''.join(_first(pieces, _KEPT))}~~{digest(label)[:16]}"
    return made or "~"


def place(label: str) -> str:
    """The folder of a label, relative to the root of the site, with a slash at its end: it is also the address."""
    return f"{FOLDER}/{part(label)}/"


def _escaped(char: str) -> str:
    return "".join(f"~{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))


def _first(pieces: list[str], most: int) -> Iterator[str]:
    """As many whole pieces as fit into ``most`` characters."""
    for piece in pieces:
        most -= len(piece)
        if most < 0:
            return
        yield piece
