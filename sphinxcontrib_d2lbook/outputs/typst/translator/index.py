"""Emit the index at the end of the book: `{index}` and what other directives add, in Sphinx's order."""

from __future__ import annotations

from typing import Any

from docutils import nodes

from ....common.translations import _
from ...paper.book_index import IndexRow, index_groups
from ...paper.destination_names import docname_of
from .. import escape, markup
from .base import TypstTranslatorBase

Row = tuple[markup.TypstExpression, list[tuple[str, bool]], list[Any]]
"""Row of the index as the template takes it: words, places, and rows of sub-entries."""


class IndexVisitors(TypstTranslatorBase):
    def visit_index(self, node: nodes.Node) -> None:
        """Emit nothing: the place of an entry is the target beside it, or the object that it names."""
        raise nodes.SkipNode

    def close_book(self) -> None:
        """Emit the index, if the pages of the book have any entry."""
        groups = index_groups(self.builder, self.placed)
        if not groups:
            return
        if self.matter != "back":
            self.set_matter("back")
        self.emit_block(
            "index",
            _("Index"),
            [(_words(group.letter), [self._index_row(row) for row in group.rows]) for group in groups],
        )

    def _index_row(self, row: IndexRow) -> Row:
        for name, _main in row.places:
            self.facts.glyphs.check(row.words, docname_of(name))
        return _words(row.words), list(row.places), [self._index_row(inner) for inner in row.below]


def _words(text: str) -> markup.TypstExpression:
    return markup.content(escape.markup(text))
