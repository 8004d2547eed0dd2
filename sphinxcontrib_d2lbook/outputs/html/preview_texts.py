"""Take from the HTML of a page what previews of references to it show.

A preview shows a figure, table, listing, formula, theorem or exercise whole, a section by its title and its first
paragraph, an object by its signature and its first paragraph, a footnote or an entry of the bibliography by its text.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lxml import etree, html

MOST = 12_000
"""Length of the HTML of the longest preview: beyond that, it would hide the page."""
WHOLE = {"figure", "table", "aside"}
"""Elements that are shown whole."""
WHOLE_CLASSES = {"admonition", "proof", "exercise", "solution", "math", "citation", "literal-block-wrapper", "footnote"}
LEFT_OUT = ".//a[contains(@class,'headerlink')]|.//button|.//script|.//details|.//form|.//iframe"
EMPTY_TARGET = "span"


def preview_texts(body: str) -> dict[str, str]:
    """Return the previews of a page by the id that references lead to; "" is the page itself.

    Addresses in them are relative to the page, and they have no ids, since they are shown inside of other pages.
    """
    if not body.strip():
        return {}
    root = html.fragment_fromstring(body, create_parent="div")
    previews: dict[str, str] = {}
    for element in root.iter(etree.Element):
        name = element.get("id")
        shown = _shown(element) if name else None
        text = _text(shown) if shown is not None else ""
        if name and text:
            previews.setdefault(name, text)
    first = root.find(".//section")
    if first is not None:
        previews[""] = _text(_beginning(first))
    return {name: text for name, text in previews.items() if text}


def _shown(element: Any) -> Any | None:
    """Return what a preview of an element shows, as an element; None if there is nothing to be shown."""
    classes = set(element.get("class", "").split())
    if element.tag == "section":
        return _beginning(element)
    if element.tag == "dt":
        return _object(element)
    if element.tag in WHOLE or classes & WHOLE_CLASSES:
        return element
    if element.tag == EMPTY_TARGET and not len(element) and not (element.text or "").strip():
        # Further labels of a thing are empty elements before it, or at its beginning.
        behind = element.getnext()
        while behind is not None and behind.tag == EMPTY_TARGET and not len(behind):
            behind = behind.getnext()
        parent = element.getparent()
        nearest = parent if behind is None or behind.tag in ("h1", "h2", "h3", "h4", "h5", "h6") else behind
        return _shown(nearest) if nearest.tag != EMPTY_TARGET else None
    return None


def _beginning(section: Any) -> Any:
    """Return the title of a section with its first paragraph."""
    parts = html.Element("div")
    for child in section:
        if child.tag in ("h1", "h2", "h3", "h4", "h5", "h6") and not len(parts):
            title = deepcopy(child)
            title.tag, title.tail = "p", None
            title.set("class", "d2lbook-excerpt-title")
            parts.append(title)
        elif child.tag == "p":
            parts.append(_without_tail(child))
            break
        elif child.tag == "section":
            break
    return parts


def _object(signature: Any) -> Any:
    """Return the signature of an object with the first paragraph of its description."""
    parts = html.Element("div")
    parts.append(_without_tail(signature))
    parts[0].tag = "div"
    description = signature.getnext()
    paragraph = description.find("p") if description is not None and description.tag == "dd" else None
    if paragraph is not None:
        parts.append(_without_tail(paragraph))
    return parts


def _without_tail(element: Any) -> Any:
    copied = deepcopy(element)
    copied.tail = None
    return copied


def _text(shown: Any) -> str:
    copied = _without_tail(shown)
    for element in copied.xpath(LEFT_OUT):
        element.drop_tree()
    for element in copied.iter(etree.Element):
        element.attrib.pop("id", None)
        element.attrib.pop("tabindex", None)
    text = html.tostring(copied, encoding="unicode").strip()
    return text if len(text) <= MOST and (copied.text_content().strip() or copied.find(".//img") is not None) else ""
