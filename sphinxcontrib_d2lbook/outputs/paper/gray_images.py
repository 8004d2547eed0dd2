"""Turn images into shades of gray, for editions that are printed with black ink alone.

Drawings stay drawings: the colours in an SVG are replaced by grays of the same luminance (Rec. 709, as sRGB defines
it). Other images are rendered at their own size, and drawings whose colours cannot be found are rendered, too.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

from sphinx.util.images import get_image_size

from ...common.pdf_reading import OpenPdf
from ...common.warning_types import Warn, warn
from .compiler import TypstFault, image_from_bytes
from .images import Picture

RENDERED_DPI = 300
"""Resolution at which drawings are rendered that cannot be rewritten."""
WEIGHTS = (0.2126, 0.7152, 0.0722)
"""Weights of red, green and blue in the luminance of a colour."""
NAMED = {
    "aqua": "00ffff", "blue": "0000ff", "brown": "a52a2a", "coral": "ff7f50", "crimson": "dc143c", "cyan": "00ffff",
    "darkblue": "00008b", "darkgreen": "006400", "darkorange": "ff8c00", "darkred": "8b0000", "fuchsia": "ff00ff",
    "gold": "ffd700", "green": "008000", "indigo": "4b0082", "lightblue": "add8e6", "lightgreen": "90ee90",
    "lime": "00ff00", "magenta": "ff00ff", "maroon": "800000", "navy": "000080", "olive": "808000", "orange": "ffa500",
    "orangered": "ff4500", "pink": "ffc0cb", "purple": "800080", "red": "ff0000", "royalblue": "4169e1",
    "salmon": "fa8072", "seagreen": "2e8b57", "skyblue": "87ceeb", "steelblue": "4682b4", "teal": "008080",
    "tomato": "ff6347", "turquoise": "40e0d0", "violet": "ee82ee", "yellow": "ffff00", "yellowgreen": "9acd32",
}  # fmt: skip
"""Colours of SVG that drawings name most often, as hexadecimal digits."""
NEUTRAL = frozenset(
    {"none", "transparent", "currentcolor", "inherit", "initial", "context-fill", "context-stroke", "black", "white"}
    | {"gray", "grey", "silver", "dimgray", "dimgrey", "darkgray", "darkgrey", "lightgray", "lightgrey", "gainsboro"}
    | {"whitesmoke"}
)
"""Values of a colour that have no hue."""

_PROPERTY = r"(?:fill|stroke|stop-color|flood-color|lighting-color|color)"
_VALUE = re.compile(rf"(\b{_PROPERTY}\s*(?:=\s*[\"']\s*|:\s*))([^\"';}}<>]+?)(?=\s*[\"';}}])", re.IGNORECASE)
_HEX = re.compile(r"#(?:([0-9a-f]{3,4})|([0-9a-f]{6})([0-9a-f]{2})?)", re.IGNORECASE)
_RGB = re.compile(r"rgba?\(\s*([\d.]+%?)[\s,]+([\d.]+%?)[\s,]+([\d.]+%?)\s*(.*)\)", re.IGNORECASE)
_EMBEDDED = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]+)")


class GrayImages:
    """Pictures without colours, each of which is made once for all editions of a book."""

    def __init__(self) -> None:
        self._made: dict[Picture, Picture] = {}

    def of(self, picture: Picture, file: Path) -> Picture:
        """Return a picture without colours. Warn of one that cannot be read, which keeps its colours.

        ``file`` is where the author has it.
        """
        if not picture.name:
            return picture  # The translator warns of what cannot be set at all.
        if picture not in self._made:
            try:
                self._made[picture] = in_gray(picture)
            except (TypstFault, ValueError) as err:
                self._made[picture] = picture
                fault = err.message if isinstance(err, TypstFault) else str(err)
                warn(
                    Warn.IMAGE,
                    "%s keeps its colours in editions in gray, as it cannot be read (%s); save it again with the "
                    "program that drew it, or give a gray copy",
                    file,
                    fault,
                )
        return self._made[picture]


def in_gray(picture: Picture) -> Picture:
    """Return a picture without colours. Raise compiler.TypstFault or ValueError for one that cannot be read."""
    stem, _dot, suffix = picture.name.rpartition(".")
    if suffix.lower() == "svg":
        try:
            return Picture(gray_svg(picture.data.decode("utf-8")).encode("utf-8"), picture.name)
        except (TypstFault, ValueError):
            pass  # A colour or an image in it cannot be read, and the drawing is rendered instead.
    data, width = rendered(picture.data, suffix, picture.pixels)
    # A rendered drawing has its own size back by the size that its pixels stand for.
    return Picture(data, f"{stem}-{suffix.lower()}.png", pixels=width if picture.pixels else 0)


def gray_svg(source: str) -> str:
    """Return a drawing with grays for its colours.

    Raise ValueError, or compiler.TypstFault, if one of them or an image in it cannot be read.
    """

    def replaced(match: re.Match[str]) -> str:
        return match[1] + _gray_value(match[2].strip())

    def embedded(match: re.Match[str]) -> str:
        image = base64.b64decode(match[2])
        data, _width = rendered(image, match[1], image_width(image, match[1]))
        return f"data:image/png;base64,{base64.b64encode(data).decode('ascii')}"

    return _EMBEDDED.sub(embedded, _VALUE.sub(replaced, source))


def _gray_value(value: str) -> str:
    """Return a value of a property of colour without hue. Raise ValueError."""
    lower = value.lower()
    if lower in NEUTRAL or lower.startswith(("url(", "var(")):
        return value
    hexadecimal = _HEX.fullmatch(value)
    if hexadecimal:
        short, long, opacity = hexadecimal.groups()
        digits = long or "".join(2 * digit for digit in short[:3])
        opacity = opacity or (2 * short[3] if short and len(short) == 4 else "")
        return f"#{3 * f'{_level(*bytes.fromhex(digits)):02x}'}{opacity}"
    rgb = _RGB.fullmatch(value)
    if rgb:
        level = _level(*(float(part[:-1]) * 2.55 if part.endswith("%") else float(part) for part in rgb.group(1, 2, 3)))
        inner = f"{level}, {level}, {level}"
        rest = rgb[4].strip(" ,/")
        return f"rgba({inner}, {rest})" if rest else f"rgb({inner})"
    if lower in NAMED:
        return f"#{3 * f'{_level(*bytes.fromhex(NAMED[lower])):02x}'}"
    raise ValueError(f"the colour {value!r}")


def _level(*rgb: float) -> int:
    """Return the gray, from 0 to 255, that is as light as a colour of sRGB."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (part / 255 for part in rgb)]
    light = sum(weight * part for weight, part in zip(WEIGHTS, linear, strict=True))
    encoded = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return round(255 * min(1.0, max(0.0, encoded)))


def rendered(data: bytes, suffix: str, pixels: int) -> tuple[bytes, int]:
    """Return an image as a gray PNG on white, and its width. ``pixels`` is its own width; 0 for a drawing."""
    # How large the compiler sets a pixel depends on the file; their number is what counts.
    with OpenPdf(image_from_bytes(data, suffix)) as document:
        rows, width, height = document.whole_picture(0, pixels or None, RENDERED_DPI)
    return gray_png(rows, width, height), width


def image_width(data: bytes, suffix: str) -> int:
    """Return the width of an image in pixels. Raise ValueError if it has none that can be read."""
    with TemporaryDirectory() as folder:
        file = Path(folder, f"image.{suffix}")
        file.write_bytes(data)
        size = get_image_size(file)
    if size is None:
        raise ValueError("an image in it")
    return size[0]


def gray_png(lines: list[bytes], width: int, height: int) -> bytes:
    """Return rows of gray values, a byte for each pixel, as a PNG (ISO/IEC 15948)."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"".join(b"\0" + line for line in lines), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
