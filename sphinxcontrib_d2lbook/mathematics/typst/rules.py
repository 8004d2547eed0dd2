"""Register the rule of each MathML element, and apply the rules to a tree."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass

from sphinxcontrib_d2lbook.mathematics.mathml_cleanup import style_of, text_of
from sphinxcontrib_d2lbook.mathematics.typst.syntax import call, literal


@dataclass(frozen=True)
class ElementContext:
    """Context of an element in the formula."""

    scripts: int = 0  # depth of scripts; operators in scripts have no space around them
    function: bool = False  # the element is the name of a function, with its scripts, before an argument
    top: bool = False  # nothing but the formula is around it, so the rows of a table may be lines of the formula


Rule = Callable[[ET.Element, ElementContext], str]
RULES: dict[str, Rule] = {}
HEX = frozenset("0123456789abcdefABCDEF")


def rule(*tags: str) -> Callable[[Rule], Rule]:
    """Return a decorator that registers a function as the rule of elements."""

    def register(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(tags, function))
        return function

    return register


def apply(element: ET.Element, place: ElementContext) -> str:
    """Return the Typst of one element, with its style and colour."""
    element_rule = RULES.get(element.tag)
    body = element_rule(element, place) if element_rule else literal(text_of(element)) if text_of(element) else ""
    return _colored(element, _styled(element, body)) if body else ""


def _styled(element: ET.Element, body: str) -> str:
    if element.tag in ("mtable", "math", "mo"):
        return body  # a table gives its cells their style
    display, level = element.get("displaystyle"), element.get("scriptlevel")
    if display == "true":
        return call("display", body)
    if display == "false" and level in ("0", None):
        return call("inline", body)
    return {"1": call("script", body), "2": call("sscript", body)}.get(level or "", body)


def _colored(element: ET.Element, body: str) -> str:
    style = style_of(element)
    front = _color(element.get("mathcolor") or style.get("color", ""))
    back = _color(element.get("mathbackground") or style.get("background-color", ""))
    if front:
        body = call("mmlcolor", literal(front), body)
    return call("mmlbackground", literal(back), body) if back else body


def _color(value: str) -> str:
    """Return ``#rrggbb`` or ``#rgb`` as it is; "" for any other value."""
    digits = value.removeprefix("#")
    return value if value.startswith("#") and len(digits) in (3, 6) and set(digits) <= HEX else ""
