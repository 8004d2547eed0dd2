"""What this build's book saves and where it uses it: the facts that the elements about the package share."""

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
    """Found in the sources alone, a page at a time when it is asked for; children of the process inherit it."""

    library: Library
    notebooks: Mapping[str, Notebook]
    """By docname."""
    order: list[str]
    """Pages that the toctrees reach, in reading order."""
    grammar: MarkGrammar
    _uses: dict[str, list[Occurrence]] = field(default_factory=dict)

    @cached_property
    def objects(self) -> dict[str, SavedObject]:
        """By qualified name."""
        return saved_objects(self.library)

    def uses(self, docname: str) -> list[Occurrence]:
        """Where a page's code names objects; empty for what is no notebook."""
        if docname not in self._uses:
            page = self.notebooks.get(docname)
            self._uses[docname] = occurrences(page, self.objects, self.library) if page else []
        return self._uses[docname]

    def saved(self, docname: str) -> dict[int, list[SavedBlock]]:
        """Index of each cell of a page that saves something -> its blocks."""
        page = self.notebooks.get(docname)
        return saved_in_cells(page, self.grammar, self.library) if page and self.library else {}

    @cached_property
    def users(self) -> dict[str, list[str]]:
        """Qualified name -> the pages that use the object, in reading order; the one that defines it left out."""
        found: dict[str, list[str]] = {}
        for docname in self.order:
            for name in sorted({use.symbol for use in self.uses(docname)}):
                if self.objects[name].item.docname != docname:
                    found.setdefault(name, []).append(docname)
        return found

    def source(self, docname: str, cell: int) -> str | None:
        """The code of a cell; None where the page has no such cell."""
        page = self.notebooks.get(docname)
        found = page.cells[cell] if page and cell < len(page.cells) else None
        return found.source if found and found.kind == "code" else None


_found: WeakKeyDictionary[Sphinx, BookObjects] = WeakKeyDictionary()


def book_objects(app: Sphinx) -> BookObjects:
    """Only after `builder-inited`."""
    if app not in _found:
        sources = collected(app)
        _found[app] = BookObjects(sources.library, sources.notebooks, sources.order, grammar(app.config))
    return _found[app]
