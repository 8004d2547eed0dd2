"""Know for a build what has changed since the printing that `d2lbook_printing` names."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar, cast
from weakref import WeakKeyDictionary

from docutils import nodes
from packaging.utils import canonicalize_name
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ...common.errors import BookError
from ...common.files import digest
from ...common.installed_distributions import installed
from ...common.per_page_domain import PerPageDomain
from ...common.translations import _
from ...library.extension import collected
from ...library.requirements import imported_modules, providers_of
from ...numbering.manifest import manifest
from ...numbering.page_facts import numbers_domain
from ...numbering.reference_names import target
from ...upstream.sphinx.application import app_of
from .comparison import BookChanges, PageChanges, compare
from .page_contents import PageContents, contents_of
from .record import PrintingRecord, file_of, read_record

_changes: WeakKeyDictionary[Sphinx, BookChanges] = WeakKeyDictionary()


class PrintingsDomain(PerPageDomain[PageContents]):
    """Domain that keeps the contents of each page, and which pages list all changes."""

    name = "d2lprintings"
    label = "contents of pages"
    data_version = 1
    initial_data: ClassVar[dict[str, Any]] = {"pages": {}, "lists": {}}
    by_page = ("pages", "lists")

    @property
    def lists(self) -> dict[str, bool]:
        """Docnames of the pages that list all changes, each with True."""
        return cast("dict[str, bool]", self.data["lists"])

    def view(self, docname: str) -> str:
        """Return a digest of what a page says of the changes since the printing."""
        app = app_of(self.env)
        if not app.config.d2lbook_printing:
            return ""
        changed = changes_of(app)
        shown = changed if docname in self.lists else changed.pages.get(docname, PageChanges())
        return digest(app.config.d2lbook_printing, repr(shown), repr(sorted(self.lists)))


def printings_domain(env: BuildEnvironment) -> PrintingsDomain:
    """Return the domain of a build."""
    return cast("PrintingsDomain", env.domains[PrintingsDomain.name])


def note_contents(app: Sphinx, document: nodes.document) -> None:
    """Keep the contents of a page. Handle `doctree-read`."""
    printings_domain(app.env).pages[app.env.current_document.docname] = contents_of(document)


def changes_of(app: Sphinx) -> BookChanges:
    """Return what has changed since the printing, once all numbers are given out; nothing if conf.py names none.

    Raise BookError if the record is missing or garbled, NewerFormatError.
    """
    if not app.config.d2lbook_printing:
        return BookChanges({})
    if app not in _changes:
        _changes[app] = compare(read_record(file_of(app.confdir, app.config.d2lbook_printing)), record_of(app))
    return _changes[app]


def record_files(app: Sphinx) -> list[Path]:
    """Return the file of the printing, for outputs that depend on it; none if conf.py names no printing."""
    printing = app.config.d2lbook_printing
    return [file_of(app.confdir, printing)] if printing else []


def printing_line(app: Sphinx) -> str:
    """Return the line of an imprint that names the printing; "" if conf.py names none."""
    printing = app.config.d2lbook_printing
    if not printing:
        return ""
    words = _("With changes since the printing {printing}") if changes_of(app) else _("Printing {printing}")
    return words.format(printing=printing)


def record_of(app: Sphinx) -> PrintingRecord:
    """Return the present state of the book. Raise BookError if a page was read before its contents were kept."""
    env = app.env
    known = printings_domain(env).pages
    missing = sorted(env.found_docs - known.keys())
    if missing:
        raise BookError(f"the contents of {missing[0]!r} are not known; build the book once with -E")
    facts = numbers_domain(env).facts
    by_id = {(docname, fact.ids[0]): fact for docname in facts for fact in facts[docname]}
    rows = []
    for row in manifest(env):
        item = target(env, row["docname"], row["id"], by_id[row["docname"], row["id"]])
        rows.append({**row, "title": " ".join(row["title"].split()), "name": " ".join(item.name.split())})
    pages = {docname: known[docname] for docname in sorted(env.found_docs)}
    return PrintingRecord(pages, tuple(rows), libraries_of(app))


def libraries_of(app: Sphinx) -> dict[str, str]:
    """Return the versions of the distributions that the book's cells import, by name."""
    book = collected(app)
    sources = (cell.source for page in book.notebooks.values() for cell in page.code_cells)
    own = {book.library.package} if book.library else set()
    known = installed().distributions
    names = map(canonicalize_name, providers_of(imported_modules(sources, own)))
    return {name: known[name].version for name in names if name in known}


def setup(app: Sphinx) -> None:
    app.add_domain(PrintingsDomain)
    # Run after cells of several frameworks are put side by side (500): their order in the kept doctree counts.
    app.connect("doctree-read", note_contents, priority=950)
