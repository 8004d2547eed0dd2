"""Read the outputs of code cells from the store of executed notebooks, or from what MyST-NB showed of the page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sphinx.application import Sphinx

from ...common.errors import BookError
from ...elements.page_outputs import shown_notebook

Output = dict[str, Any]
"""Output of a cell in the format of nbformat 4."""


class ExecutedNotebook(Protocol):
    """Function that returns a page's notebook with its outputs, as nbformat has it; None if the page never ran."""

    def __call__(self, app: Sphinx, docname: str, framework: str = "") -> Any | None: ...


def executed_notebook(app: Sphinx, docname: str, framework: str = "") -> Any | None:
    """Return the notebook of a page as this book's execution stored it, else as MyST-NB showed it.

    MyST-NB shows the outputs that are in an `.ipynb`, or those of its own run. Return None for a page that is no
    notebook. ``framework`` is that of the run, if the page has several. Raise BookError if the stored outputs cannot
    be read.
    """
    if "sphinxcontrib_d2lbook" not in app.extensions:
        return None
    from ...execution import extension as execution

    try:
        notebook = execution.executed_notebook(app, docname, framework)
        return shown_notebook(app.env, docname) if notebook is None and not framework else notebook
    except (OSError, ValueError) as err:
        raise BookError(f"{docname}: its stored outputs cannot be read ({err}); `-M clean`, then build again") from err


def executed_cells(
    find: ExecutedNotebook, app: Sphinx, docname: str, framework: str = ""
) -> Sequence[tuple[str, list[Output], int | None]]:
    """Return source, outputs and execution count of each code cell, in order; nothing if the page never ran."""
    notebook = find(app, docname, framework) if framework else find(app, docname)
    if notebook is None:
        return []
    return [
        ("".join(cell["source"]), list(cell.get("outputs", [])), cell.get("execution_count"))
        for cell in notebook["cells"]
        if cell["cell_type"] == "code"
    ]
