"""MathML -> Typst's mathematics, one rule an element.

``syntax`` writes Typst, ``rules`` finds an element's rule, the other files hold the rules: ``leaves``, ``operators``,
``rows``, ``scripts``, ``tables``. The input is MathML as ``mathml.clean`` leaves it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from sphinxcontrib_d2lbook.mathematics.typst import leaves, operators, rows, scripts, tables
from sphinxcontrib_d2lbook.mathematics.typst.rules import ElementContext, apply
from sphinxcontrib_d2lbook.mathematics.typst.syntax import EMPTY, call, literal

LONGEST = 1000  # characters of unreadable TeX; Typst fails at runs of 65536 bytes

__all__ = ["leaves", "operators", "raw_tex", "rows", "scripts", "tables", "typeset"]


def typeset(math: ET.Element) -> str:
    """What goes between the dollars. Calls functions of ``mathematics.typ``."""
    return apply(math, ElementContext(top=True)) or EMPTY


def raw_tex(tex: str) -> str:
    """TeX that cannot be read, as it was written; the beginning of what is longer than any formula."""
    text = " ".join(tex.split())
    return call("mono", literal(text if len(text) <= LONGEST else text[:LONGEST] + "…"))
