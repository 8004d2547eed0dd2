"""Walk from a node of a doctree to its root."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes


def ancestors(node: nodes.Node) -> Iterator[nodes.Element]:
    """Yield the nodes around a node, from the inside."""
    parent = node.parent
    while parent is not None:
        yield parent
        parent = parent.parent
