"""Titles of pages: those that are plain text are rendered once a build.

Sphinx renders a page's title for the page itself and for each page that names it as the one before, behind or above,
each time with a document and a translator of its own.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from ...upstream.sphinx.html import Render, wrap_render_partial


def remember_titles(app: Sphinx) -> None:
    """Handler of `builder-inited`."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        wrap_render_partial(app.builder, _remembering)


def _remembering(render: Render) -> Render:
    kept: dict[tuple[str, tuple[int, ...]], dict[str, str]] = {}

    def render_partial(node: nodes.Node | None) -> dict[str, str]:
        """As Sphinx's; see there."""
        if not isinstance(node, nodes.title) or not _is_plain(node):
            return render(node)
        key = (node.astext(), tuple(node.get("secnumber") or ()))
        if key not in kept:
            kept[key] = render(node)
        return kept[key].copy()

    return render_partial


def _is_plain(title: nodes.title) -> bool:
    """Whether there is nothing in it but text and a number: references lead elsewhere on each page."""
    return title.non_default_attributes().keys() <= {"secnumber"} and all(type(child) is nodes.Text for child in title)


def setup_extension(app: Sphinx) -> None:
    app.connect("builder-inited", remember_titles)
