"""Rewrite the parser's MathML to MathML that browsers show and that the rules for Typst read.

The result is MathML Core: no ``menclose`` (boxes and strikes are an <mrow> with a class that math.css draws), no named
entities, ellipses as one character, and markers replaced by the elements that they stand for.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from copy import deepcopy

from . import markers
from .markers import length
from .tex_tokens import TexError

ENCLOSURES = {
    "updiagonalstrike": "math-strike-up",
    "downdiagonalstrike": "math-strike-down",
    "updiagonalstrike downdiagonalstrike": "math-strike-cross",
    "horizontalstrike": "math-strike-through",
    "box": "math-box",
    "roundedbox": "math-box",
}
DOTS = {".": "…", "·": "⋯"}
THIN = "0.1667em"
PUNCTUATION = (",", ";")
SCRIPTED = ("msub", "msup", "msubsup", "munder", "mover", "munderover", "mmultiscripts", "mfrac")
PRIMES = frozenset("′″‴⁗")
VECTOR = "\u20d7"
LEANING = ("\N{COMBINING THREE DOTS ABOVE}", "\N{COMBINING FOUR DOTS ABOVE}")
OVERLINE = "\N{OVERLINE}"
UNDERLINE = "_"
COMBINING_LOW_LINE = "\N{COMBINING LOW LINE}"
JUSTIFIED = {"left": "start", "right": "end"}
LIMITS = ("math-limits", "math-limits-always")
SMALL_STYLE = {"displaystyle": "false", "scriptlevel": "1"}


def clean_mathml(math: ET.Element, *, display: bool) -> ET.Element:
    """Return the tree with local names and the vocabulary above. Changes ``math``."""
    for element in math.iter():
        element.tag = element.tag.rpartition("}")[2]
        if element.text and markers.QUOTE in element.text:
            element.text = element.text.replace(markers.QUOTE, '"')
        if element.tail and markers.QUOTE in element.tail:
            element.tail = element.tail.replace(markers.QUOTE, '"')
    _clean_children(math, display)
    _space_dots(math)
    attributes = {"display": "block"} if display else {}
    cleaned = ET.Element("math", attributes)
    cleaned.extend(math)
    return cleaned


def with_source(math: ET.Element, tex: str) -> ET.Element:
    """Return a copy of ``math`` with its TeX in an annotation."""
    result = ET.Element("math", {"xmlns": "http://www.w3.org/1998/Math/MathML", **math.attrib})
    semantics = ET.SubElement(result, "semantics")
    row = ET.SubElement(semantics, "mrow")
    row.extend(deepcopy(list(math)))
    _make_links(row)
    _wrap_sized_bases(row)
    _center_dots(row)
    annotation = ET.SubElement(semantics, "annotation", {"encoding": "application/x-tex"})
    annotation.text = "".join(char if xml_char(char) else "\N{REPLACEMENT CHARACTER}" for char in tex)
    return result


def _make_links(tree: ET.Element) -> None:
    """Replace links by HTML's, in an <mtext> and with the formula inside, because MathML Core has none."""
    for element in list(tree.iter()):
        if element.get("class") != "math-link":
            continue
        content, address = list(element), element.attrib.pop("data-href")
        element.clear()
        element.tag = "mtext"
        attributes = {"xmlns": "http://www.w3.org/1999/xhtml", "class": "reference external", "href": address}
        inner = {"xmlns": "http://www.w3.org/1998/Math/MathML"}
        ET.SubElement(ET.SubElement(element, "a", attributes), "math", inner).extend(content)


def _wrap_sized_bases(tree: ET.Element) -> None:
    """Put a delimiter of given size that carries a script in a row of its own; else Chromium moves it vertically."""
    for element in tree.iter():
        if element.tag in ("msub", "msup", "msubsup") and element[0].tag == "mo" and element[0].get("minsize"):
            element[0] = _row([element[0]])


def _center_dots(tree: ET.Element) -> None:
    """Put a space before dots over a letter that fonts draw to the left of their place, as they have no width."""
    for element in tree.iter("mover"):
        if element[-1].tag == "mo" and element[-1].text in LEANING:
            element[-1] = _row([ET.Element("mspace", {"width": "0.46em"}), element[-1]])


def fallback(tex: str, *, display: bool) -> ET.Element:
    """Return the TeX itself, marked as an error, for a formula that cannot be parsed."""
    math = ET.Element("math", {"display": "block"} if display else {})
    text = ET.SubElement(ET.SubElement(math, "merror"), "mtext")
    text.text = "".join(char if xml_char(char) else "\N{REPLACEMENT CHARACTER}" for char in tex)
    return math


def as_text(math: ET.Element) -> str:
    """Return an element as one line of XML."""
    return ET.tostring(math, encoding="unicode", short_empty_elements=False).replace("\r", "&#13;").replace("\n", " ")


