"""Translate signatures and descriptions of programming interfaces."""

from __future__ import annotations

from docutils import nodes

from .. import markup
from .base import TypstTranslatorBase


class ApiVisitors(TypstTranslatorBase):
    def visit_desc(self, node: nodes.Element) -> None:
        self.emit_block("described", self.content(node.children))
        raise nodes.SkipNode

    def visit_desc_signature(self, node: nodes.Element) -> None:
        with self.within(verbatim=True):
            self.wrap_block("signature", node)

    def visit_desc_signature_line(self, node: nodes.Element) -> None:
        self.emit(self.rendered(node.children) + markup.call("newline"))
        raise nodes.SkipNode

    def visit_desc_content(self, node: nodes.Element) -> None:
        self.wrap_block("description", node)

    def visit_desc_name(self, node: nodes.Element) -> None:
        self.wrap("bold", node)

    def _render_children(self, node: nodes.Element) -> None:
        self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    visit_desc_addname = _render_children
    visit_desc_type = _render_children
    visit_desc_annotation = _render_children
    visit_desc_inline = _render_children
    visit_desc_sig_element = _render_children
    visit_desc_sig_space = _render_children

    def visit_desc_returns(self, node: nodes.Element) -> None:
        self.emit(self.text(" → ", node) + self.rendered(node.children))
        raise nodes.SkipNode

    def _parameters(self, node: nodes.Element) -> None:
        opening, closing = ("[", "]") if node.__class__.__name__ == "desc_type_parameter_list" else ("(", ")")
        parts = [self.rendered([child]) for child in node.children]
        self.emit(self.text(opening, node) + self.text(", ", node).join(parts) + self.text(closing, node))
        raise nodes.SkipNode

    visit_desc_parameterlist = _parameters
    visit_desc_type_parameter_list = _parameters

    def visit_desc_parameter(self, node: nodes.Element) -> None:
        if node.get("noemph"):
            self._render_children(node)
        self.wrap("em", node)

    visit_desc_type_parameter = visit_desc_parameter

    def visit_desc_optional(self, node: nodes.Element) -> None:
        parts = [self.rendered([child]) for child in node.children]
        self.emit(self.text("[", node) + self.text(", ", node).join(parts) + self.text("]", node))
        raise nodes.SkipNode
