"""Collect the entries of the index that the PDF prints: Sphinx's, in its order, as far as their places are printed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from sphinx.builders import Builder
from sphinx.environment.adapters.indexentries import IndexEntries

from ...addresses.internal_uris import internal_target
from .destination_names import key

Link = tuple[str | None, str | Literal[False]]
"""Link of an entry: "main" for where a thing is explained, else "", and the address of the place, False for none."""


@dataclass(frozen=True)
class IndexRow:
    """Entry of the index, or one below an entry."""

    words: str
    places: tuple[tuple[str, bool], ...]
    """Keys of its places, each with whether it is a main one; none for "see …"."""
    below: tuple[IndexRow, ...] = ()

    def rows(self) -> Iterator[IndexRow]:
        """Yield the entry and those below it."""
        yield self
        yield from self.below


@dataclass(frozen=True)
class IndexGroup:
    """Entries under a letter."""

    letter: str
    rows: tuple[IndexRow, ...]


def index_groups(builder: Builder, placed: Container[str]) -> list[IndexGroup]:
    """Return the index of the places that a book has; ``placed`` has their keys. Nothing without an entry."""
    groups = []
    for letter, entries in IndexEntries(builder.env).create_index(builder):
        rows = []
        for words, (links, below, _category) in entries:
            # A "see other" entry has no place of its own.
            inner = [IndexRow(name, _places(targets, placed)) for name, targets in below if _is_shown(targets, placed)]
            places = _places(links, placed)
            if places or inner:
                rows.append(IndexRow(words, places, tuple(inner)))
        if rows:
            groups.append(IndexGroup(letter, tuple(rows)))
    return groups


def _is_shown(links: list[Link], placed: Container[str]) -> bool:
    return not links or bool(_places(links, placed))


def _places(links: Iterable[Link], placed: Container[str]) -> tuple[tuple[str, bool], ...]:
    """Return the keys of those places of an entry that are in the book, and whether each is a main one."""
    main_by_key: dict[str, bool] = {}
    for main, address in links:
        place = internal_target(address) if isinstance(address, str) else None
        name = key(*place) if place else ""
        if name in placed:
            main_by_key[name] = main_by_key.get(name, False) or main == "main"
    return tuple(main_by_key.items())
