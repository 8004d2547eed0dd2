"""Read the fonts that the compiled library of Typst carries.

The library names its fonts and does not give their files, but their bytes are in it as they are (seen in 0.15). A font
is found by its first bytes, and taken if the checksums of its tables are right. Without any, callers do without.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

SUFFIXES = (".so", ".pyd", ".dylib")
BEGINNING = re.compile(rb"OTTO|\x00\x01\x00\x00")
"""Matches the first bytes of fonts with outlines of either kind."""
HEADER, ENTRY = struct.Struct(">4sHHHH"), struct.Struct(">4sIII")
MOST_TABLES, MOST_BYTES = 40, 8_000_000
NEEDED = frozenset([b"cmap", b"head", b"name", b"OS/2"])


def library_fonts() -> list[bytes]:
    """Return the files of the fonts in the installed library, each once, in its order; none if it carries none."""
    spec = find_spec("typst")
    folders = [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []
    files = sorted(file for folder in folders for file in folder.iterdir() if file.suffix in SUFFIXES)
    return list(dict.fromkeys(font for file in files for font in _fonts_in(file)))


def _fonts_in(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as data:
        for match in BEGINNING.finditer(data):
            if (font := font_at(data, match.start())) is not None:
                yield font


def font_at(data: bytes | mmap.mmap, start: int) -> bytes | None:
    """Return the font that begins at ``start``; None for bytes that only look like its beginning."""
    if start + HEADER.size > len(data):
        return None
    _kind, count, *_search = HEADER.unpack_from(data, start)
    end = start + HEADER.size + count * ENTRY.size
    if not 0 < count <= MOST_TABLES or end > len(data):
        return None
    tables = [ENTRY.unpack_from(data, start + HEADER.size + number * ENTRY.size) for number in range(count)]
    if not {tag for tag, *_ in tables} >= NEEDED or any(offset + size > MOST_BYTES for _, _, offset, size in tables):
        return None
    length = max(offset + size for _, _, offset, size in tables)
    font = data[start : start + length + -length % 4]
    # That of `head` leaves out one of its fields.
    sums = [(_checksum(font[offset : offset + size]), value) for tag, value, offset, size in tables if tag != b"head"]
    return font if all(computed == given for computed, given in sums) else None


def _checksum(table: bytes) -> int:
    padded = table + bytes(-len(table) % 4)
    total: int = sum(struct.unpack(f">{len(padded) // 4}I", padded))
    return total & 0xFFFFFFFF
