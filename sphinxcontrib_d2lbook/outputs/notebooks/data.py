"""Files beside a page that its code names or imports: without them its notebook would not run elsewhere."""

from __future__ import annotations

from pathlib import Path

from ...execution.inputs import local_modules, named_files
from ...notebook.model import Notebook

_PAGES = (".md", ".myst", ".ipynb", ".rst")


def data_files(page: Notebook, folder: Path, root: Path) -> list[Path]:
    """Paths relative to ``root``, the book's source folder, sorted; ``folder`` is where the page lies.

    What lies outside of the book is never taken along.
    """
    code = [cell.code for cell in page.code_cells]
    found = named_files(code, folder) | local_modules(code, folder).keys()
    inside = {path.resolve() for path in found if path.suffix not in _PAGES}
    return sorted(path.relative_to(root.resolve()) for path in inside if path.is_relative_to(root.resolve()))
