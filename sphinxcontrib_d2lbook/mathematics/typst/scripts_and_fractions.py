"""Convert elements with others above, below and beside them: scripts, limits, accents, braces, fractions, roots."""

from __future__ import annotations

import unicodedata
import xml.etree.ElementTree as ET

from sphinxcontrib_d2lbook.mathematics.markers import length
from sphinxcontrib_d2lbook.mathematics.mathml_cleanup import text_of
from sphinxcontrib_d2lbook.mathematics.typst import operators, rows
from sphinxcontrib_d2lbook.mathematics.typst.rules import ElementContext, apply, rule
from sphinxcontrib_d2lbook.mathematics.typst.syntax import EMPTY, call, char, classed

ACCENTS = {
    "ˆ": "hat", "^": "hat", "\u0302": "hat", "~": "tilde", "˜": "tilde", "\u0303": "tilde",
    "¯": "macron", "ˉ": "macron", "˙": "dot", "\u0307": "dot", "¨": "dot.double", "\u0308": "dot.double",
    "\u20db": "dot.triple", "\u20dc": "dot.quad", "ˇ": "caron", "\u030c": "caron", "˘": "breve", "\u0306": "breve",
    "´": "acute", "\u0301": "acute", "`": "grave", "\u0300": "grave", "˚": "circle", "\u030a": "circle",
    "→": "arrow", "\u20d7": "arrow", "←": "arrow.l", "↔": "arrow.l.r", "⇀": "harpoon", "↼": "harpoon.lt",
}  # fmt: skip
BRACES = {
    "⏟": "underbrace", "⏞": "overbrace", "⎵": "underbracket", "⎴": "overbracket",
    "⏝": "underparen", "⏜": "overparen", "⏡": "undershell", "⏠": "overshell",
}  # fmt: skip
LINES = frozenset("‾¯ˉ_―")


@rule("msub", "msup", "msubsup")
def beside(element: ET.Element, place: ElementContext) -> str:
    """Convert scripts beside a base."""
    base, *scripts = element
    names = {"msub": ("b",), "msup": ("t",), "msubsup": ("b", "t")}[element.tag]
    text = text_of(base)
    if base.tag == "mo" and text in operators.LARGE - operators.INTEGRALS:
        body = call("scripts", char(text))
    elif (rows.is_function(base) and place.function) or base.get("class") == "math-limits":
        body = rows.function(base, place)
        body = body[:-1] + ", limits: #false)"
    else:
        body = _atom(base, place)
        if base.tag in ("mo", "munder", "mover", "munderover") or base.get("class") == "math-operator":
            body = call("scripts", body)
    return _attached(body, dict(zip(names, scripts, strict=False)), place)


@rule("munder", "mover", "munderover")
def stacked(element: ET.Element, place: ElementContext) -> str:
    """Convert elements below and above a base: limits, accents, braces, labels of arrows."""
    base, *rest = element
    names = {"munder": ("b",), "mover": ("t",), "munderover": ("b", "t")}[element.tag]
    marks = dict(zip(names, rest, strict=False))
    if len(rest) == 1 and (body := _embraced(base, rest[0], element.tag, place)):
        return body
    text = text_of(base)
    if base.tag == "mo" and text in operators.LARGE:
        always = text in operators.INTEGRALS or base.get("movablelimits") == "false"
        body = call("limits", char(text)) if always else char(text)
        return _attached(body, marks, place)
    if base.tag == "mo" and _horizontal(text) and any(mark.tag in ("mover", "munder") for mark in rest):
        return classed("normal", _attached(call("limits", call("stretch", char(text), size="#100%")), marks, place))
    if rows.is_function(base) or base.get("class", "").startswith("math-limits"):
        return _attached(rows.function(base, place, limits=True), marks, place)
    body = _attached(call("limits", _atom(base, place)), marks, place)
    if base.tag == "mo" and operators.spaced(base, "lspace"):
        return classed("binary" if text in "+−±∓×⋅∘⊕⊗∗" else "relation", body)
    return body


@rule("mmultiscripts")
def around(element: ET.Element, place: ElementContext) -> str:
    """Convert scripts on both sides of a base."""
    base, *rest = element
    split = next((at for at, child in enumerate(rest) if child.tag == "mprescripts"), len(rest))
    named: dict[str, ET.Element] = {}
    for (low, high), marks in ((("br", "tr"), rest[:split]), (("bl", "tl"), rest[split + 1 :])):
        named.update({name: mark for name, mark in zip((low, high), marks, strict=False) if text_of(mark)})
    return _attached(call("scripts", _atom(base, place)), named, place)


@rule("mfrac")
def fraction(element: ET.Element, place: ElementContext) -> str:
    """Convert a fraction, or two elements above each other without a line."""
    above, below = (apply(child, ElementContext(place.scripts)) for child in element)
    if length(element.get("linethickness"), 1.0) == 0:
        return f"mmlgrid({above or EMPTY}; {below or EMPTY})"
    return call("frac", above, below)


@rule("msqrt")
def square_root(element: ET.Element, place: ElementContext) -> str:
    """Convert a square root."""
    return call("sqrt", rows.row(list(element), place))


@rule("mroot")
def root(element: ET.Element, place: ElementContext) -> str:
    """Convert a root with an index."""
    radicand, index = element
    return call("root", apply(index, ElementContext(place.scripts + 1)), apply(radicand, ElementContext(place.scripts)))


def _attached(body: str, marks: dict[str, ET.Element], place: ElementContext) -> str:
    inner = ElementContext(place.scripts + 1)
    marks = {name: mark for name, mark in marks.items() if mark.tag != "mrow" or len(mark)}
    return (
        body
        if not marks
        else call("attach", body, **{name: apply(_unpadded(mark), inner) for name, mark in marks.items()})
    )


def _atom(base: ET.Element, place: ElementContext) -> str:
    """Return a base that scripts attach to as a whole."""
    body = apply(base, ElementContext(place.scripts)) or EMPTY
    several = base.tag == "mrow" and len(base) > 1 and not body.startswith(("lr(", "cancel("))
    return classed("normal", body) if several or base.tag in ("msub", "msup", "msubsup") else body


def _unpadded(mark: ET.Element) -> ET.Element:
    """Return the label of an extensible arrow without the space of minimal width that the parser stacks it under."""
    while mark.tag in ("mover", "munder") and mark[1].tag == "mspace":
        mark = mark[0]
    return mark


def _embraced(base: ET.Element, mark: ET.Element, tag: str, place: ElementContext) -> str:
    """Return a base with an accent, a line, or a brace and its label; "" if ``mark`` is none of these."""
    inner, text = ElementContext(place.scripts), text_of(mark)
    if base.tag == tag and len(base) == 2 and base[1].tag == "mo" and (name := BRACES.get(text_of(base[1]))):
        return call(name, apply(base[0], inner), apply(mark, ElementContext(place.scripts + 1)))
    if mark.tag != "mo":
        return ""
    if text in BRACES:
        return call(BRACES[text], apply(base, inner))
    if text in LINES and (tag == "munder" or mark.get("stretchy") != "false"):
        return call("underline" if tag == "munder" else "overline", apply(base, inner))
    if text in ACCENTS and tag == "mover":
        size = {"size": "#60%"} if mark.get("stretchy") == "false" and len(text_of(base)) > 1 else {}
        return call("accent", apply(base, inner), ACCENTS[text], **size)
    return ""


def _horizontal(text: str) -> bool:
    return len(text) == 1 and (unicodedata.name(text, "").find("ARROW") >= 0 or text in "=⇌⇋↦")
