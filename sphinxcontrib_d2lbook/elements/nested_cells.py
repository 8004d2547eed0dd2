"""Show a `{code-cell}` that stands inside another block or in an included file at its place, as a cell of the page.

MyST-NB makes cells of fences at the top level only, and drops the others with a warning. The page was read with all of
them (`notebook/nested_cells.py`), so they run with it; here the directive shows the one that it stands for.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import ClassVar
from weakref import WeakKeyDictionary

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ..common.warning_types import Warn, warn
from ..config import lists_myst_nb
from ..library.extension import collected
from ..notebook.cells import REMOVED_TAGS, Cell, Notebook
from ..notebook.directive_options import split_options
from ..notebook.frameworks import OPTION, first_line_names
from ..upstream.myst_nb import UnexpectedCellDirective, rendered_cell, shows_notebook
from ..upstream.sphinx.application import app_of
from .frameworks.cells import shown_cell

NO_KERNEL = (
    "this cell does not run: its page is no notebook; begin it with the lines `---`, `file_format: mystnb`,"
    " `kernelspec:`, `  name: python3` and `---`"
)
"""Message about a cell of a Markdown page without the front matter of a notebook."""
_shown: WeakKeyDictionary[nodes.document, set[int]] = WeakKeyDictionary()
"""Document that is being read -> indices of the nested cells that it has shown."""


class NestedCell(UnexpectedCellDirective):  # type: ignore[misc]
    """Directive `code-cell` or `raw-cell` inside another block, of which MyST-NB has made no cell."""

    kind: ClassVar[str]

    def run(self) -> list[nodes.Node]:
        """Show the cell; warn on a page that is no notebook, in the words of MyST-NB where the project lists it."""
        document: nodes.document = self.state.document
        if not shows_notebook(self):
            page = page_of(document.settings.env) if hasattr(document.settings, "env") else None
            if page is not None and page.executable:
                message = (
                    "this cell does not run: reStructuredText includes its file, and reads it apart from the page;"
                    " include it by MyST's directive `{include}`"
                )
            elif page and page.path.endswith(".md") and not lists_myst_nb(app_of(document.settings.env).config):
                message = NO_KERNEL
            else:
                return list(super().run())
            warn(Warn.CELL, message, location=f"{document['source']}:{self.lineno}")
            return []
        shown = _shown.setdefault(document, set())
        cells = [cell for cell in self._written_here() if cell.kind == self.kind and self._is_written(cell)]
        cell = next((cell for cell in cells if cell.index not in shown), cells[-1] if cells else None)
        if cell is None:
            message = (
                "this cell does not run: a directive or another extension has made its text, or an .ipynb includes its"
                " file; write it into the page"
            )
            source, line = self.state_machine.get_source_and_line(self.lineno)
            warn(Warn.CELL, message, location=f"{source}:{line}")
            return []
        shown.add(cell.index)
        if page_in_several(document.settings.env):
            return shown_cell(self, cell)
        if REMOVED_TAGS.intersection(cell.tags):
            return []
        return rendered_cell(self, self.kind, cell.index, cell.source, cell.metadata)

    def _written_here(self) -> list[Cell]:
        """Return the cells inside other blocks of the file that is being read, the page's or one that it includes."""
        document = self.state.document
        page = page_of(document.settings.env)
        if page is None:
            return []
        here = os.path.normpath(document["source"])
        root = Path(app_of(document.settings.env).confdir)
        return [cell for cell in page.cells if cell.nested and os.path.normpath(root / page.path_of(cell)) == here]

    def _is_written(self, cell: Cell) -> bool:
        """Return whether a cell has the text of this directive."""
        text = "\n".join(self.content)
        try:
            options, body, _ = split_options(text)
        except ValueError:
            return False  # the page would have been refused
        options.pop(OPTION, None)
        if "load" in options or "load" in cell.metadata:
            return bool(options == cell.metadata)
        source = "\n".join(body).strip()
        unmarked = source.partition("\n")[2] if first_line_names(source) is not None else source
        return cell.source.strip() in (source, unmarked.strip())


class NestedCodeCell(NestedCell):
    """`{code-cell}` inside another block."""

    kind = "code"


class NestedRawCell(NestedCell):
    """`{raw-cell}` inside another block."""

    kind = "raw"


def page_of(env: BuildEnvironment) -> Notebook | None:
    """Return the page that is being read, as it was collected."""
    return collected(app_of(env)).notebooks.get(env.docname)


def page_in_several(env: BuildEnvironment) -> bool:
    """Return whether the page that is being read has marks for frameworks."""
    page = page_of(env)
    return page is not None and bool(page.frameworks)


def warn_of_hidden(app: Sphinx, document: nodes.document) -> None:
    """Warn of cells that ran and that the page does not show. Handle `doctree-read`."""
    shown = _shown.pop(document, set())
    page = page_of(app.env)
    for cell in page.cells if page else ():
        if page and cell.nested and cell.index not in shown:
            message = (
                "this cell runs and is not shown: the directive around it does not show its content as MyST text;"
                " move the cell out of it"
            )
            warn(Warn.CELL, message, location=f"{app.confdir}/{page.place(cell)}")


def setup(app: Sphinx) -> None:
    app.add_directive("code-cell", NestedCodeCell, override=True)
    app.add_directive("raw-cell", NestedRawCell, override=True)
    app.connect("doctree-read", warn_of_hidden)
