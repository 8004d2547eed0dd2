"""Estimate how wide a formula is and where it can be broken, for outputs that must decide before they measure."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import NamedTuple

from .mathml_cleanup import text_of

SCRIPT = 0.7
BREAKS = frozenset("=<>≤≥≠≈≡∼≃≅∝∈∉⊂⊆⊃⊇→←↔⇒⇐⇔↦≔∣+-−±∓×·⋅∗∘⊕⊗∪∩∧∨")
"""Relations and operators before or after which a line may end."""
PLAIN_ROWS = ("mrow", "mstyle", "math")


class Size(NamedTuple):
    """Estimated size of a formula."""

    width: float
    """Width in characters."""
    unbroken: float
    """Fraction of the width, from 0 to 1, that the longest unbreakable piece takes."""
    tall: bool = False
    """Whether it is higher than a line of text, because it has fractions or is a table."""


NOTHING = Size(0, 1)


def estimated_size(math: ET.Element) -> Size:
    """Return the estimated size of a formula."""
    children = list(math)
    while len(children) == 1 and children[0].tag in PLAIN_ROWS and not children[0].get("class"):
        children = list(children[0])
    pieces = [0.0]
    for child in children:
        pieces[-1] += _width(child)
        if child.tag == "mo" and text_of(child) in BREAKS:
            pieces.append(0.0)
    width = sum(pieces)
    broken = any(child.tag == "mtable" for child in children) or width == 0
    tall = any(element.tag in ("mfrac", "mtable") for element in math.iter())
    return Size(width, 1.0 if broken else max(pieces) / width, tall)


def _width(element: ET.Element) -> float:
    children = [_width(child) for child in element]
    if element.tag == "mphantom" or element.tag.startswith("annotation"):
        return sum(children)
    if element.tag in ("mfrac", "munder", "mover", "munderover"):
        return max(children, default=0)
    if element.tag in ("msub", "msup"):
        return sum(children[:1]) + SCRIPT * sum(children[1:])
    if element.tag == "msubsup":
        return sum(children[:1]) + SCRIPT * max(children[1:], default=0)
    if element.tag == "mtable":
        rows = [[_width(cell) for cell in row] for row in element]
        return sum(max(column) for column in _columns(rows))
    return len(text_of(element)) if not children else sum(children)


def _columns(rows: list[list[float]]) -> list[list[float]]:
    longest = max(map(len, rows), default=0)
    return [[row[at] for row in rows if at < len(row)] for at in range(longest)]
