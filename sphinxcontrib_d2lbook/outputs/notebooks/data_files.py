"""Find the files without which the notebook of a page would not run."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx

from ...execution.code_inputs import local_modules, named_files
from ...execution.extension import files_read
from ...library.extension import collected
from ...notebook.cells import Notebook
from ...notebook.frameworks import page_of_framework

_PAGES = (".md", ".myst", ".ipynb", ".rst")
"""Suffixes of pages, which are no data files even if code names them."""


def data_files(page: Notebook, folder: Path, root: Path, read: Iterable[Path] = ()) -> list[Path]:
    """Return the files beside a page that its code names, imports or ``read``: its notebook would not run without them.

    They are relative to ``root``, the book's source folder, and sorted; ``folder`` is the folder of the page. Files
    outside the book are never included.
    """
    code = [cell.code for cell in page.code_cells]
    files = named_files(code, folder) | local_modules(code, folder).keys() | set(read)
    inside = {path.resolve() for path in files if path.suffix not in _PAGES}
    return sorted(path.relative_to(root.resolve()) for path in inside if path.is_relative_to(root.resolve()))


def data_of_book(app: Sphinx) -> dict[Path, Path]:
    """Return place -> source of the data files of all pages, both relative: to the folders of notebooks and sources."""
    root, files = Path(app.srcdir), dict[Path, Path]()
    for docname, page in collected(app).notebooks.items():
        folder = Path(app.env.doc2path(docname)).parent
        for framework in page.frameworks or ("",) if page.code_cells else ():
            own = page_of_framework(page, framework)
            found = data_files(own, folder, root, files_read(app, docname, framework))
            files |= {Path(framework, file): file for file in found}
    return files
