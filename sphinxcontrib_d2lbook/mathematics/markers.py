"""Carry through the TeX parser what it has no command for.

`parser_input` writes ``{\\text{<marker>}…}``, from which the parser makes an <mrow> that begins with an <mtext>;
`mathml_cleanup` replaces that by the intended element. Markers are private-use characters, which `parser_input`
removes from authors' text.
"""

from __future__ import annotations

SMALL = "\ue001"  # a matrix in script size
MULTLINE = "\ue002"  # lines aligned left, centred and right
RLAP = "\ue003"
LLAP = "\ue004"
CLAP = "\ue005"
SMASH = "\ue006"
RULE = "\ue007"  # with width and height, in em
OPERATOR = "\ue008"  # \mathop: limits above and below in displayed formulas
LIMITS = "\ue009"  # \mathop{…}\limits
PAIRS = "\ue011"  # aligned lines without a gap between pairs of columns
SCRIPTS = "\ue010"  # \mathop{…}\nolimits
BACKGROUND = "\ue00a"  # \colorbox: then an element of that colour, then the content
LINK = "\ue00b"  # \href: then the address in hexadecimal digits, then the content
COLOUR = "\ue00d"  # a colour without a name, with its red, green and blue
SIZE = "\ue00c"  # \large and the like, with the factor
QUOTE = "\ue00e"  # a straight quotation mark in text, which the parser would set as a curly one
BETWEEN = "\ue00f"  # between parameters

ALL = frozenset(
    (SMALL, MULTLINE, PAIRS, RLAP, LLAP, CLAP, SMASH, RULE, OPERATOR, LIMITS, SCRIPTS, BACKGROUND, LINK, COLOUR, SIZE)
)

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
    r"""Return a ``\text`` that contains the marker. The caller puts it in a group, before what it applies to."""
    return r"\text{" + BETWEEN.join((marker, *(f"{value:g}" for value in parameters))) + "}"


def length(text: str | None, default: float = 0.0) -> float:
    """Return a length of TeX or CSS in em; bare numbers are em. Return ``default`` for what is not a length."""
    value = (text or "").strip()
    digits = value.rstrip("abcdefghijklmnopqrstuvwxyz%")
    try:
        number = float(digits)
    except ValueError:
        return default
    if not abs(number) < 1000:
        return default
    return number * UNITS.get(value[len(digits) :].strip(), 1.0)
