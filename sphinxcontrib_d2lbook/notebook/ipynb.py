"""The text of an `.ipynb` -> `Notebook`; lines are those of the JSON file."""

from __future__ import annotations

import re
from typing import get_args

import nbformat

from ..errors import BookError
from .model import Cell, CellKind, Notebook

SOURCE_KEY = re.compile(r'(?<!\\)"source"\s*:\s*(\[)?')
"""A key "source": inside a JSON string its quotes would be escaped."""


def read_ipynb(text: str, docname: str, path: str) -> Notebook:
    """Read a notebook of any format that nbformat can bring to version 4. Raises BookError."""
    try:
        content = nbformat.reads(text, as_version=4)
    except Exception as err:  # nbformat raises its own, json's, jsonschema's and plain KeyErrors and AttributeErrors
        reason = (str(err) or type(err).__name__).splitlines()[0]
        raise BookError(
            f"{path}:{getattr(err, 'lineno', 1)}: not a notebook that nbformat can read ({reason}); "
            "open it in Jupyter and save it again, or leave it out with `exclude_patterns`"
        ) from err
    kinds = get_args(CellKind)
    lines = _source_lines(text, len(content.cells))
    cells = []
    for index, (cell, line) in enumerate(zip(content.cells, lines, strict=True)):
        if cell.get("cell_type") not in kinds:
            raise BookError(
                f"{path}:{line}: cell {index + 1} is of the unknown kind {cell.get('cell_type')!r}; "
                "make it a code, markdown or raw cell"
            )
        cells.append(Cell(cell.cell_type, cell.source, line, index, dict(cell.metadata)))
    return Notebook(docname, path, tuple(cells), dict(content.metadata), executable=True)


def _source_lines(text: str, count: int) -> list[int]:
    """For each cell the line where its source begins; 1 for all where keys and cells do not correspond."""
    found = list(SOURCE_KEY.finditer(text))
    if len(found) != count:
        return [1] * count
    lines, line, position = [], 1, 0
    for match in found:
        line += text.count("\n", position, match.end())
        position = match.end()
        opens_list = match[1] is not None and text[position : position + 1] == "\n"
        lines.append(line + opens_list)
    return lines
