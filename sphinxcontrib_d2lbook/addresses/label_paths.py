"""Turn a label into one part of a path that is valid on every file system and server, and unique. Pure."""

from __future__ import annotations

import string
from collections.abc import Iterator

from ..common.files import digest

FOLDER = "go"
"""Folder of the site that contains all permanent addresses."""
LONGEST = 64
"""Greatest number of characters of a part; longer ones make QR codes too fine, and some file systems refuse them."""
PLAIN = frozenset(string.ascii_lowercase + string.digits + "_-.")
"""Characters that are not escaped. Capitals are, because some file systems do not distinguish them."""
DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{name}{digit}" for name in ("com", "lpt") for digit in range(10))})
"""Names that Windows takes for a device, with any suffix."""
_KEPT = 40


def path_part(label: str) -> str:
    """Return ``label`` with every other character as `~` and two hexadecimal digits for each byte of its UTF-8.

    A part begins with a letter, a digit or `~`, and does not end with a full stop. A long one is cut, and ends with
    `~~` and the beginning of the label's digest.
    """
    pieces = [char if char in PLAIN else _escaped(char) for char in label]
    if pieces and (label[0] in "_-." or label.partition(".")[0] in DEVICES):
        pieces[0] = _escaped(label[0])
    if label.endswith("."):
        pieces[-1] = _escaped(".")
    path = "".join(pieces)
    if len(path) > LONGEST:
        return f"{''.join(_first(pieces, _KEPT))}~~{digest(label)[:16]}"
    return path or "~"


def label_folder(label: str) -> str:
    """Return the folder of a label, relative to the root of the site and with a final slash. It is the address too."""
    return f"{FOLDER}/{path_part(label)}/"


def _escaped(char: str) -> str:
    return "".join(f"~{byte:02x}" for byte in char.encode("utf-8", "surrogatepass"))


def _first(pieces: list[str], most: int) -> Iterator[str]:
    """Yield as many whole pieces as fit into ``most`` characters."""
    for piece in pieces:
        most -= len(piece)
        if most < 0:
            return
        yield piece
