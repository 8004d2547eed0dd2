"""Copy nodes to be kept in the environment, without the page that they are from.

docutils notes at a node the document that it belongs to, and copies keep that note. Sphinx writes the environment after
each build that has read a page and reads it before the next one; a node kept with its document brings its whole page.
"""

from __future__ import annotations

from docutils import nodes


def kept_copy(node: nodes.Node) -> nodes.Node:
    """Return a copy of a node, with all in it, that belongs to no document."""
    copy = node.deepcopy()
    for inner in copy.findall():
        inner.document = None  # type: ignore[assignment]  # docutils' own value for nodes of no document
    return copy
