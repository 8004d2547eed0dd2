"""Find the labels of the sections that contain the cells of a notebook."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..notebook.cells import Cell, Notebook

TARGET = re.compile(r"^\((?P<label>[^()\n\"'`\\]+)\)=\s*$")
ATTRIBUTES = re.compile(r"^\{[^{}]*#(?P<label>[\w:.-]+)[^{}]*\}\s*$")
HEADING = re.compile(r"^ {0,3}(?P<marks>#{1,6})(?:\s|$)")
ANY_HEADING = re.compile(HEADING.pattern, re.MULTILINE)
FENCE = re.compile(r"^ {0,3}(?P<mark>`{3,}|~{3,}|:{3,})")


def section_labels(notebook: Notebook) -> dict[int, str | None]:
    """Return the label of the innermost section with a label around each code cell, by index of the cell.

    A label is `(label)=`, or `{#label}` in MyST's attributes, in the line before the heading.
    """
    labels: dict[int, str | None] = {}
    sections: list[tuple[int, str | None]] = []
    """Level and label of each heading around the current cell, outermost first."""
    for part in _parts(notebook, None):
        if isinstance(part, Cell):
            labels[part.index] = next((label for _, label in reversed(sections) if label), None)
        else:
            level, label = part
            sections = [section for section in sections if section[0] < level]
            sections.append((level, label))
    return labels


def _parts(notebook: Notebook, text: int | None) -> Iterator[Cell | tuple[int, str | None]]:
    """Yield the code cells, and level and label of the headings, of the page or of an included text, in order.

    ``text`` is the index of the included text; None for the page's own.
    """
    parts: list[tuple[int, int | Cell | tuple[int, str | None]]] = [
        (other.line, index) for index, other in enumerate(notebook.included) if other.parent == text
    ]
    for cell in notebook.cells:
        if cell.kind == "code" and cell.included == text:
            parts.append((cell.line, cell))
        elif cell.kind == "markdown" and text is None:
            parts += [(cell.line + line, (level, label)) for line, level, label in _headings(cell.source)]
    if text is not None:
        here = notebook.included[text]
        parts += [(here.first + line, (level, label)) for line, level, label in _headings(here.text)]
    for _, part in sorted(parts, key=lambda item: item[0]):
        if isinstance(part, int):
            yield from _parts(notebook, part)
        else:
            yield part


def _headings(text: str) -> list[tuple[int, int, str | None]]:
    """Return line (from 0), level and label of each heading in a text, except inside fences."""
    headings: list[tuple[int, int, str | None]] = []
    if not ANY_HEADING.search(text):
        return headings
    label: str | None = None
    fence = ""
    for number, line in enumerate(text.splitlines()):
        mark = FENCE.match(line)
        if fence:
            if mark and mark["mark"].startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            fence, label = mark["mark"], None
        elif target := TARGET.match(line) or ATTRIBUTES.match(line):
            label = target["label"].strip()
        elif heading := HEADING.match(line):
            headings.append((number, len(heading["marks"]), label))
            label = None
        elif line.strip():
            label = None
    return headings
