"""Convert identifiers, numbers, text and spaces."""

from __future__ import annotations

import unicodedata
import xml.etree.ElementTree as ET
from itertools import groupby

from sphinxcontrib_d2lbook.mathematics.markers import length
from sphinxcontrib_d2lbook.mathematics.mathml_cleanup import style_of, text_of
from sphinxcontrib_d2lbook.mathematics.typst.rules import ElementContext, rule
from sphinxcontrib_d2lbook.mathematics.typst.syntax import call, char, classed, em, join, literal, space

CHANCERY, ROUNDHAND = "\ufe00", "\ufe01"  # variation selectors after a script letter, for \mathcal and \mathscr
VARIANTS: dict[str, tuple[str, ...]] = {
    "normal": ("upright",),
    "bold": ("upright", "bold"),
    "italic": ("italic",),
    "bold-italic": ("italic", "bold"),
    "script": ("cal",),
    "bold-script": ("bold", "cal"),
    "double-struck": ("bb",),
    "fraktur": ("frak",),
    "bold-fraktur": ("bold", "frak"),
    "sans-serif": ("sans",),
    "bold-sans-serif": ("bold", "sans"),
    "monospace": ("mono",),
}
HTML_STYLES = {
    "b": ("mmlbold",),
    "i": ("mmlitalic",),
    "em": ("mmlitalic",),
    "strong": ("mmlbold",),
    "code": ("mono",),
    "tt": ("mono",),
}
"""Functions for runs of text; words in the letters of formulas would be too wide."""


@rule("mi")
def identifier(element: ET.Element, place: ElementContext) -> str:
    """Convert an identifier, with its style of letters."""
    text, variant = text_of(element), element.get("mathvariant", "")
    if CHANCERY in text or ROUNDHAND in text:
        return join([_script(letter, mark) for letter, mark in _letters(text)])
    if len(text) == 1:
        if text == ":":
            return classed("punctuation", char(text))
        if text.isdigit() and not text.isascii():
            return literal(text)  # Typst prints a blank beside a digit that is no number to it.
        # Typst's capital Greek letters are upright, and those of MathML slanted.
        slanted = ("italic",) if "Α" <= text <= "Ω" else ()
        return _wrapped(char(text), VARIANTS.get(variant, slanted))
    if all(ord(symbol) >= 0x1D400 and symbol.isalnum() for symbol in text) and text:
        runs = groupby(text, key=str.isdigit)
        return join([part for digits, run in runs for part in ([literal("".join(run))] if digits else map(char, run))])
    return _wrapped(literal(text), VARIANTS.get(variant, ())) if text else ""


@rule("mn")
def number(element: ET.Element, place: ElementContext) -> str:
    """Convert a number; one that Typst would read otherwise becomes text."""
    text = text_of(element)
    plain = text.isascii() and text.replace(".", "", 1).isdigit() and text[0] != "." and text[-1] != "."
    return _wrapped(text if plain else literal(text), VARIANTS.get(element.get("mathvariant", ""), ())) if text else ""


@rule("mtext", "ms", "annotation", "none", "mprescripts")
def text(element: ET.Element, place: ElementContext) -> str:
    """Convert text, with the bold and italic runs that the parser writes as HTML."""
    if element.tag not in ("mtext", "ms"):
        return ""
    parts = [_text(element.text, element)]
    for child in element:
        parts += [
            _wrapped(_text("".join(child.itertext()), element), _functions(child)),
            _text(child.tail, element),
        ]
    return join(parts)


@rule("mspace")
def blank(element: ET.Element, place: ElementContext) -> str:
    """Convert a space, or a rule of given width and height."""
    if element.get("class") == "math-rule":
        return call("mmlrule", em(length(element.get("width"))), em(length(element.get("height"))))
    style = style_of(element)
    return space(length(element.get("width")) + length(style.get("margin-left")))


def _text(text: str | None, element: ET.Element) -> str:
    if not text:
        return ""
    return _wrapped(literal(text.replace("\N{NO-BREAK SPACE}", " ")), VARIANTS.get(element.get("mathvariant", ""), ()))


def _functions(element: ET.Element) -> tuple[str, ...]:
    """Return the functions for a run of text in an element of HTML."""
    if "small-caps" in element.get("style", ""):
        return ("mmlcaps",)
    return HTML_STYLES.get(element.tag, ())


def _wrapped(body: str, names: tuple[str, ...]) -> str:
    for name in reversed(names) if body else ():
        body = call(name, body)
    return body


def _letters(text: str) -> list[tuple[str, str]]:
    marks = (CHANCERY, ROUNDHAND)
    return [
        (symbol, text[at + 1] if text[at + 1 : at + 2] in marks else "")
        for at, symbol in enumerate(text)
        if symbol not in marks
    ]


def _script(letter: str, mark: str) -> str:
    plain = unicodedata.normalize("NFKC", letter)
    if mark and len(plain) == 1:
        return call("scr" if mark == ROUNDHAND else "cal", char(plain))
    return char(letter)
