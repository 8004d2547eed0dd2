"""Convert rows, with fences, functions and their arguments, and spaces; also boxes and other special rows."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from sphinxcontrib_d2lbook.mathematics.markers import length
from sphinxcontrib_d2lbook.mathematics.mathml_cleanup import style_of, text_of
from sphinxcontrib_d2lbook.mathematics.typst import operators
from sphinxcontrib_d2lbook.mathematics.typst.rules import ElementContext, apply, rule
from sphinxcontrib_d2lbook.mathematics.typst.syntax import EMPTY, call, char, classed, em, join, literal, space

STRIKES = {
    "math-strike-up": {},
    "math-strike-down": {"inverted": "#true"},
    "math-strike-cross": {"cross": "#true"},
    "math-strike-through": {"angle": "#90deg"},
}
FUNCTION_SPACE = "0.1667em"  # as the parser writes it after a function; an author's \, has more digits
MEDIUM, THICK = 0.2222, 0.2778


def row(elements: list[ET.Element], place: ElementContext) -> str:
    """Return elements side by side."""
    inner = ElementContext(place.scripts)
    elements = [element for element in _flat(elements) if not _breaker(element)]
    parts: list[str] = []
    for at, element in enumerate(elements):
        before = elements[at - 1] if at else None
        after = elements[at + 1] if at + 1 < len(elements) else None
        if operators.applied(element) or (element.tag == "mspace" and element.get("width") == FUNCTION_SPACE):
            continue  # Typst's class for functions has this space already
        if element.tag == "mo":
            parts.append(operators.in_row(elements, at, inner))
        elif (after is not None and operators.applied(after)) or (_after_space(before) and is_function(element)):
            parts.append(function(element, ElementContext(place.scripts, function=True)))
        elif element.tag == "mspace":
            left = EMPTY if before is not None and operators.spaced(before, "rspace") else ""
            right = EMPTY if after is not None and operators.spaced(after, "lspace") else ""
            parts.append(join([left, apply(element, inner), right]))
        else:
            parts.append(apply(element, inner))
    return join(parts)


def function(element: ET.Element, place: ElementContext, limits: bool = False) -> str:
    """Return the name of a function as ``op("max")``, with scripts or without."""
    if element.tag in operators.SCRIPTED:
        return apply(element, place)
    if element.get("class", "").startswith("math-limits"):
        body = row(list(element), place)
    else:
        name = core_of(element)
        body = literal(text_of(name)) if name.tag in ("mi", "mtext") else apply(element, place)
    return call("op", body, limits="#true") if limits else call("op", body)


def core_of(element: ET.Element) -> ET.Element:
    """Return the only element in a row; the row itself if it has several."""
    while element.tag == "mrow" and not element.get("class") and not element.get("style"):
        inside = [child for child in element if not _breaker(child) and not operators.applied(child)]
        if len(inside) != 1:
            break
        element = inside[0]
    return element


def is_function(element: ET.Element) -> bool:
    """Return whether an element is a name of several upright letters, as from ``\\max`` and ``\\operatorname``."""
    inner = core_of(element)
    return inner is not element and inner.tag == "mi" and len(text_of(inner)) > 1 and text_of(inner)[0].isascii()


@rule("mrow", "mstyle", "math", "semantics", "merror", "mphantom")
def any_row(element: ET.Element, place: ElementContext) -> str:
    """Convert a row, with fences, strikes, boxes, links and sizes that its class asks for."""
    children = [child for child in element if not child.tag.startswith("annotation")]
    name = element.get("class", "")
    if element.tag == "mrow" and not children:
        return EMPTY
    if len(children) == 1 and children[0].tag == "mtable" and not name:
        return apply(children[0], ElementContext(place.scripts, top=place.top and element.tag in ("math", "semantics")))
    if element.tag == "mrow" and _fenced(children):
        return fenced(children, place)
    body = row(children, place)
    if name in STRIKES:
        return call("cancel", body, **STRIKES[name])
    if name == "math-box":
        return call("mmlbox", body)
    if name == "math-link":
        return call("mmllink", literal(element.get("data-href", "")), body)
    if name == "math-size":
        return call("mmlsize", em(length(element.get("mathsize")) / 100), body)
    if name.startswith("math-limits") or name == "math-operator":
        return call("op", body)
    return call("mmlhide", body) if element.tag == "mphantom" else body


def fenced(children: list[ET.Element], place: ElementContext) -> str:
    """Return ``\\left( … \\right)``: delimiters as tall as their content."""
    first, *middle, last = children
    opening, closing = (text_of(child).strip("".join(operators.INVISIBLE)) for child in (first, last))
    inside = ElementContext(place.scripts)
    if (opening, closing) == ("(", ")") and len(middle) == 1 and _is_choice(middle[0]):
        choice = middle[0]
        body = call("binom", apply(choice[0], inside), apply(choice[1], inside))
        style = {"true": "display", "false": "inline"}.get(choice.get("displaystyle", ""))
        body = call(style, body) if style else body
    else:
        parts: list[str] = []
        run: list[ET.Element] = []
        for child in middle:
            if child.tag == "mo" and child.get("stretchy") == "true" and not child.get("minsize"):
                parts += [row(run, inside), classed("normal", call("mid", operators.symbol(text_of(child))))]
                run = []
            else:
                run.append(child)
        edges = [_delimiter(opening, "opening"), _delimiter(closing, "closing")]
        body = call("lr", join([edges[0], *parts, row(run, inside), edges[1]]))
    return join([space(length(first.get("lspace"))), body, space(length(last.get("rspace")))])


@rule("mpadded")
def padded(element: ET.Element, place: ElementContext) -> str:
    """Convert content whose space or extent differs from its natural one."""
    body = row(list(element), place)
    style = style_of(element)
    left, right = length(style.get("padding-left")), length(style.get("padding-right"))
    for kind, width in (("relation", THICK), ("binary", MEDIUM)):
        if abs(left - width) < 0.01 and abs(right - width) < 0.01:
            return classed(kind, body)
    if left or right:
        return call("op", body)
    if element.get("height") == element.get("depth") == "0" and element.get("width") is None:
        if [child.tag for child in element] == ["mphantom"]:
            return call("mmlflat", body)
        return call("mmlsmash", call(("display", "script", "sscript")[min(place.scripts, 2)], body))
    if element.get("width") == "0":
        side = {"math-llap": "mmlleft", "math-clap": "mmlcentre"}.get(element.get("class", ""), "mmlright")
        # The content is a formula of its own in Typst, which begins in the size of text.
        return call(side, call("script" if place.scripts == 1 else "sscript", body) if place.scripts else body)
    return body


def _flat(elements: list[ET.Element]) -> list[ET.Element]:
    """Return the elements, with plain rows replaced by their children if they only hold a function and its argument."""
    out: list[ET.Element] = []
    for element in elements:
        plain = element.tag == "mrow" and not element.attrib and any(operators.applied(child) for child in element)
        out += _flat(list(element)) if plain else [element]
    return out


def _after_space(before: ET.Element | None) -> bool:
    return before is not None and before.tag == "mspace" and before.get("width") == FUNCTION_SPACE


def _breaker(element: ET.Element) -> bool:
    """Return whether an element is an empty <mspace/>, as the parser puts it before letters that are no operators."""
    return element.tag == "mspace" and not element.attrib


def _fenced(children: list[ET.Element]) -> bool:
    return len(children) > 1 and all(
        child.tag == "mo"
        and child.get("stretchy") != "false"
        and not child.get("minsize")
        and text_of(child)
        in operators.OPENING | operators.CLOSING | operators.BARS | {"\u2063", "/", "\\", "↑", "↓", "↕"}
        for child in (children[0], children[-1])
    )


def _is_choice(element: ET.Element) -> bool:
    return element.tag == "mfrac" and length(element.get("linethickness"), 1.0) == 0


def _delimiter(text: str, side: str) -> str:
    natural = operators.OPENING if side == "opening" else operators.CLOSING
    if not text:
        return ""
    return join([char(part) for part in text]) if text in natural else classed(side, operators.symbol(text))
