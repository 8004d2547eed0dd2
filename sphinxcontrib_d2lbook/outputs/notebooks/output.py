"""Register the notebooks for readers as an output of the book."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from sphinx.application import Sphinx
from sphinx.config import Config

from ...addresses.permanent_addresses import page_addresses
from ...common.translations import _
from ...config import book_name
from ...elements import html_outputs
from ...numbering.frameworks import shown_frameworks
from ..base import Download, Output, PlaceOf, Written
from .archive import ARCHIVED, assemble_archive
from .builder import NotebooksBuilder
from .data_files import data_of_book
from .notebook_files import notebook_files
from .solutions import INCLUDE, SEPARATE, SUFFIX, has_solutions, ids_left_out
from .statements_and_cells import visitors

if TYPE_CHECKING:
    from ...numbering.agreement.expected_numbers import ExpectedNumbers
    from ...numbering.agreement.readback import ReadableFile
    from ...numbering.manifest import Numbered

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

    def inputs(self, app: Sphinx) -> Iterable[Path]:
        """Return the data files that lie beside the notebooks."""
        return [Path(app.srcdir, source) for source in data_of_book(app).values()]

    def downloads(self, config: Config) -> Sequence[Download]:
        """Return the notebook of each page, that of its solutions, and the archive of all."""
        address = f"{self.name}/{{docname}}.ipynb"
        tooltip, icon = _("Download this page as a notebook"), "fas fa-code"
        page = Download(address, ".ipynb", tooltip, icon, by_framework=True)
        tooltip, archive = _("Download all pages as notebooks"), f"{book_name(config)}-notebooks.zip"
        everything = Download(archive, ".zip", tooltip, "fas fa-download")
        if config.d2lbook_notebook_solutions != SEPARATE:
            return [page, everything]
        address, tooltip = f"{self.name}/{{docname}}{SUFFIX}.ipynb", _("Download the solutions as a notebook")
        text = f"{SUFFIX}.ipynb"
        solutions = Download(address, text, tooltip, icon, has_page=has_solutions, by_framework=True)
        return [page, solutions, everything]

    def site_files(self, written: Written) -> Mapping[str, Path]:
        """Return all notebooks, and the archive if it was assembled."""
        folder, archive = written.folder, archive_of(written)
        names = (path.relative_to(folder).as_posix() for path in sorted(folder.rglob("*.ipynb")))
        files = {f"{self.name}/{name}": folder / name for name in names if not name.startswith(f"{ARCHIVED}/")}
        return files | ({archive.name: archive} if archive.is_file() else {})

    def assemble(self, written: Written, others: Mapping[str, Path]) -> None:
        """Write the archive, and remove one with an earlier name of the book. Raise OSError if that fails."""
        wheels = sorted(others[PACKAGE].glob("*.whl")) if PACKAGE in others else []
        archive, data = archive_of(written), data_of_book(written.app)
        for old in written.folder.glob("*-notebooks.zip"):
            if old != archive and Path(old.name) not in data:
                old.unlink()
        assemble_archive(written.folder, next(iter(wheels), None), archive)

    def readables(self, written: Written, table: ExpectedNumbers) -> Iterator[ReadableFile]:
        """Yield the notebooks of all pages, and those of solutions."""
        from ...numbering.agreement.read_notebooks import readable_notebooks

        addresses = page_addresses(written.app.config, written.docnames)
        left_out = _left_out(written)
        nothing: tuple[set[str], set[str]] = (set(), set())
        rest = {docname: set[str]().union(*left_out.get(docname, nothing)) for docname in written.docnames}
        yield from readable_notebooks(table, written.folder, addresses, rest)
        if written.app.config.d2lbook_notebook_solutions == SEPARATE:
            others = {
                docname: {name for entry in table.pages[docname] for name in entry.ids} - solved
                for docname, (solved, _gone) in left_out.items()
            }
            yield from readable_notebooks(table, written.folder, addresses, others, SUFFIX)

    def places(self, written: Written) -> PlaceOf:
        """Return a function that gives the file of a page, relative to the folder of notebooks.

        Of a page in several frameworks, it is a map of frameworks to files. What is in a solution is in the notebook of
        solutions, if there is one.
        """
        existing = {docname: _existing(written, docname) for docname in written.docnames}
        moved: dict[tuple[str, str], dict[str, str]] = {}
        is_separate = written.app.config.d2lbook_notebook_solutions == SEPARATE
        for docname, (solved, gone) in _left_out(written).items():
            solutions = _existing(written, docname, SUFFIX) if is_separate else {}
            moved |= {(docname, name): {} for name in gone}
            moved |= {(docname, name): solutions for name in solved}

        def place(thing: Numbered) -> str | dict[str, str] | None:
            files = moved.get((thing.docname, thing.node_id), existing.get(thing.docname, {}))
            return files.get(thing.framework) if thing.framework or "" in files else files or None

        return place


def _existing(written: Written, docname: str, suffix: str = "") -> dict[str, str]:
    """Return framework -> notebook of a page, or of its solutions, of those that were written."""
    files = notebook_files(f"{docname}{suffix}", shown_frameworks(written.app.env, docname))
    return {name: file for name, file in files.items() if (written.folder / file).is_file()}


def _left_out(written: Written) -> dict[str, tuple[set[str], set[str]]]:
    """Return docname -> anchors in the solutions, and all that go with them, if notebooks have no solutions."""
    app = written.app
    if app.config.d2lbook_notebook_solutions == INCLUDE:
        return {}
    docnames = [docname for docname in written.docnames if has_solutions(app.env, docname)]
    return {docname: ids_left_out(app.env.get_doctree(docname)) for docname in docnames}


def archive_of(written: Written) -> Path:
    """Return the path of the archive, whether it exists or not."""
    return written.folder / f"{book_name(written.app.config)}-notebooks.zip"
