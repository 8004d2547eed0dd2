"""Resolve colours in formulas: names of CSS, which MathJax takes, and LaTeX's models.

The parser knows only LaTeX's names.
"""

from __future__ import annotations

from .mathml_parser import read
from .tex_tokens import TexError

CSS = dict(
    entry.split()
    for entry in """
aliceblue f0f8ff, antiquewhite faebd7, aqua 00ffff, aquamarine 7fffd4, azure f0ffff, beige f5f5dc, bisque ffe4c4,
blanchedalmond ffebcd, blueviolet 8a2be2, burlywood deb887, cadetblue 5f9ea0, chartreuse 7fff00,
chocolate d2691e, coral ff7f50, cornflowerblue 6495ed, cornsilk fff8dc, crimson dc143c, darkblue 00008b,
darkcyan 008b8b, darkgoldenrod b8860b, darkgreen 006400, darkgrey a9a9a9, darkkhaki bdb76b, darkmagenta 8b008b,
darkolivegreen 556b2f, darkorange ff8c00, darkorchid 9932cc, darkred 8b0000, darksalmon e9967a,
darkseagreen 8fbc8f, darkslateblue 483d8b, darkslategray 2f4f4f, darkslategrey 2f4f4f, darkturquoise 00ced1,
darkviolet 9400d3, deeppink ff1493, deepskyblue 00bfff, dimgray 696969, dimgrey 696969, dodgerblue 1e90ff,
firebrick b22222, floralwhite fffaf0, forestgreen 228b22, fuchsia ff00ff, gainsboro dcdcdc, ghostwhite f8f8ff,
gold ffd700, goldenrod daa520, greenyellow adff2f, grey 808080, honeydew f0fff0, hotpink ff69b4,
indianred cd5c5c, indigo 4b0082, ivory fffff0, khaki f0e68c, lavender e6e6fa, lavenderblush fff0f5,
lawngreen 7cfc00, lemonchiffon fffacd, lightblue add8e6, lightcoral f08080, lightcyan e0ffff,
lightgoldenrodyellow fafad2, lightgreen 90ee90, lightgrey d3d3d3, lightpink ffb6c1, lightsalmon ffa07a,
lightseagreen 20b2aa, lightskyblue 87cefa, lightslategray 778899, lightslategrey 778899, lightsteelblue b0c4de,
lightyellow ffffe0, limegreen 32cd32, linen faf0e6, maroon 800000, mediumaquamarine 66cdaa, mediumblue 0000cd,
mediumorchid ba55d3, mediumpurple 9370db, mediumseagreen 3cb371, mediumslateblue 7b68ee,
mediumspringgreen 00fa9a, mediumturquoise 48d1cc, mediumvioletred c71585, midnightblue 191970, mintcream f5fffa,
mistyrose ffe4e1, moccasin ffe4b5, navajowhite ffdead, navy 000080, oldlace fdf5e6, olivedrab 6b8e23,
orangered ff4500, orchid da70d6, palegoldenrod eee8aa, palegreen 98fb98, paleturquoise afeeee,
palevioletred db7093, papayawhip ffefd5, peachpuff ffdab9, peru cd853f, plum dda0dd, powderblue b0e0e6,
rebeccapurple 663399, rosybrown bc8f8f, royalblue 4169e1, saddlebrown 8b4513, salmon fa8072, sandybrown f4a460,
seagreen 2e8b57, seashell fff5ee, sienna a0522d, silver c0c0c0, skyblue 87ceeb, slateblue 6a5acd,
slategray 708090, slategrey 708090, snow fffafa, springgreen 00ff7f, steelblue 4682b4, tan d2b48c,
thistle d8bfd8, tomato ff6347, turquoise 40e0d0, wheat f5deb3, whitesmoke f5f5f5, yellowgreen 9acd32
""".split(",")  # noqa: SIM905
)
"""Name -> hexadecimal digits, for the names that the parser does not know. Source: CSS Color Module of the W3C."""


def known_by_name(name: str) -> str:
    """Return the hexadecimal digits of a CSS colour; "" for a name that is unknown or that the parser knows."""
    return name.removeprefix("#") if name.startswith("#") else CSS.get(name.lower(), "")


def rgb(model: str, value: str) -> tuple[int, int, int]:
    """Return red, green and blue, from 0 to 255, of a colour in one of LaTeX's models. Raise TexError for others."""
    try:
        if model == "HTML":
            digits = value.strip() if len(value.strip()) == 6 else "".join(2 * digit for digit in value.strip())
            numbers = list(bytes.fromhex(digits))
        else:
            factor = 1 if model == "RGB" else 255
            numbers = [round(float(part) * factor) for part in value.split(",")]
    except (ValueError, OverflowError):
        numbers = []
    if model == "gray":
        numbers *= 3
    if (
        model not in ("HTML", "RGB", "rgb", "gray")
        or len(numbers) != 3
        or not all(0 <= part <= 255 for part in numbers)
    ):
        raise TexError(f"{value!r} is not a colour of the model {model}")
    return numbers[0], numbers[1], numbers[2]


def hexadecimal(model: str, colour: str) -> str:
    """Return the six hexadecimal digits of a colour, as the other outputs show it. Raise TexError if it is unknown.

    ``model`` is one of LaTeX's, or "" for a name.
    """
    digits = known_by_name(colour) if not model else ""
    if model or digits:
        return "".join(f"{part:02X}" for part in rgb(model or "HTML", digits or colour))
    if not colour.isalnum():
        raise TexError(f"{colour!r} is not a colour")
    shown = next(
        (element.get("style", "") for element in read(rf"\textcolor{{{colour}}}{{x}}", display=False).iter("mrow")), ""
    )
    return shown.partition("#")[2].rstrip(";").upper()
