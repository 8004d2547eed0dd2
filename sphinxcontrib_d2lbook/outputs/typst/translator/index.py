"""Build the index at the end of the book: `{index}` and what other directives add, in Sphinx's order."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from docutils import nodes
from sphinx.environment.adapters.indexentries import IndexEntries

from ....addresses.internal_uris import internal_target
from ....common.translations import _
from ...paper.destination_names import key
from .. import escape, markup
from .base import TypstTranslatorBase

Link = tuple[str | None, str | Literal[False]]
"""Link of an entry: "main" for where a thing is explained, else "", and the address of the place, False for none."""
Row = tuple[markup.TypstExpression, list[tuple[str, bool]], list[Any]]
"""Row of the index: words, places (a key, and whether it is a main one), and rows of sub-entries."""


class IndexVisitors(TypstTranslatorBase):
    def visit_index(self, node: nodes.Node) -> None:
        """Emit nothing: the place of an entry is the target beside it, or the object that it names."""
        raise nodes.SkipNode

    def close_book(self) -> None:
        """Emit the index, if the pages of the book have any entry."""
        groups = []
        for letter, entries in IndexEntries(self.builder.env).create_index(self.builder):
            rows = [entry for entry in map(self._entry, entries) if entry is not None]
            if rows:
                groups.append((_words(letter), rows))
        if not groups:
            return
        if self.matter != "back":
            self.set_matter("back")
        self.emit_block("index", _("Index"), groups)

    def _entry(self, entry: tuple[str, tuple[list[Link], list[tuple[str, list[Link]]], str | None]]) -> Row | None:
        """Return the words, places and sub-entries of an entry; None for an entry that no page of the book has."""
        words, (links, below, _category) = entry
        inner: list[Row] = []
        for name, targets in below:
            places = self._places(name, targets)
            # A "see other" entry has no place of its own.
            if places or not targets:
                inner.append((_words(name), places, []))
        places = self._places(words, links)
        return (_words(words), places, inner) if places or inner else None

    def _places(self, words: str, links: Iterable[Link]) -> list[tuple[str, bool]]:
        """Return the keys of the places in this book, and whether each is a main one; check the words' characters."""
        main_by_key: dict[str, bool] = {}
        for main, address in links:
            place = internal_target(address) if isinstance(address, str) else None
            name = key(*place) if place else ""
            if place and name in self.placed:
                main_by_key[name] = main_by_key.get(name, False) or main == "main"
                self.facts.glyphs.check(words, place[0])
        return list(main_by_key.items())


def _words(text: str) -> markup.TypstExpression:
    return markup.content(escape.markup(text))
