"""Admonitions and topics: boxes with a title."""

from __future__ import annotations

from docutils import nodes

from ...paper.boxes import tone_and_label, tone_of
from ...paper.statements import title_and_body
from .. import markup
from .base import BaseTranslator


class AdmonitionVisitors(BaseTranslator):
    def visit_admonition(self, node: nodes.Element) -> None:
        """One with a title of its own; its class may name a kind."""
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
