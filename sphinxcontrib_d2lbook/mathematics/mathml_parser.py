"""Parse prepared TeX to a MathML tree with math-core, which only this file imports."""

from __future__ import annotations

import html
import re
import xml.etree.ElementTree as ET
from functools import cache

from math_core import LatexError, LatexToMathML

from sphinxcontrib_d2lbook.mathematics.mathml_cleanup import clean_mathml
from sphinxcontrib_d2lbook.mathematics.tex_tokens import TexError

DEEPEST = 80  # elements inside one another; Typst ends at some 250 calls
ARITY = {"msub": 2, "msup": 2, "msubsup": 3, "munder": 2, "mover": 2, "munderover": 3, "mfrac": 2, "mroot": 2}
EXCERPT = 24  # characters of TeX shown in a problem
ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]*);")


def read(prepared: str, *, display: bool) -> ET.Element:
    """Return the <math> element of ``prepared``, cleaned. Raise TexError with the parser's reason if it refuses."""
    try:
        return _tree(_parser().convert_with_local_state(prepared, displaystyle=display), display=display)
    except LatexError as error:
        raise TexError(_reason(str(error), prepared)) from None
    except ET.ParseError:
        raise TexError("the parser's MathML is not well-formed") from None


@cache
def _parser() -> LatexToMathML:
    return LatexToMathML(fancy_error=False, allow_unreliable_rendering=True)


def _tree(text: str, *, display: bool) -> ET.Element:
    math = ET.fromstring(ENTITY.sub(lambda match: html.unescape(match[0]), text))
    if any(len(element) != ARITY.get(element.tag.rpartition("}")[2], len(element)) for element in math.iter()):
        raise ET.ParseError("an element lacks a child")
    if _depth(math) > DEEPEST:
        raise TexError(f"the formula is nested more than {DEEPEST} deep")
    return clean_mathml(math, display=display)


def _depth(root: ET.Element) -> int:
    deepest, level = 0, [root]
    while level:
        deepest += 1
        level = [child for element in level for child in element]
    return deepest


def _reason(message: str, prepared: str) -> str:
    """Rewrite the parser's message: ``0: Unknown command "\\foo".`` -> ``unknown command "\\foo" (at "\\foo{x}")``."""
    place, colon, text = message.partition(": ")
    if not colon or not place.isdigit():
        return message.strip()
    sentence = text.strip().rstrip(".")
    sentence = sentence[:1].lower() + sentence[1:]
    after = prepared[int(place) :].strip()
    excerpt = after if len(after) <= EXCERPT else after[:EXCERPT] + "…"
    visible = "".join(char for char in excerpt if char.isprintable())
    return f"{sentence} (at {visible!r})" if visible else f"{sentence} (at the end)"
