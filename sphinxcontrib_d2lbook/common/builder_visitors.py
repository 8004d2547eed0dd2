"""Let Sphinx's own builders (HTML, text, man pages, Texinfo) write nodes for which they have no visitor.

Their translators end the build at such a node. Here the build warns once, at the node's place, and writes its content
without it, as our own outputs do.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder

from ..upstream.sphinx.registry import share_visitors, translator_class
from .fallback_rendering import place_of
from .warning_types import Warn, warn


class LenientVisitor(nodes.NodeVisitor):
    """Base class that precedes a translator of Sphinx and visits unknown nodes."""

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
        """Do nothing: a visitor may write the whole node and be registered without a departure function."""


def complete_visitors(app: Sphinx) -> None:
    """Complete the visitors of the builder's translator. Handle `builder-inited`."""
    share_visitors(app, app.builder.name, app.builder.format)
    translator = translator_class(app)
    if translator is None or issubclass(translator, nodes.GenericNodeVisitor | LenientVisitor):
        return
    if translator.unknown_visit.__module__.partition(".")[0] in ("sphinx", "docutils"):
        app.set_translator(app.builder.name, type(translator.__name__, (LenientVisitor, translator), {}), override=True)


def setup(app: Sphinx) -> None:
    # After themes, which set their own translator (500).
    app.connect("builder-inited", complete_visitors, priority=950)
