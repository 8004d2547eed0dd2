"""List the first bytes of image formats, by which a file's format can be checked."""

from __future__ import annotations

from collections.abc import Mapping

SIGNATURES: Mapping[str, tuple[bytes, ...]] = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "application/pdf": (b"%PDF-",),
}
"""Possible first bytes of a file, by MIME type."""
