"""Let variants of several frameworks have the same labels, of which the first stands for all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from docutils import nodes

from ...common.current_frameworks import reading_for

_names: WeakKeyDictionary[nodes.document, dict[str, list[str]]] = WeakKeyDictionary()
"""Document that is being read -> names in its variants, each with the frameworks whose variants have it."""


@contextmanager
def variant_names(document: nodes.document, frameworks: Sequence[str]) -> Iterator[None]:
    """Read a variant for ``frameworks``: names that stand in variants of other frameworks only are free in it.

    docutils keeps one target for each name of a document, and warns of a second one. In the end it has the first again.
    """
    known = _names.setdefault(document, {})
    free = [name for name, others in known.items() if not set(others).intersection(frameworks)]
    kept = {
        name: (document.nameids.pop(name), document.nametypes.pop(name)) for name in free if name in document.nameids
    }
    before = set(document.nameids)
    try:
        with reading_for(frameworks):
            yield
    finally:
        for name in document.nameids.keys() - before:
            known.setdefault(name, []).extend(frameworks)
        for name, (node_id, is_explicit) in kept.items():
            document.nameids[name], document.nametypes[name] = node_id, is_explicit
