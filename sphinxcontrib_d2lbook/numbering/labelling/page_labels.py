"""Find the sections of a page that have no label, and add labels: in Markdown, or in the JSON of a notebook."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from myst_parser.config.main import MdParserConfig

from .json_strings import JsonString, insert, strings
from .label_names import LabelNamer
from .myst_headings import CannotLabel, additions, headings, parser_for, put

Place = tuple[int, float]
"""Number of a cell (0 in a page of text), and line, both counted from 1."""
BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True)
class Unlabelled:
    """Section without a label."""

    place: str
    """Position in the file, for messages: a line, or cell and line."""
    title: str
    label: str
    """Label that the section would get."""


@dataclass(frozen=True)
class MarkdownPiece:
    """Markdown in a file: all of it, or one cell."""

    text: str
    cell: int = 0
    """Number of the cell, from 1; 0 if the piece is the whole file."""
    strings: tuple[JsonString, ...] = ()
    """JSON strings of the file that make up the piece; empty if the piece is the whole file."""

    @property
    def before(self) -> str:
        """Text that goes before a line number in messages."""
        return f"cell {self.cell}, line " if self.cell else ""


def pieces(content: str, suffix: str) -> list[MarkdownPiece]:
    """Return the Markdown in a file. Raise ValueError if a notebook is not valid."""
    if suffix != ".ipynb":
        return [MarkdownPiece(content)]
    try:
        cells: list[dict[str, Any]] = json.loads(content)["cells"]
        kinds = [str(cell["cell_type"]) for cell in cells]
    except (KeyError, TypeError) as err:
        raise ValueError("it has no cells") from err
    parts: dict[Any, list[JsonString]] = {}
    for text in strings(content):
        if text.path[0] == "cells" and text.path[2:3] == ("source",):
            parts.setdefault(text.path[1], []).append(text)
    return [
        MarkdownPiece("".join(part.value for part in cell_strings), int(index) + 1, tuple(cell_strings))
        for index, cell_strings in parts.items()
        if kinds[int(index)] == "markdown"
    ]


def label_sections(
    docname: str, content: str, suffix: str, config: MdParserConfig, names: LabelNamer, around: Place | None = None
) -> tuple[list[Unlabelled], str]:
    """Return the sections without a label, and the file with a label above each. Raise ValueError, CannotLabel.

    With ``around``, only the innermost section around that place counts; before all headings, the first one.
    """
    if content.startswith(BYTE_ORDER_MARK):  # Sphinx drops it before parsing
        sections, changed = label_sections(
            docname, content.removeprefix(BYTE_ORDER_MARK), suffix, config, names, around
        )
        return sections, BYTE_ORDER_MARK + changed
    sections = []
    changes: dict[JsonString, dict[int, str]] = {}
    position = 0
    read = []
    for piece in pieces(content, suffix):
        parser = parser_for(piece.text, config)
        read.append((piece, parser, headings(piece.text, parser)))
    places = [(piece.cell, heading.line + 1) for piece, _, page_headings in read for heading in page_headings]
    wanted = max((place for place in places if around and place <= around), default=places[0] if places else None)
    for piece, parser, page_headings in read:
        labels: dict[int, str] = {}
        for heading in page_headings:
            is_wanted = around is None or (piece.cell, heading.line + 1) == wanted
            if not heading.labelled and heading.title and is_wanted:
                labels[heading.line] = names.name(docname, position, heading.title)
                sections.append(Unlabelled(f"{piece.before}{heading.line + 1}", heading.title, labels[heading.line]))
            position += 1
        if not labels:
            continue
        try:
            added = additions(piece.text, labels, parser)
        except CannotLabel:
            place = next(iter(labels)) + 1
            raise CannotLabel(f"{piece.before}{place}") from None
        if not piece.strings:
            return sections, put(content, added)
        for offset, addition in added.items():
            text, inner = _where(piece, offset)
            changes.setdefault(text, {})[inner] = addition
    return sections, insert(content, changes)


def _where(piece: MarkdownPiece, offset: int) -> tuple[JsonString, int]:
    """Return the JSON string that holds an offset of a cell, and the offset within it."""
    for text in piece.strings[:-1]:
        if offset < len(text.value):
            return text, offset
        offset -= len(text.value)
    return piece.strings[-1], offset
