"""Convert <mo>: the character, and the class that gives it its space.

The parser writes the space around an operator where it must differ from MathML's own, nearly always for the reasons for
which Typst leaves the space out too: a sign at the beginning, a relation beside another one, a script. A class is only
written if the author asked for another one than that of the character.
"""

from __future__ import annotations

import unicodedata
import xml.etree.ElementTree as ET
from itertools import dropwhile
from typing import Literal

from sphinxcontrib_d2lbook.mathematics.markers import length
from sphinxcontrib_d2lbook.mathematics.mathml_cleanup import text_of
from sphinxcontrib_d2lbook.mathematics.typst.rules import ElementContext, rule
from sphinxcontrib_d2lbook.mathematics.typst.syntax import call, char, classed, em, join, literal, space

INVISIBLE = frozenset("\u2061\u2062\u2063\u2064")
OPENING = frozenset("([{⟨⌊⌈⟦⟮⌜⌞")
CLOSING = frozenset(")]}⟩⌋⌉⟧⟯⌝⌟")
BARS = frozenset("|‖")
INTEGRALS = frozenset("∫∬∭⨌∮∯∰∱∲∳")
LARGE = INTEGRALS | frozenset("∑∏∐⋃⋂⨄⨆⋁⋀⨁⨂⨀⨿")
BINARY = frozenset("+-−±∓×÷·⋅∗∘⊕⊖⊗⊘⊙∧∨∩∪∖⋆")
DOTS = frozenset("…⋯")
PUNCTUATION = frozenset(",;")
RELATIONS_OF_TYPST = frozenset(":")
NO_SPACE, MEDIUM, THICK = 0.03, 0.2222, 0.2778
SCRIPTED = frozenset(("munder", "mover", "munderover", "msub", "msup", "msubsup"))


def applied(element: ET.Element) -> bool:
    """Return whether an element is the invisible sign after the name of a function."""
    return element.tag == "mo" and text_of(element) == "\u2061"


def core(element: ET.Element) -> ET.Element:
    """Return the operator under its scripts."""
    while element.tag in SCRIPTED and len(element):
        element = element[0]
    return element


def symbol(text: str) -> str:
    """Return the characters of an operator; a word of letters as text."""
    if len(text) > 1 and any(unicodedata.combining(part) for part in text):
        return literal(text)
    return (
        literal(text) if len(text) > 1 and any(part.isalnum() for part in text) else join([char(part) for part in text])
    )


@rule("mo")
def lone_operator(element: ET.Element, place: ElementContext) -> str:
    """Convert an operator that is the only element in its place."""
    return operator(element, place, alone=True)


def operator(element: ET.Element, place: ElementContext, *, alone: bool) -> str:
    """Convert an operator.

    ``alone``: it is neither beside another operator nor at an end, so missing space around it was intended.
    """
    text = text_of(element)
    if not text or text in INVISIBLE:
        return ""
    shown = symbol(text)
    if element.get("minsize"):
        return classed(_big_class(element, text), call("lr", shown, size=em(length(element.get("minsize")))))
    before, after, form = element.get("lspace"), element.get("rspace"), element.get("form")
    left, right = length(before, 1.0), length(after, 1.0)
    if text in BARS or form in ("prefix", "postfix"):
        if text in OPENING | CLOSING or text == "!":
            return shown
        return classed({"prefix": "opening", "postfix": "closing"}.get(form or "", "normal"), shown)
    if text in DOTS:
        around = [left if before else 0.0, right if after else 0.0]
        if text == "⋯" and 0.0 in around:  # MathML puts a space on one side if it is alone in a cell, and TeX none
            around = [0.0, 0.0]
        return join([space(around[0]), classed("normal", shown), space(around[1])])
    if text in LARGE:
        return shown
    if before and after and abs(left - THICK) < NO_SPACE and abs(right - THICK) < NO_SPACE:
        return shown if text in RELATIONS_OF_TYPST else classed("relation", shown)
    if before and after and abs(left - MEDIUM) < NO_SPACE and abs(right - MEDIUM) < NO_SPACE:
        return classed("binary", shown)
    if text in PUNCTUATION and (place.scripts or (after and right < NO_SPACE)):
        return classed("normal", shown)
    if before and after and left < NO_SPACE and right < NO_SPACE and alone and not place.scripts:
        return classed("normal", shown)
    return shown if len(text) == 1 else classed("relation", shown)


def in_row(elements: list[ET.Element], at: int, place: ElementContext) -> str:
    """Convert the operator at position ``at`` of a row.

    A sign lacks its space because of the element before it, a relation only because of both neighbours.
    """
    before = next(iter(dropwhile(_ignored, reversed(elements[:at]))), None)
    after = next(iter(dropwhile(_ignored, elements[at + 1 :])), None)
    beside = (before is None or _operator(before, OPENING), after is None or _operator(after, CLOSING))
    explained = any(beside) if text_of(elements[at]) in BINARY else all(beside)
    return operator(elements[at], place, alone=not explained)


def spaced(element: ET.Element, side: Literal["lspace", "rspace"]) -> bool:
    """Return whether Typst puts space on that side of an element, which explicit space there would remove."""
    inner = core(element)
    text = text_of(inner)
    if inner.tag != "mo" or not text or inner.get("form") in ("prefix", "postfix") or inner.get("minsize"):
        return False
    if text in OPENING | CLOSING | BARS | LARGE | INVISIBLE or text in DOTS | {"/", "\\", "!"}:
        return False
    return length(inner.get(side), 1.0) >= NO_SPACE


def _operator(element: ET.Element, ending: frozenset[str]) -> bool:
    """Return whether an operator beside another one explains a missing space.

    Every operator does, except for delimiters on their far side.
    """
    inner = core(element)
    far = CLOSING if ending is OPENING else OPENING
    return inner.tag == "mo" and text_of(inner) not in far | BARS | DOTS | {"!"}


def _ignored(element: ET.Element) -> bool:
    return element.tag == "mspace" and not element.get("width") and not element.get("style")


def _big_class(element: ET.Element, text: str) -> str:
    if text in OPENING:
        return "opening"
    if text in CLOSING:
        return "closing"
    if element.get("form") in ("prefix", "postfix"):
        return {"prefix": "opening", "postfix": "closing"}[element.get("form", "")]
    return "relation" if element.get("form") == "infix" else "normal"
