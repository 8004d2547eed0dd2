"""Components of sphinx-design, as paper can show them: tabs one after the other, cards boxed, dropdowns open."""

from __future__ import annotations

from docutils import nodes

from ...paper.boxes import columns_of, link_of_card, rubric_and_body
from .. import markup
from .base import BaseTranslator


class DesignVisitors(BaseTranslator):
    def design_component(self, node: nodes.container) -> None:
        name = node["design_component"]
        if name == "tab-item":
            self._titled("tab", node)
        elif name == "dropdown":
            self._titled("dropdown", node)
        elif name == "card":
            self._card(node)
        elif name == "card-title":
            self.emit_block("small-heading", self.content(node.children))
        elif name == "grid-row":
            self._row(node)
        else:
            self.emit(self.rendered(node.children))

    def _titled(self, name: str, node: nodes.container) -> None:
        """A box with the rubric that it begins with, if it does, as its title."""
        rubric, body = rubric_and_body(node)
        title = None
        if rubric is not None:
            title = markup.content(self.anchors(rubric["ids"]) + self.rendered(rubric.children))
        self.emit_block(name, self.content(body), title=title)

    def _card(self, node: nodes.container) -> None:
        link = link_of_card(node)
        place = self.destination(link) if link is not None else None
        self.emit_block("card", self.content(node.children), place=place)

    def _row(self, node: nodes.container) -> None:
        items = [self.content([child]) for child in node.children if isinstance(child, nodes.Element)]
        self.emit_block("grid-of", items, columns=columns_of(node))

    def _silent(self, node: nodes.Element) -> None:
        raise nodes.SkipNode  # icons: ornaments of the screen

    visit_fontawesome = _silent