def xml_char(char: str) -> bool:
    """Return whether XML 1.0 can contain a character, except for the controls that HTML forbids."""
    code = ord(char)
    if code < 0xA0:
        return 0x20 <= code < 0x7F or char in "\t\n\r"
    return not 0xD800 <= code <= 0xDFFF and code & 0xFFFE != 0xFFFE


def text_of(element: ET.Element) -> str:
    """Return all text inside an element, without spaces around it."""
    return "".join(element.itertext()).strip()


def style_of(element: ET.Element) -> dict[str, str]:
    """Return the ``style`` attribute of an element as properties."""
    pairs = (item.partition(":") for item in element.get("style", "").split(";"))
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


def _clean_children(parent: ET.Element, display: bool) -> None:
    """Rewrite everything below ``parent``, innermost elements first."""
    for child in parent:
        _clean_children(child, display)
    if parent.tag in ("math", "mrow", "mtd", "msqrt", "mstyle", "mpadded", "mphantom", "merror", "menclose"):
        parent[:] = _joined_dots(list(parent))
    if parent.tag in ("mover", "munder") and len(parent) == 2 and parent[1].text == COMBINING_LOW_LINE:
        parent[1].text = OVERLINE if parent.tag == "mover" else UNDERLINE
    if parent.tag == "mover" and len(parent) == 2 and parent[1].text == VECTOR:
        parent[1].text = "→"
        parent[1].set("class", "math-vector")  # the combining arrow has no width, so it would be too far to the left
    if parent.tag in ("mover", "munder") and len(parent) == 2 and _arrow_label(parent):
        parent[:] = [
            parent[0],
            *([ET.Element("mrow"), parent[1]] if parent.tag == "mover" else [parent[1], ET.Element("mrow")]),
        ]
        parent.tag = "munderover"
    if parent.tag == "mtable":
        _close_last_rule(parent)
    if parent.tag == "mpadded" and parent.get("height") == "0" and [child.tag for child in parent] == ["mphantom"]:
        parent.set("depth", "0")  # \hphantom has neither height nor depth
    if parent.tag == "mo" and parent.text and set(parent.text) <= PRIMES:
        parent.set("class", "math-prime")  # most fonts raise primes already, so math.css lowers them again
    for index, child in enumerate(parent):
        parent[index] = _replaced(child, display)


def _space_dots(parent: ET.Element) -> None:
    """Put TeX's thin space between dots and letters, and before a comma, but not in scripts."""
    if parent.tag in ("mrow", "math", "mtd", "mstyle", "msqrt", "mpadded"):
        shown = [child for child in parent if child.tag != "mspace" or child.get("width")]
        for before, dots, after in zip([None, *shown], shown, [*shown[1:], None], strict=False):
            if dots.tag != "mo" or dots.text not in DOTS.values():
                continue
            if before is not None and _is_ordinary(before):
                dots.set("lspace", THIN)
            if after is not None and (_is_ordinary(after) or (after.tag == "mo" and after.text in PUNCTUATION)):
                dots.set("rspace", THIN)
    for at, child in enumerate(parent):
        if at == 0 or parent.tag not in SCRIPTED:
            _space_dots(child)


def _is_ordinary(element: ET.Element) -> bool:
    return element.tag not in ("mo", "mspace", "mtext")


def _close_last_rule(table: ET.Element) -> None:
    r"""Move a final `\hline`, which comes as a row of one empty cell with a line above it, to below the last row."""
    if len(table) < 2 or len(table[-1]) != 1:
        return
    cell = table[-1][0]
    rule = style_of(cell).get("border-top")
    if len(cell) or not rule or (len(table[-2]) == 1 and table[-2][0].get("style") == cell.get("style")):
        return
    table.remove(table[-1])
    for last in table[-1]:
        last.set("style", f"{last.get('style', '')}border-bottom: {rule};")


def _arrow_label(parent: ET.Element) -> bool:
    """Return whether an element is an extensible arrow with its label.

    The parser stacks the label under a space of the minimal width.
    """
    arrow, label = parent
    return arrow.tag == "mo" and label.tag in ("mover", "munder") and label[-1].tag == "mspace"


def _replaced(element: ET.Element, display: bool) -> ET.Element:
    if element.tag == "menclose":
        notation = " ".join(sorted(element.get("notation", "").split(), reverse=True))
        if notation not in ENCLOSURES:
            raise TexError(f"the notation {notation} cannot be drawn")
        row = ET.Element("mrow", {"class": ENCLOSURES[notation]})
        row.extend(child for child in element if len(child) or child.tag != "mrow" or not child.get("class"))
        return row
    if element.tag in ("msub", "msup", "msubsup") and len(element) and element[0].get("class") in LIMITS:
        if display or element[0].get("class") == "math-limits-always":
            element.tag = {"msub": "munder", "msup": "mover", "msubsup": "munderover"}[element.tag]
        return element
    if element.tag != "mrow" or not len(element) or element[0].tag != "mtext":
        return element
    marker, *parameters = (element[0].text or "").split(markers.BETWEEN)
    return (
        _marked(marker, [length(value) for value in parameters], list(element)[1:])
        if marker in markers.ALL
        else element
    )


