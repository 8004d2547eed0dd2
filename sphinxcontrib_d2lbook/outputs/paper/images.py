"""Check the images of the book, and give them names and sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from sphinx.util.images import get_image_size

from ...common.image_signatures import SIGNATURES
from . import compiler

MIME_TYPES = ["image/svg+xml", "application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"]
"""Types that the compiler reads, best first. Of an animated GIF, the first picture is set."""

SUFFIXES: Mapping[str, str] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
}
"""Type of the files that are known by their first bytes, by suffix."""


MAX_PIXELS = 250_000_000
"""Largest number of pixels of one image. Each takes four bytes while it is set, and an engine that runs out of memory
dies."""


@dataclass(frozen=True)
class Picture:
    """Image file."""

    data: bytes
    name: str
    """Name in the folder of images; "" if it cannot be set."""
    pixels: int = 0
    """Width in pixels; 0 for vector graphics."""
    fault: str = ""
    """Reason why it cannot be set; "" if it can."""


REMOTE = Picture(b"", "", fault="it is on another host, and a build downloads nothing; put a copy beside the page")
MISSING = Picture(b"", "", fault="there is no such file")


def load(path: Path, name: str) -> Picture:
    """Return the image at ``path``, checked far enough that the compiler will not stop at it."""
    try:
        data = path.read_bytes()
    except OSError as err:
        return Picture(b"", "", fault=err.strerror or str(err))
    suffix = path.suffix.lower()
    if suffix == ".svg":
        fault = _svg_fault(data)
    elif suffix in SUFFIXES:
        fault = "" if data.startswith(SIGNATURES[SUFFIXES[suffix]]) else f"its content is not what {suffix} says"
    else:
        fault = f"the compiler reads no {suffix or 'file without a suffix'}"
    if fault:
        return Picture(b"", "", fault=fault)
    size = get_image_size(path) if suffix not in (".svg", ".pdf") else None
    if size and size[0] * size[1] > MAX_PIXELS:
        return Picture(b"", "", fault=f"it has {size[0]} x {size[1]} pixels, more than can be held; make it smaller")
    return Picture(data, name, pixels=size[0] if size else 0)


def mark_faulty(pictures: Mapping[str, Picture], srcdir: Path, standards: Sequence[str] = ()) -> dict[str, Picture]:
    """Return the pictures by URI; those that would stop an engine, as Typst cannot set them alone, are faulty.

    ``standards`` are those that the PDF keeps.
    """
    checked = {}
    for uri, picture in pictures.items():
        fault = compiler.image_fault(srcdir / uri, standards) if picture.name else ""
        checked[uri] = Picture(b"", "", fault=fault) if fault else picture
    return checked


def _svg_fault(data: bytes) -> str:
    try:
        root = ET.fromstring(data)
    except ET.ParseError as err:
        return f"it is not well-formed XML: {err}"
    return "" if root.tag.rpartition("}")[2] == "svg" else "its outermost element is not <svg>"
