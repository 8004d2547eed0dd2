"""Divide Markdown between fences into headings, images, tables, equations and other lines, with labels and sizes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from .notedown_blocks import Lines

Kind = Literal["heading", "image", "table", "caption", "equation", "comment", "blank", "plain"]

MARK = re.compile(r":(?P<kind>label|eqlabel|width|height|bibliography):`(?P<value>[^`]+)`")
MARKS = re.compile(rf"[ \t]*(?:{MARK.pattern.replace('?P<kind>', '?:').replace('?P<value>', '?:')}[ \t]*)+")
HEADING = re.compile(r"(?P<indent> {0,3})(?P<level>#{1,6})[ \t]+(?P<text>.*?)[ \t]*#*[ \t]*")
UNDERLINE = re.compile(r"(?:=+|-{2,})[ \t]*")
TARGET = re.compile(
    r"\((?P<path><[^>]*>|[^()\s]*(?:\([^()\s]*\)[^()\s]*)*)(?:[ \t]+(?P<title>\"[^\"]*\"|'[^']*'))?[ \t]*\)"
)
"""Path and title in the parentheses of an image."""
DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:[|+][ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
CAPTION = re.compile(r"[ \t]{0,3}(?:Table)?:(?!\w[\w-]*:`)[ \t]*(?P<text>\S.*)")
GRID = re.compile(r"[ \t]*\+(?:[-=:]+\+)+[ \t]*")


@dataclass
class Element:
    """Lines that belong together, with the marks that follow them."""

    kind: Kind
    lines: Lines
    labels: list[str] = field(default_factory=list)
    sizes: dict[str, str] = field(default_factory=dict)
    """Values of "width" and "height"."""
    caption: Element | None = None
    """Caption of a table."""

    @property
    def line(self) -> int:
        return self.lines[0][0]

    @property
    def text(self) -> str:
        return "\n".join(line for _, line in self.lines)


@dataclass(frozen=True)
class Mark:
    """Mark on a line of its own."""

    line: int
    kind: str
    value: str
    indent: str = ""


def parse(lines: Lines) -> list[Element | Mark]:
    """Return what the lines are, in order, marks still apart."""
    found: list[Element | Mark] = []
    index = 0
    while index < len(lines):
        number, line = lines[index]
        is_first = not found or isinstance(found[-1], Mark) or found[-1].kind != "plain"
        if MARKS.fullmatch(line):
            indent = line[: len(line) - len(line.lstrip())]
            found += [Mark(number, match["kind"], match["value"].strip(), indent) for match in MARK.finditer(line)]
            index += 1
            continue
        kind, end = _kind(lines, index, is_first=is_first)
        if kind in ("plain", "blank") and found and isinstance(found[-1], Element) and found[-1].kind == kind:
            found[-1].lines += lines[index:end]
        else:
            found.append(Element(kind, lines[index:end]))
        index = end
    return found


def _kind(lines: Lines, index: int, *, is_first: bool) -> tuple[Kind, int]:
    """Return what begins at a line, and the index behind it. ``is_first`` says that no paragraph goes on there."""
    line = lines[index][1]
    if not line.strip():
        return "blank", index + 1
    if line.lstrip().startswith("<!--"):
        end = next((at for at in range(index, len(lines)) if "-->" in lines[at][1]), len(lines) - 1)
        return "comment", end + 1
    if HEADING.fullmatch(line):
        return "heading", index + 1
    if line.lstrip().startswith("$$") and (end := _equation_end(lines, index)):
        return "equation", end
    if not is_first:
        return "plain", index + 1
    following = lines[index + 1][1] if index + 1 < len(lines) else ""
    if line.lstrip().startswith("![") and (end := _image_end(lines, index)):
        return "image", end
    if "|" in line and "-" in following and DELIMITER.fullmatch(following) and "|" in following + line:
        return "table", _paragraph_end(lines, index)
    if CAPTION.fullmatch(line):
        return "caption", _paragraph_end(lines, index)
    if UNDERLINE.fullmatch(following) and not line.lstrip().startswith(("|", "-", ">", "*", "+")):
        return "heading", index + 2
    return "plain", index + 1


def _paragraph_end(lines: Lines, index: int) -> int:
    """Return the index of the first line from one on that is blank or a mark."""
    ends = (at for at in range(index, len(lines)) if not lines[at][1].strip() or MARKS.fullmatch(lines[at][1]))
    return next(ends, len(lines))


def _equation_end(lines: Lines, index: int) -> int:
    """Return the index behind an equation, or 0 where text follows it on its last line, or it has no end."""
    first = lines[index][1].strip()[2:]
    if "$$" in first:
        return index + 1 if first.endswith("$$") and first.count("$$") == 1 else 0
    for at in range(index + 1, len(lines)):
        line = lines[at][1].strip()
        if "$$" in line:
            return at + 1 if line.endswith("$$") and line.count("$$") == 1 else 0
    return 0


def _image_end(lines: Lines, index: int) -> int:
    """Return the index behind an image that is a paragraph by itself, or 0 for one that is not."""
    end = _paragraph_end(lines, index)
    text = "\n".join(line for _, line in lines[index:end])
    return end if split_image(text) else 0


def split_image(text: str) -> tuple[str, str, str] | None:
    """Return caption, path and title of a text that is one image, else None. A caption may have brackets in it."""
    stripped = text.strip()
    depth = 0
    for position in range(1, len(stripped)):
        if stripped[position - 1] == "\\":
            continue
        depth += {"[": 1, "]": -1}.get(stripped[position], 0)
        if depth == 0:
            target = TARGET.fullmatch(stripped, position + 1)
            if not target:
                return None
            return stripped[2:position], target["path"].strip("<>"), (target["title"] or "").strip("\"'")
    return None


def attach(elements: Sequence[Element | Mark]) -> tuple[list[Element], list[Mark]]:
    """Return the elements with the marks that belong to them, and the marks that belong to none.

    As in d2lbook, a label belongs to the last heading, image or table before it, a size to the last image, the label of
    an equation to the last equation. A caption belongs to the table behind it, else to that before it. The mark of a
    bibliography is an element of its own.
    """
    found: list[Element] = []
    lost: list[Mark] = []
    for one in elements:
        if isinstance(one, Element):
            found.append(one)
        elif one.kind == "bibliography":
            found.append(Element("plain", [(one.line, f"{one.indent}:bibliography:`{one.value}`")]))
        elif (owner := _owner(found, one.kind)) is None:
            lost.append(one)
        elif one.kind in ("width", "height"):
            owner.sizes[one.kind] = one.value
        else:
            owner.labels.append(one.value)
    return _with_captions(found, lost), lost


def _owner(found: Sequence[Element], kind: str) -> Element | None:
    kinds = {"eqlabel": ("equation",), "label": ("heading", "image", "table", "caption")}.get(kind, ("image",))
    for one in reversed(found):
        if one.kind in kinds:
            return one
        if kind != "label" and one.kind not in ("blank", "comment"):
            return None
    return None


def _with_captions(found: list[Element], lost: list[Mark]) -> list[Element]:
    """Return the elements with captions put into their tables; what only looks like a caption is text.

    The labels of such a text go to the element before it that can have them. If there is none, they are added to
    ``lost``.
    """
    result: list[Element] = []
    index = 0
    while index < len(found):
        one = found[index]
        if one.kind == "caption":
            after = _next(found, index)
            before = next((item for item in reversed(result) if item.kind != "blank"), None)
            if after is not None and after.kind == "table":
                after.caption = one
                after.labels = [*one.labels, *after.labels]
                index = found.index(after, index)
                continue
            if before is not None and before.kind == "table" and before.caption is None:
                before.caption = one
                before.labels += one.labels
                index += 1
                continue
            one.kind = "plain"
            owner = _owner(result, "label")
            if owner is not None:
                owner.labels += one.labels
            else:
                lost += [Mark(one.line, "label", label) for label in one.labels]
            one.labels = []
        result.append(one)
        index += 1
    return result


def _next(found: Sequence[Element], index: int) -> Element | None:
    return next((one for one in found[index + 1 :] if one.kind not in ("blank", "comment")), None)
