"""Write the entries of a bibliography as the items of a list, as which screen readers count them.

docutils gives them the role `doc-biblioentry`, which must not stand in a list any more (DPUB-ARIA 1.1, "deprecated").
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator


def visit_html(self: HTML5Translator, node: nodes.citation) -> None:
    """Open an entry, and the list before the first."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        self.body.append('<div role="list" class="citation-list">\n')
    self.body.append(self.starttag(node, "div", classes=["citation"], role="listitem"))


def depart_html(self: HTML5Translator, node: nodes.citation) -> None:
    """Close an entry, and the list behind the last."""
    self.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        self.body.append("</div>\n")


def setup(app: Sphinx) -> None:
    app.add_node(nodes.citation, override=True, html=(visit_html, depart_html))
