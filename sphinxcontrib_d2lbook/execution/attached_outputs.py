"""Readers that MyST-NB gets for pages that ran, and for all other `.ipynb`: they make the notebook that it parses.

Pages that ran get their stored outputs. Images that are pasted into an `.ipynb` become files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from os.path import relpath
from pathlib import Path
from typing import Any

import nbformat

from ..common.errors import BookError
from ..common.notebook_positions import line_in_cell
from ..notebook import Cell, Notebook, Syntax, read_notebook
from ..upstream.kernels.client import cell_file_name
from ..upstream.myst_nb import ExecutionResult, NbParserConfig, standard_nb_read
from .image_attachments import place_attachments
from .inline_values import expression_values, page_cells, value_at
from .kernel_languages import missing_language
from .output_cleaning import name_cells
from .output_validation import error_output, invalid_outputs
from .plan import EXPRESSIONS, cell_json
from .session import BuildExecution
from .store import Store

READER = f"{__name__}.read_executed"
"""Reader of pages that ran, by its dotted name as in MyST-NB's `nb_custom_formats`."""
REMOVED = "remove-cell"
"""Tag of cells that MyST-NB does not show."""
STORED_READER = f"{__name__}.read_stored"
"""Reader of an `.ipynb` that shows the outputs stored in it."""
CELLS_READER = f"{__name__}.read_cells"
"""Reader of pages of text that did not run."""


def read_cells(text: str, *, source: str, syntax: Syntax, sources: str) -> nbformat.NotebookNode:
    """Read a page of text that shows no stored outputs, as MyST-NB does, with the language of its kernel.

    ``source`` is the page's file, ``sources`` the folder of the book's pages. Raise what `read_notebook` and nbformat
    raise.
    """
    notebook = _read_text(text, source, syntax, sources)
    add_language(notebook)
    return notebook


def _read_text(text: str, source: str, syntax: Syntax, sources: str) -> nbformat.NotebookNode:
    page = read_notebook(text, "", source, syntax=syntax, folder=Path(source).parent, sources=Path(sources))
    return as_myst_nb_reads(page)


def add_language(notebook: nbformat.NotebookNode) -> None:
    """Add the language's name if it is missing: without it MyST-NB does not highlight cells, and warns of each."""
    if language := missing_language(notebook.metadata):
        notebook.metadata["language_info"] = nbformat.from_dict(language)


def read_stored(text: str, *, attachments: str, sources: str) -> nbformat.NotebookNode:
    """Read an `.ipynb` that shows the outputs stored in it.

    ``attachments`` is the folder for images that are pasted into it, ``sources`` that of the book's pages. Raise
    OSError if an image cannot be written, and what nbformat raises.
    """
    notebook = read_json(text)
    add_language(notebook)
    make_plain(notebook, Path(attachments), Path(sources))
    return notebook


def read_json(text: str) -> nbformat.NotebookNode:
    """Read an `.ipynb` as MyST-NB does, with the number from which it counts the lines of each cell.

    Without these numbers, MyST-NB 1.4 begins with 2 in each cell.
    """
    notebook: nbformat.NotebookNode = standard_nb_read(text)
    notebook.metadata["source_map"] = [line_in_cell(index, 0) - 1 for index, _ in enumerate(notebook.cells, 1)]
    return notebook


def make_plain(notebook: nbformat.NotebookNode, attachments: Path, sources: Path) -> None:
    """Replace attachments, which only Jupyter can show, and paths of cells, which only one process knows."""
    place_attachments(notebook, attachments, lambda file: "/" + Path(relpath(file, sources)).as_posix())
    name_cells(notebook, cell_file_name)