def _marked(marker: str, parameters: list[float], content: list[ET.Element]) -> ET.Element:
    """Return the element that a marker stands for, around ``content``."""
    if marker == markers.RULE:
        width, height = (*parameters, 0.0, 0.0)[:2]
        css = f"width:{width:g}em;height:{height:g}em;background:currentcolor;"
        return ET.Element(
            "mspace", {"class": "math-rule", "width": f"{width:g}em", "height": f"{height:g}em", "style": css}
        )
    if marker in (markers.SMALL, markers.MULTLINE, markers.PAIRS):
        for table in content:
            if table.tag == "mtable" and marker == markers.SMALL:
                table.attrib.update(SMALL_STYLE, **{"class": "math-small"})
            elif table.tag == "mtable" and marker == markers.PAIRS:
                _close_pairs(table)
            elif table.tag == "mtable":
                _spread_lines(table)
        return content[0] if len(content) == 1 else _row(content)
    if marker in (markers.OPERATOR, markers.LIMITS):
        return _row(content, {"class": "math-limits" if marker == markers.OPERATOR else "math-limits-always"})
    if marker == markers.SCRIPTS:
        return _row(content, {"class": "math-operator"})
    if marker == markers.BACKGROUND:
        # The element of the colour was rewritten already.
        colour = next((item.get("mathcolor") or style_of(item).get("color") for item in content[0].iter()), None)
        return _row(content[1:], {"mathbackground": colour or ""})
    if marker == markers.COLOUR:
        return _row(content, {"mathcolor": "#" + "".join(f"{round(part):02x}" for part in parameters)})
    if marker == markers.LINK:
        address = bytes.fromhex(text_of(content[0])).decode()
        return _row(content[1:], {"class": "math-link", "data-href": address})
    if marker == markers.SIZE:
        return _row(content, {"class": "math-size", "mathsize": f"{100 * parameters[0]:g}%"})
    attributes = {
        markers.RLAP: {"width": "0"},
        markers.LLAP: {"width": "0", "lspace": "-1width", "class": "math-llap"},
        markers.CLAP: {"width": "0", "lspace": "-0.5width", "class": "math-clap"},
        markers.SMASH: {"height": "0", "depth": "0"},
    }[marker]
    padded = ET.Element("mpadded", attributes)
    # One row: math.css reverses the direction of what sticks out to the left, and that of the row back.
    padded.extend([_row(content)] if marker == markers.LLAP else content)
    return padded


def _row(content: list[ET.Element], attributes: dict[str, str] | None = None) -> ET.Element:
    row = ET.Element("mrow", attributes or {})
    row.extend(content)
    return row


def _close_pairs(table: ET.Element) -> None:
    """Remove the space between pairs of aligned columns, as the author writes it there."""
    table.set("class", "math-pairs")
    for cell in table.iter("mtd"):
        sides = style_of(cell)
        for side in ("left", "right"):
            if f"padding-{side}" not in sides:
                cell.set("style", f"{cell.get('style', '')}padding-{side}: 0;")


def _spread_lines(table: ET.Element) -> None:
    """Align the first line left and the last line right, each 2em short of where it would end."""
    table.set("class", "math-multline")
    rows = list(table)
    for row, side, padding in ((rows[0], "left", "padding-right"), (rows[-1], "right", "padding-left")):
        for cell in row:
            cell.set("style", f"text-align: {side};justify-items: {JUSTIFIED[side]};{padding}: 2em;")


def _joined_dots(children: list[ET.Element]) -> list[ET.Element]:
    """Join three <mo>.</mo> or <mo>·</mo> in a row, as which ellipses may come from the parser, to one element.

    It keeps the space before the first and after the last.
    """
    out: list[ET.Element] = []
    at = 0
    while at < len(children):
        three = children[at : at + 3]
        texts = {child.text if child.tag == "mo" else None for child in three}
        if len(three) == 3 and len(texts) == 1 and (joined := DOTS.get(three[0].text or "")) and None not in texts:
            spacing = {"lspace": three[0].get("lspace", "0"), "rspace": three[2].get("rspace", "0")}
            dots = ET.Element("mo", spacing)
            dots.text = joined
            out.append(dots)
            at += 3
        else:
            out.append(children[at])
            at += 1
    return out
