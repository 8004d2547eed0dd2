"""Read lengths and sizes of paper that authors write in conf.py."""

from __future__ import annotations

import datetime as dt
import re

PAPERS = {
    "a4": (210.0, 297.0),
    "a5": (148.0, 210.0),
    "b5": (176.0, 250.0),
    "us-letter": (215.9, 279.4),
}
"""Width and height of the papers that have a name, in millimetres (ISO 216; ANSI A)."""
MM = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72}
"""Millimetres in one unit."""
LEAST, MOST = 70.0, 1200.0
"""Shortest and longest side of a page, in millimetres."""

_NUMBER = r"(\d+(?:\.\d+)?)"
_LENGTH = re.compile(rf"\s*{_NUMBER}\s*(mm|cm|in|pt)\s*")
_SIZE = re.compile(rf"\s*{_NUMBER}\s*[x×]\s*{_NUMBER}\s*(mm|cm|in|pt)\s*")


def millimetres(text: str) -> float:
    """Return a length such as "3 mm" or "0.125in" in millimetres. Raise ValueError if it is none."""
    match = _LENGTH.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no length such as '3mm', '1.5 cm', '0.125in' or '9pt'")
    return float(match[1]) * MM[match[2]]


def paper_size(text: str) -> tuple[float, float]:
    """Return width and height of a page in millimetres: of "a4", or of "17x24cm". Raise ValueError if it is neither."""
    named = PAPERS.get(text)
    if named:
        return named
    match = _SIZE.fullmatch(text)
    if not match:
        raise ValueError(f"{text!r} is no paper: it is one of {', '.join(PAPERS)}, or a size such as '17x24cm'")
    width, height = (float(side) * MM[match[3]] for side in match.group(1, 2))
    if not all(LEAST <= side <= MOST for side in (width, height)):
        raise ValueError(f"{text!r} has a side that is not between {LEAST:g} and {MOST:g} mm")
    return width, height


def day(text: str) -> dt.date:
    """Return the day that a text such as "2026-11-28" names. Raise ValueError if it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as err:
        raise ValueError(f"{text!r} is no day such as '2026-11-28'") from err