def read_executed(
    text: str, *, entry: str, source: str, syntax: Syntax, attachments: str, sources: str
) -> nbformat.NotebookNode:
    """Read a page as MyST-NB does, with the outputs of its stored run.

    ``entry`` is the file of the store, ``source`` that of the page; ``attachments`` and ``sources`` are as for
    `read_stored`. Raise OSError if a file cannot be read or written, BookError if the stored cells are not those of the
    page (it changed while the build ran), and ValueError if the entry is damaged.
    """
    notebook: nbformat.NotebookNode
    notebook = read_json(text) if source.endswith(".ipynb") else _read_text(text, source, syntax, sources)
    stored = nbformat.from_dict(Store(Path(entry).parent).load(Path(entry))["notebook"])
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    ran = [cell for cell in page_cells(stored) if cell.cell_type == "code"]
    if [cell.source for cell in code] != [cell.source for cell in ran]:
        raise BookError(f"{source}: changed while its cells ran; build again")
    for cell, done in zip(code, ran, strict=True):
        cell.outputs = done.outputs
        cell.execution_count = done.execution_count
    if "language_info" in stored.metadata:
        notebook.metadata["language_info"] = stored.metadata.language_info
    add_language(notebook)  # for a run that failed before its kernel named the language
    if "widgets" in stored.metadata:
        notebook.metadata["widgets"] = stored.metadata.widgets
    forget_mode(notebook)
    make_plain(notebook, Path(attachments), Path(sources))
    return notebook


def values_in_text(
    store: Store, entry: tuple[str, Path] | None, text: str
) -> Callable[[str, Sequence[Any]], Any] | None:
    """Return a function that finds the values of `{eval}` in a page's text; None if it did not run or has none.

    ``entry`` is key and file of the page's outputs. Raise OSError and ValueError as `Store.load`.
    """
    if entry is None or "{eval" not in text:
        return None
    values = expression_values(store.load(entry[1])["notebook"])
    return lambda name, cells: value_at(values, name, sum(cell["cell_type"] == "code" for cell in cells))


def has_outputs(file: Path) -> bool:
    """Check whether every code cell of a notebook has outputs: with `auto`, MyST-NB then shows it as it is."""
    cells = nbformat.read(file, as_version=4).cells
    return all(cell.outputs for cell in cells if cell.cell_type == "code")


def without_invalid(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Return the text of an `.ipynb` with errors in place of stored outputs that no page can show.

    Return also the index of the cell and the fault of each such output.
    """
    notebook = nbformat.reads(text, as_version=4)
    faults = list(invalid_outputs(notebook))
    for index, number, fault in faults:
        notebook.cells[index].outputs[number] = error_output(fault)
    return json.dumps(notebook) if faults else text, [(index, fault) for index, _, fault in faults]


def as_myst_nb_reads(page: Notebook) -> nbformat.NotebookNode:
    """Return a page of text as MyST-NB's reader would, but without parsing all of the page and validating each cell.

    Raise nbformat's ValidationError, as that reader does, for options of cells that notebooks cannot have.
    """
    metadata = {**page.metadata, "source_map": list(page.starts)}
    kernel = metadata.get("kernelspec")
    if isinstance(kernel, dict) and "name" in kernel:
        metadata["kernelspec"] = {"display_name": kernel["name"], **kernel}
    cells = [_cell(cell) for cell in page.cells]
    notebook: nbformat.NotebookNode
    notebook = nbformat.from_dict({"metadata": metadata, "cells": cells, "nbformat": 4, "nbformat_minor": 5})
    return notebook


def _cell(cell: Cell) -> nbformat.NotebookNode:
    metadata = cell.metadata
    if cell.nested:  # the directive in the text shows it, so MyST-NB must not show it again
        metadata = {**metadata, "tags": list(dict.fromkeys([*cell.tags, REMOVED]))}
    node: nbformat.NotebookNode = nbformat.from_dict(cell_json(cell, metadata))
    if cell.metadata:  # nothing else in the cell can be wrong
        nbformat.validate(node, ref=f"{cell.kind}_cell", version=4)
    return node


def execution_result(session: BuildExecution, docname: str, entry: Path, config: NbParserConfig) -> ExecutionResult:
    """Return what MyST-NB itself would have noted of the page's run. Raise OSError and ValueError as `Store.load`."""
    run = session.decisions[docname].run
    failed = None if run else session.store.load(entry)
    return {
        "mtime": entry.stat().st_mtime,
        "runtime": run.seconds if run else failed["seconds"] if failed else None,
        "method": "inline" if EXPRESSIONS in session.plans[docname].task.parts else config.execution_mode,
        "succeeded": failed is None,
        "error": failed["failure"]["name"] if failed else None,
        "traceback": None,  # the build has logged it
    }


def forget_mode(notebook: nbformat.NotebookNode) -> None:
    """Remove the page's own `execution_mode`, which held when it ran: with it MyST-NB would run the page again."""
    settings = notebook.metadata.get("mystnb")
    if isinstance(settings, dict):
        settings.pop("execution_mode", None)
