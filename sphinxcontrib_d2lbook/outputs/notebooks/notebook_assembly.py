"""Assemble the blocks of a page into a notebook of nbformat 4.5, with the same bytes at each build."""

from __future__ import annotations

import base64
import json
import mimetypes
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from ...common.errors import BookError
from ...common.files import digest
from ...notebook.cells import REMOVED_TAGS
from .cell_outputs import Output
from .content_stack import Block, CodeCell, Prose

SETUP_TAG = "book-setup"
CHECK_TAG = "book-check"
"""Tag of a cell that only the build runs: it compares the text with what the cells computed on the author's machine."""
_HIDDEN_INPUT = {
    "hide-input",
    "hide_input",
    "hide-cell",
    "hide_cell",
    "remove-input",
    "remove_input",
    *REMOVED_TAGS,
}
_HIDDEN_OUTPUT = {"hide-output", "hide_output", "hide-cell", "hide_cell"}
_NO_OUTPUT = {"remove-output", "remove_output", *REMOVED_TAGS}


@dataclass(frozen=True)
class WrittenCodeCell:
    """Code cell as it is written to the notebook."""

    source: str
    tags: tuple[str, ...] = ()
    outputs: Sequence[Output] = ()
    execution_count: int | None = None


Part = Prose | WrittenCodeCell


@dataclass(frozen=True)
class SourceCell:
    """Code cell of the page's source, shown or not."""

    index: int
    source: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class CellsBefore:
    """Place for the cells before one of the page's, so that they need not stand directly before that one."""

    index: int
    """Index of the cell."""


def with_all_code(
    blocks: Iterable[Block | CellsBefore], cells: Sequence[SourceCell], outputs: Mapping[int, WrittenCodeCell]
) -> list[Part]:
    """Return the blocks with all code cells of the page, also those that it does not show.

    So the notebook runs as the page did. ``outputs`` gives the written cell, with its outputs, by the index of a cell.
    A hidden cell stands before the next one that is shown. Cells tagged ``book-check`` are left out, because a reader's
    results may differ from the text in their last digits.
    """
    parts: list[Part] = []
    waiting = list(cells)

    def emit(cell: SourceCell, source: str) -> None:
        if CHECK_TAG in cell.tags:
            return
        executed = outputs.get(cell.index)
        keep = executed is not None and not _NO_OUTPUT.intersection(cell.tags)
        parts.append(
            WrittenCodeCell(source, cell.tags, executed.outputs, executed.execution_count)
            if executed and keep
            else WrittenCodeCell(source, cell.tags)
        )

    for block in blocks:
        if isinstance(block, CodeCell | CellsBefore):
            while waiting and waiting[0].index < block.index:
                hidden = waiting.pop(0)
                emit(hidden, hidden.source)
        if isinstance(block, CodeCell):
            known = waiting.pop(0) if waiting and waiting[0].index == block.index else None
            tags = tuple(map(str, block.metadata.get("tags", ())))
            emit(
                known or SourceCell(block.index, block.source or "", tags),
                block.source if block.source is not None else (known.source if known else ""),
            )
        elif not isinstance(block, CellsBefore):
            parts.append(block)
    for hidden in waiting:
        emit(hidden, hidden.source)
    return parts


def notebook_text(docname: str, parts: Iterable[Part], images: Mapping[str, Path], metadata: Mapping[str, Any]) -> str:
    """Return the content of the file. Each heading begins a Markdown cell. Raise BookError if it is not valid."""
    cells: list[dict[str, Any]] = []
    for group in _grouped(parts):
        cell_id = digest("cell", docname, str(len(cells)))[:16]
        cells.append(
            _code_cell(cell_id, group) if isinstance(group, WrittenCodeCell) else _markdown_cell(cell_id, group, images)
        )
    notebook = {"cells": cells, "metadata": dict(metadata), "nbformat": 4, "nbformat_minor": 5}
    try:
        nbformat.validate(nbformat.from_dict(notebook))
    except nbformat.ValidationError as err:
        raise BookError(f"{docname}: the notebook would not be valid: {str(err).splitlines()[0]}") from err
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def _grouped(parts: Iterable[Part]) -> list[WrittenCodeCell | list[Prose]]:
    groups: list[WrittenCodeCell | list[Prose]] = []
    for part in parts:
        last = groups[-1] if groups else None
        if isinstance(part, WrittenCodeCell):
            groups.append(part)
        elif isinstance(last, list) and not part.heading:
            last.append(part)
        else:
            groups.append([part])
    return groups


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True) if "\r" not in text else [text]


def _markdown_cell(cell_id: str, blocks: Sequence[Prose], images: Mapping[str, Path]) -> dict[str, Any]:
    cell: dict[str, Any] = {
        "cell_type": "markdown",
        "id": cell_id,
        "metadata": {},
        "source": _lines("\n\n".join(block.markdown for block in blocks)),
    }
    names = sorted({name for block in blocks for name in block.attachments})
    if names:
        cell["attachments"] = {name: _attachment(images[name]) for name in names}
    return cell


def _attachment(path: Path) -> dict[str, str]:
    mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return {mime: base64.b64encode(path.read_bytes()).decode("ascii")}


def _code_cell(cell_id: str, code: WrittenCodeCell) -> dict[str, Any]:
    metadata: dict[str, Any] = {"tags": list(code.tags)} if code.tags else {}
    hidden = {}
    if _HIDDEN_INPUT.intersection(code.tags) or SETUP_TAG in code.tags:
        hidden["source_hidden"] = True
    if _HIDDEN_OUTPUT.intersection(code.tags):
        hidden["outputs_hidden"] = True
    if hidden:
        metadata["jupyter"] = hidden
    if SETUP_TAG in code.tags:
        metadata["cellView"] = "form"  # Colab then shows the title of the cell, and not its code.
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": metadata,
        "execution_count": code.execution_count,
        "outputs": [dict(output) for output in code.outputs],
        "source": _lines(code.source.rstrip("\n")),
    }
