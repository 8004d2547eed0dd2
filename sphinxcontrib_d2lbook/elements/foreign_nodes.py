"""Replace nodes of other extensions that paper and notebooks would set wrongly, or leave out without a warning.

Each becomes the plain nodes that it stands for. Other unknown nodes are set as their text, with a warning.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.ext.autosummary import autosummary_table
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..upstream.sphinx.application import given_values

BUTTONS = frozenset({"ThebeButtonNode"})
"""Names of the classes of nodes that are buttons in a browser, without text of the book."""
SUBFIGURES = "sphinx_subfigure"
"""Extension that has a directive with the same name as ours."""


class PlainNodesOfOthers(SphinxPostTransform):
    """Replace nodes of other extensions by plain ones."""

    default_priority = 3  # before images are chosen, as for other nodes that are made plain for paper
    formats = ("typst", "latex", "notebook")

    def run(self, **_options: object) -> None:
        for node in list(self.document.findall(nodes.Element)):
            if isinstance(node, autosummary_table):
                node.replace_self(node.children)  # a subclass of comment, which only Sphinx's own writers show
            elif isinstance(node, nodes.label) and not isinstance(node.parent, nodes.footnote | nodes.citation):
                _replace(node, nodes.rubric("", "", *node.children))  # the title of a tab
            elif type(node).__name__ in BUTTONS:
                node.parent.remove(node)
            elif isinstance(node, nodes.figure) and node.get("is_subfigure") and "subcaptions" in node:
                _add_captions(node)


def _replace(node: nodes.Element, other: nodes.Element) -> None:
    other.source, other.line = node.source, node.line
    node.replace_self(other)


def _add_captions(figure: nodes.Element) -> None:
    """Add a caption below each image of sphinx-subfigure: its alternative text, as on a website."""
    for image in [child for child in figure.children if isinstance(child, nodes.image) and child.get("alt")]:
        text = nodes.paragraph("", image["alt"])
        text.source, text.line = image.source or figure.source, image.line or figure.line
        figure.insert(figure.index(image) + 1, text)


def lists_subfigures(app: Sphinx) -> bool:
    """Return whether a project lists an extension that has its own directive `{subfigure}`."""
    return SUBFIGURES in given_values(app.config).get("extensions", ())


def setup(app: Sphinx) -> None:
    app.add_post_transform(PlainNodesOfOthers)
