"""Share what the book saves and where it uses it among the elements about the package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx

from ..library import Library, SavedBlock
from ..library.code_occurrences import Occurrence, occurrences
from ..library.extension import collected
from ..library.package_options import grammar
from ..library.public_objects import SavedObject, saved_in_cells, saved_objects
from ..notebook import Notebook
from ..notebook.save_marks import MarkGrammar


@dataclass
class BookObjects:
    """Objects that the book saves, and their uses, found in the sources; pages are searched only when asked for."""

    library: Library
    notebooks: Mapping[str, Notebook]
    """docname -> notebook."""
    order: list[str]
    """Docnames of the pages that the toctrees reach, in reading order."""
    grammar: MarkGrammar
    _uses: dict[str, list[Occurrence]] = field(default_factory=dict)

    @cached_property
    def objects(self) -> dict[str, SavedObject]:
        """Qualified name -> saved object."""
        return saved_objects(self.library)

    def uses(self, docname: str) -> list[Occurrence]:
        """Return where the code of a page names objects; empty if the page is not a notebook."""
        if docname not in self._uses:
            page = self.notebooks.get(docname)
            self._uses[docname] = occurrences(page, self.objects, self.library) if page else []
        return self._uses[docname]

    def saved(self, docname: str) -> dict[int, list[SavedBlock]]:
        """Return index -> saved blocks, for the cells of a page that save something."""
        page = self.notebooks.get(docname)
        return saved_in_cells(page, self.grammar, self.library) if page and self.library else {}

    @cached_property
    def users(self) -> dict[str, list[str]]:
        """Qualified name -> pages that use the object, in reading order, without the page that defines it."""
        users: dict[str, list[str]] = {}
        for docname in self.order:
            for name in sorted({use.symbol for use in self.uses(docname)}):
                if self.objects[name].item.docname != docname:
                    users.setdefault(name, []).append(docname)
        return users

    def source(self, docname: str, cell: int) -> str | None:
        """Return the code of a cell; None if the page has no such cell."""
        page = self.notebooks.get(docname)
        page_cell = page.cells[cell] if page and cell < len(page.cells) else None
        return page_cell.source if page_cell and page_cell.kind == "code" else None


_objects_of_app: WeakKeyDictionary[Sphinx, BookObjects] = WeakKeyDictionary()


def book_objects(app: Sphinx) -> BookObjects:
    """Return the objects of a build, collected once. Only valid after `builder-inited`."""
    if app not in _objects_of_app:
        sources = collected(app)
        _objects_of_app[app] = BookObjects(sources.library, sources.notebooks, sources.order, grammar(app.config))
    return _objects_of_app[app]
