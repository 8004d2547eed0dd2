"""How files of pictures begin, by which one can tell whether they are what they say."""

from __future__ import annotations

from collections.abc import Mapping

SIGNATURES: Mapping[str, tuple[bytes, ...]] = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
}
"""MIME type -> the bytes with one of which its files begin."""
