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


def nearest_line(node: nodes.Node) -> int | None:
    """Return the line of a node, or else of the nearest one around it that has one; None if there is none."""
    return next((place.line for place in (node, *ancestors(node)) if place.line), None)
