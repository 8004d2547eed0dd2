"""What the TeX parsers have no word for, carried through them.

``prepare`` writes ``{\\text{<marker>}…}``, the parser makes an <mrow> that begins with an <mtext> of it, ``mathml``
puts the meant element there. Markers are private-use characters, which ``prepare`` takes out of authors' text.
"""

from __future__ import annotations

SMALL = "\ue001"  # a matrix in script size
MULTLINE = "\ue002"  # lines to the left, the middle and the right
RLAP = "\ue003"
LLAP = "\ue004"
CLAP = "\ue005"
SMASH = "\ue006"
RULE = "\ue007"  # with width and height, in em
OPERATOR = "\ue008"  # \mathop: limits where a displayed formula has them
LIMITS = "\ue009"  # \mathop{…}\limits
BACKGROUND = "\ue00a"  # \colorbox: then something of that colour, then the content
LINK = "\ue00b"  # \href: then the address in hexadecimal digits, then the content
COLOUR = "\ue00d"  # a colour that is no name, with its red, green and blue
SIZE = "\ue00c"  # \large and its like, with the factor
QUOTE = "\ue00e"  # a straight quotation mark in text, which the parser would set as a curly one
BETWEEN = "\ue00f"  # between parameters

ALL = frozenset((SMALL, MULTLINE, RLAP, LLAP, CLAP, SMASH, RULE, OPERATOR, LIMITS, BACKGROUND, LINK, COLOUR, SIZE))

UNITS = {
    "%": 1.0,
    "em": 1.0,
    "ex": 0.43,
    "pt": 0.1,
    "px": 0.075,
    "mu": 1 / 18,
    "in": 7.2,
    "cm": 2.85,
    "mm": 0.285,
    "rem": 1.0,
}


def tex(marker: str, *parameters: float) -> str:
    r"""A ``\text`` that holds the marker; the caller puts a group around it and what it applies to."""
    return r"\text{" + BETWEEN.join((marker, *(f"{value:g}" for value in parameters))) + "}"


def length(text: str | None, default: float = 0.0) -> float:
    """A length of TeX or CSS in em; ``default`` for what is none. Bare numbers are em."""
    value = (text or "").strip()
    digits = value.rstrip("abcdefghijklmnopqrstuvwxyz%")
    try:
        number = float(digits)
    except ValueError:
        return default
    if not abs(number) < 1000:
        return default
    return number * UNITS.get(value[len(digits) :].strip(), 1.0)
