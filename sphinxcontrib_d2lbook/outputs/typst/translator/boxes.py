"""Translate boxes: admonitions and topics, and components of sphinx-design as paper can show them.

Tabs come one after the other, cards are boxed, dropdowns are open.
"""

from __future__ import annotations

from docutils import nodes

from ...paper.boxes import columns_of, link_of_card, rubric_and_body, title_and_body, tone_and_label, tone_of
from .. import markup
from .base import TypstTranslatorBase


class TypstBoxVisitors(TypstTranslatorBase):
    def visit_admonition(self, node: nodes.Element) -> None:
        """Emit an admonition with a title of its own; its class may name a kind."""
        title, body = title_and_body(node)
        self.emit_block(
            "admonition",
            self.content(body),
            kind=tone_of(node, other="plain"),
            title=self.content(title.children) if title is not None else None,
        )
        raise nodes.SkipNode

    def _named(self, node: nodes.Element) -> None:
        tone, label = tone_and_label(node)
        self.emit_block(
            "admonition",
            self.content(node.children),
            kind=tone,
            title=markup.content(self.text(label, node)),
        )
        raise nodes.SkipNode

    visit_attention = _named
    visit_caution = _named
    visit_danger = _named
    visit_error = _named
    visit_hint = _named
    visit_important = _named
    visit_note = _named
    visit_seealso = _named
    visit_tip = _named
    visit_warning = _named

    def visit_todo_node(self, node: nodes.Element) -> None:
        self.visit_admonition(node)

    def visit_topic(self, node: nodes.topic) -> None:
        self.visit_admonition(node)

    def visit_versionmodified(self, node: nodes.Element) -> None:
        self.wrap_block("version-change", node)

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
        """Emit a box; a rubric at its beginning becomes its title."""
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
        raise nodes.SkipNode  # Icons are ornaments of the screen.

    visit_fontawesome = _silent
