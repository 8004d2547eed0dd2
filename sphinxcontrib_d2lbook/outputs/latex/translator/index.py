"""Emit what stands at the end of the book, and the lists that follow the contents, once all places are known."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from ....common.translations import _
from ...paper.book_index import IndexRow, index_groups
from ...paper.lists import list_titles
from .. import escape
from .structure import LatexStructureVisitors


class LatexIndexVisitors(LatexStructureVisitors):
    def visit_index(self, node: nodes.Element) -> Any:
        """Emit nothing: the place of an entry is the target beside it, or the object that it names."""
        raise nodes.SkipNode

    def close_book(self) -> None:
        """Emit the index, if the pages of the book have any entry, and the lists that conf.py names."""
        self._set_lists()
        groups = index_groups(self.builder, self.placed)
        if not groups:
            return
        if self.matter != "back":
            self.set_matter("back")
        self.emit(f"\n\\begin{{bookindex}}{{{escape.escape(_('Index'))}}}\n")
        for group in groups:
            self.emit(escape.command("bookletter", escape.escape(group.letter)) + "\n")
            for row in group.rows:
                self.emit(self._index_row("bookentry", row))
                for inner in row.below:
                    self.emit(self._index_row("booksubentry" if inner.places else "bookseeentry", inner))
        self.emit("\\end{bookindex}\n")

    def _index_row(self, name: str, row: IndexRow) -> str:
        places = ",".join(f"{self.placed[key]}={int(main)}" for key, main in row.places)
        return escape.command(name, escape.escape(row.words), places) + "\n"

    def _set_lists(self) -> None:
        """Put the lists of figures, tables, statements and code where the contents end."""
        lists = []
        words = list_titles()
        for kind in self.config.d2lbook_pdf_front.get("lists", ()):
            rows = [escape.command("booklistentry", *row) for row in self.listed_items.get(kind, ())]
            if rows:
                title = escape.escape(words[kind])
                lists.append("\n".join([f"\\begin{{booklist}}{{{title}}}", *rows, "\\end{booklist}", ""]))
        if lists:
            body, at = self.lists_place
            body.insert(at, "\n" + "".join(lists))
