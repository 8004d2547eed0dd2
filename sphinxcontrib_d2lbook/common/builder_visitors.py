"""Visitors of Sphinx's own builders: HTML in its kinds, text, man pages, Texinfo.

Their translators end the build at a node without a visitor. Here each such node is told once, at its place, and its
content is written without it, as our own outputs do.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder

from ..upstream.sphinx.registry import share_visitors, translator_class
from .fallback_rendering import place_of
from .warning_types import Warn, warn


class Lenient(nodes.NodeVisitor):
    """Stands before a translator of Sphinx among the bases of a class."""

    def unknown_visit(self, node: nodes.Node) -> None:
        builder: Builder | None = getattr(self, "builder", None)
        name = builder.name if builder else ""
        warn(
            Warn.NODE,
            "the builder %r has no rule for a %r node; its content is written without one (register one with "
            "app.add_node(..., %s=(visit, depart)))",
            name,
            type(node).__name__,
            (builder.format if builder else "") or name,
            location=place_of(node, builder.env.current_document.docname if builder else ""),
        )

    def unknown_departure(self, node: nodes.Node) -> None:
        """Nothing: the visitor may also have written the node whole, and be registered without its other half."""


def complete(app: Sphinx) -> None:
    """Handler of `builder-inited`."""
    share_visitors(app, app.builder.name, app.builder.format)
    found = translator_class(app)
    if found is None or issubclass(found, nodes.GenericNodeVisitor | Lenient):
        return
    if found.unknown_visit.__module__.partition(".")[0] in ("sphinx", "docutils"):
        app.set_translator(app.builder.name, type(found.__name__, (Lenient, found), {}), override=True)


def setup(app: Sphinx) -> None:
    # Behind themes, which put their own translator in (500).
    app.connect("builder-inited", complete, priority=950)
