"""Convert MathML to Typst's mathematics, with one rule for each element.

`syntax` writes Typst, `rules` finds the rule of an element, and the other files hold the rules: `leaves`, `operators`,
`rows`, `scripts_and_fractions`, `tables`. The input is MathML as `mathml_cleanup.clean_mathml` returns it.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET

from sphinxcontrib_d2lbook.mathematics.typst import leaves, operators, rows, scripts_and_fractions, tables
from sphinxcontrib_d2lbook.mathematics.typst.rules import ElementContext, apply
from sphinxcontrib_d2lbook.mathematics.typst.syntax import EMPTY, call, literal

LONGEST = 1000  # characters of unreadable TeX; Typst fails at runs of 65536 bytes

__all__ = ["leaves", "operators", "raw_tex", "rows", "scripts_and_fractions", "tables", "typeset"]


def typeset(math: ET.Element) -> str:
    """Return what goes between the dollars. It calls functions of ``mathematics.typ``."""
    return apply(math, ElementContext(top=True)) or EMPTY


def raw_tex(tex: str) -> str:
    """Return TeX that cannot be read as it was written; only the beginning if it is longer than any formula."""
    text = " ".join(tex.split())
    return call("mono", literal(text if len(text) <= LONGEST else text[:LONGEST] + "…"))
