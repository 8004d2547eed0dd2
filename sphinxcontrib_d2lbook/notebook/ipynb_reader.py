"""Read the text of an `.ipynb` as a `Notebook`. Lines hold cell and line: see `common.notebook_positions`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

import nbformat

from ..common.errors import BookError, BookProblems
from ..common.notebook_positions import line_in_cell
from .cells import Cell, CellKind, Notebook
from .framework_marks import marked_cells, named_frameworks


def read_ipynb(text: str, docname: str, path: str, frameworks: Sequence[str] = ()) -> Notebook:
    """Read a notebook of any format that nbformat can convert to version 4.

    ``frameworks`` are the names of `d2lbook_frameworks`. Raise BookError if it cannot be converted, and BookProblems
    for marks of cells that name others.
    """
    try:
        content = nbformat.reads(text, as_version=4)
    except Exception as err:  # nbformat raises errors of its own, of json and jsonschema, and plain KeyErrors
        reason = (str(err) or type(err).__name__).splitlines()[0]
        raise BookError(
            f"{path}: not a notebook that nbformat can read ({reason}); "
            "open it in Jupyter and save it again, or leave it out with `exclude_patterns`"
        ) from err
    kinds = get_args(CellKind)
    cells = []
    for index, cell in enumerate(content.cells):
        line = line_in_cell(index + 1, 1)
        if cell.get("cell_type") not in kinds:
            raise BookError(
                f"{path}:{line}: this cell is of the unknown kind {cell.get('cell_type')!r}; "
                "make it a code, markdown or raw cell"
            )
        cells.append(Cell(cell.cell_type, cell.source, line, index, dict(cell.metadata)))
    if not frameworks:  # metadata of the name of our option is another's
        return Notebook(docname, path, tuple(cells), dict(content.metadata), executable=True)
    marked, faults = marked_cells(cells, (), frameworks)
    if faults:
        raise BookProblems(f"{path}:{cell.line}: {fault}" for cell, fault in faults)
    named = named_frameworks(marked, (), frameworks)
    return Notebook(docname, path, tuple(marked), dict(content.metadata), executable=True, frameworks=named)
