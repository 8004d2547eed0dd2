"""Fold admonitions of the class `dropdown`, including solutions, on the website, where readers can unfold them.

The title stays, whatever its node is; what is below it goes into a `<details>` of HTML, which needs no script. A small
script opens those that contain the target of a link. Nothing changes in other outputs, or if sphinx-togglebutton folds
them.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.locale import admonitionlabels
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..upstream.sphinx.application import app_of

FOLDED, OPEN = "dropdown", "toggle-shown"
"""CSS classes of sphinx-togglebutton: for admonitions to be folded, and for those that are open at first."""
SCRIPT = "folding.js"


class folded(nodes.General, nodes.Element):  # noqa: N801
    """Content below the title of an admonition. Attributes: `label` (for screen readers), `open`."""


class Fold(SphinxPostTransform):
    """Move what is below the titles of such admonitions into one node."""

    # Runs after references and titles are resolved (10 to 700), so that no transform looks for children that moved.
    default_priority = 800
    formats = ("html",)

    def is_supported(self) -> bool:
        app = app_of(self.env)
        # In an EPUB, or in the single page of an application's help, readers may be unable to unfold anything.
        folds = not getattr(app.builder, "embedded", False) and "sphinx_togglebutton" not in app.extensions
        return folds and super().is_supported()

    def run(self, **_options: Any) -> None:
        for node in list(self.document.findall(nodes.Element)):
            if isinstance(node, nodes.Admonition) and FOLDED in node["classes"]:
                _fold(node)


def _fold(node: nodes.Element) -> None:
    has_title = bool(node.children) and isinstance(node.children[0], nodes.title)
    label = node.children[0].astext() if has_title else str(admonitionlabels.get(node.tagname, ""))
    below = node.children[1:] if has_title else node.children
    if not below or not label:
        return
    node.children = node.children[: len(node.children) - len(below)]
    node += folded("", *below, label=label, open=OPEN in node["classes"])


def visit_html(self: Any, node: folded) -> None:
    opened = {"open": ""} if node["open"] else {}
    self.body.append(self.starttag(node, "details", CLASS="d2lbook-fold", **opened))
    self.body.append(f'<summary aria-label="{self.attval(node["label"])}"></summary>\n')


def depart_html(self: Any, _node: folded) -> None:
    self.body.append("</details>\n")


def add_script(app: Sphinx, _page: str, _template: str, _context: Any, doctree: nodes.document | None) -> None:
    """Load the script on pages that have something folded. Handle `html-page-context`."""
    if doctree is not None and next(doctree.findall(folded), None) is not None:
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> None:
    app.add_node(folded, html=(visit_html, depart_html))
    app.add_post_transform(Fold)
    app.connect("html-page-context", add_script)
