"""Admonitions and topics: boxes with a title."""

from __future__ import annotations

from docutils import nodes
from sphinx.locale import admonitionlabels

from .. import markup
from .base import BaseTranslator

# What the template has a colour for; other kinds are set as notes.
TONES = {
    "attention": "warning",
    "caution": "warning",
    "danger": "danger",
    "error": "danger",
    "hint": "tip",
    "important": "important",
    "note": "note",
    "seealso": "note",
    "tip": "tip",
    "todo": "warning",
    "warning": "warning",
}


class AdmonitionVisitors(BaseTranslator):
    def visit_admonition(self, node: nodes.Element) -> None:
        """One with a title of its own; its class may name a kind."""
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        body = [child for child in node.children if child is not title]
        kind = next((TONES[name] for name in node["classes"] if name in TONES), "plain")
        self.emit_block(
            "admonition",
            self.content(body),
            kind=kind,
            title=self.content(title.children) if title is not None else None,
        )
        raise nodes.SkipNode

    def _named(self, node: nodes.Element) -> None:
        name = node.__class__.__name__.removesuffix("_node")
        label = str(admonitionlabels.get(name, name.title()))
        self.emit_block(
            "admonition",
            self.content(node.children),
            kind=TONES.get(name, "note"),
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
