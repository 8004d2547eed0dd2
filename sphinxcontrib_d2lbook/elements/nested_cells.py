"""Show a `{code-cell}` that stands inside another block at its place, as a cell of the page.

MyST-NB makes cells of fences at the top level only, and drops the others with a warning. The page was read with all of
them (`notebook/nested_cells.py`), so they run with it; here the directive shows the one that it stands for.
"""

from __future__ import annotations

from typing import ClassVar
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ..common.warning_types import Warn, warn
from ..library.extension import collected
from ..notebook.cells import REMOVED_TAGS, Cell
from ..upstream.myst_nb import UnexpectedCellDirective, rendered_cell, shows_notebook
from ..upstream.sphinx.application import app_of

_shown: WeakKeyDictionary[nodes.document, set[int]] = WeakKeyDictionary()
"""Document that is being read -> indices of the nested cells that it has shown."""


class NestedCell(UnexpectedCellDirective):  # type: ignore[misc]
    """Directive `code-cell` or `raw-cell` inside another block, of which MyST-NB has made no cell."""

    kind: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """Show the cell; warn as MyST-NB does on a page that is no notebook."""
        document: nodes.document = self.state.document
        if not shows_notebook(self):
            return list(super().run())
        shown = _shown.setdefault(document, set())
        cells = [cell for cell in nested_cells(document.settings.env) if cell.kind == self.kind]
        text = "\n".join(self.content).rstrip()
        alike = [cell for cell in cells if text.endswith(cell.source.rstrip())]
        cell = next((cell for cell in alike if cell.index not in shown), alike[-1] if alike else None)
        if cell is None:
            message = (
                "this cell does not run: its file is included, or a directive has made its text; write it into the page"
            )
            source, line = self.state_machine.get_source_and_line(self.lineno)
            warn(Warn.CELL, message, location=f"{source}:{line}")
            return []
        shown.add(cell.index)
        if REMOVED_TAGS.intersection(cell.tags):
            return []
        return rendered_cell(self, self.kind, cell.index, cell.source, cell.metadata)


class NestedCodeCell(NestedCell):
    """`{code-cell}` inside another block."""

    kind = "code"


class NestedRawCell(NestedCell):
    """`{raw-cell}` inside another block."""

    kind = "raw"


def nested_cells(env: BuildEnvironment) -> list[Cell]:
    """Return the cells inside other blocks of the page that is being read."""
    page = collected(app_of(env)).notebooks.get(env.docname)
    return [cell for cell in page.cells if cell.nested] if page else []


def warn_of_hidden(app: Sphinx, document: nodes.document) -> None:
    """Warn of cells that ran and that the page does not show. Handle `doctree-read`."""
    shown = _shown.pop(document, set())
    for cell in nested_cells(app.env):
        if cell.index not in shown:
            message = (
                "this cell runs and is not shown: the directive around it does not show its content as MyST text;"
                " move the cell out of it"
            )
            warn(Warn.CELL, message, location=(app.env.docname, cell.line))


def setup(app: Sphinx) -> None:
    app.add_directive("code-cell", NestedCodeCell, override=True)
    app.add_directive("raw-cell", NestedRawCell, override=True)
    app.connect("doctree-read", warn_of_hidden)
