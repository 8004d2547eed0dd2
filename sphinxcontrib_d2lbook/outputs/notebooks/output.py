"""Register the notebooks for readers as an output of the book."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sphinx.application import Sphinx
from sphinx.config import Config

from ...addresses.permanent_addresses import page_addresses
from ...common.translations import _
from ...config import book_name
from ...elements import html_outputs
from ..base import Download, Output, PlaceOf, Written
from .archive import assemble_archive
from .builder import NotebooksBuilder
from .statements_and_cells import visitors

if TYPE_CHECKING:
    from ...numbering.agreement.expected_numbers import ExpectedNumbers
    from ...numbering.agreement.readback import ReadableFile

PACKAGE = "package"
"""Name of the output whose wheel goes into the archive."""


class NotebooksOutput(Output):
    """A notebook for each page, and all of them in an archive."""

    name = "notebooks"
    field = "notebook"
    needs = (PACKAGE,)
    is_beside_site = True
    is_copied = True
    # Forms of an output in the doctree, best first. The notebook takes its outputs whole from the executed one, so this
    # matters only for values that are pasted into the text.
    forms: ClassVar[tuple[str, ...]] = (
        "text/plain",
        "text/markdown",
        "text/latex",
        "image/svg+xml",
        "image/png",
        "image/jpeg",
        "image/gif",
        "text/html",
        "application/javascript",
        "application/vnd.jupyter.widget-view+json",
    )

    def builder(self) -> type[NotebooksBuilder]:
        """Return the builder of all notebooks."""
        return NotebooksBuilder

    def setup(self, app: Sphinx) -> None:
        """Add visitors, and the transform of values that are pasted into text."""
        html_outputs.setup_notebooks(app)
        for kind, (visit, depart) in visitors().items():
            app.add_node(kind, override=True, notebook=(visit, depart))

    def downloads(self, config: Config) -> Sequence[Download]:
        """Return the notebook of each page."""
        address = f"{self.name}/{{docname}}.ipynb"
        return [Download(address, ".ipynb", _("Download this page as a notebook"), "fas fa-code")]

    def site_files(self, written: Written) -> Mapping[str, Path]:
        """Return all notebooks, and the archive if it was assembled."""
        folder, archive = written.folder, archive_of(written)
        files = {f"{self.name}/{path.relative_to(folder).as_posix()}": path for path in sorted(folder.rglob("*.ipynb"))}
        return files | ({archive.name: archive} if archive.is_file() else {})

    def assemble(self, written: Written, others: Mapping[str, Path]) -> None:
        """Write the archive. Raise OSError if that fails."""
        wheels = sorted(others[PACKAGE].glob("*.whl")) if PACKAGE in others else []
        assemble_archive(written.folder, next(iter(wheels), None), archive_of(written))

    def readables(self, written: Written, table: ExpectedNumbers) -> Iterator[ReadableFile]:
        """Yield the notebooks of all pages."""
        from ...numbering.agreement.read_notebooks import readable_notebooks

        addresses = page_addresses(written.app.config, written.docnames)
        yield from readable_notebooks(table, written.folder, written.docnames, addresses)

    def places(self, written: Written) -> PlaceOf:
        """Return a function that gives the file of a page, relative to the folder of notebooks."""
        files = {docname: f"{docname}.ipynb" for docname in written.docnames}
        existing = {docname: file for docname, file in files.items() if (written.folder / file).is_file()}
        return lambda thing: existing.get(thing.docname)


def archive_of(written: Written) -> Path:
    """Return the path of the archive, whether it exists or not."""
    return written.folder / f"{book_name(written.app.config)}-notebooks.zip"
