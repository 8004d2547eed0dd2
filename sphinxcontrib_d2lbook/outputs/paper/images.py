"""Images of the book: which the compiler can set, under which names, how large."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from sphinx.util.images import get_image_size

from ...common.image_signatures import SIGNATURES
from . import compiler

MIME_TYPES = ["image/svg+xml", "application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"]
"""What the compiler reads, best first. Of an animated GIF, the first picture is set."""

SUFFIXES: Mapping[str, str] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".pdf": "application/pdf",
}
"""Of the files that are known by how they begin."""


MAX_PIXELS = 250_000_000
"""Of one image: what is set takes four bytes for each, and an engine that has no room for them dies."""


@dataclass(frozen=True)
class Picture:
    """An image file."""

    data: bytes
    name: str
    """In the folder of images; "" if it cannot be set."""
    pixels: int = 0
    """Width of one made of pixels; 0 for vectors."""
    fault: str = ""
    """Why it cannot be set."""


REMOTE = Picture(b"", "", fault="it is on another host, and a build loads nothing; put a copy beside the page")
MISSING = Picture(b"", "", fault="there is no such file")


def load(path: Path, name: str) -> Picture:
    """The image at ``path``, looked into far enough that the compiler will not stop at it."""
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


def sound(pictures: Mapping[str, Picture], srcdir: Path) -> dict[str, Picture]:
    """The same, by address, those that would stop an engine marked as faulty: the compiler cannot set them alone."""
    checked = {}
    for uri, picture in pictures.items():
        fault = compiler.image_fault(srcdir / uri) if picture.name else ""
        checked[uri] = Picture(b"", "", fault=fault) if fault else picture
    return checked


def _svg_fault(data: bytes) -> str:
    try:
        root = ET.fromstring(data)
    except ET.ParseError as err:
        return f"it is no well-formed XML: {err}"
    return "" if root.tag.rpartition("}")[2] == "svg" else "its outermost element is not <svg>"
