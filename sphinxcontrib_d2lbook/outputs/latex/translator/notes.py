"""Citations and margin notes; footnotes are Sphinx's."""

from __future__ import annotations

from docutils import nodes

from ...paper.boxes import sidebar_title_and_body
from .. import escape
from .base import LatexTranslatorBase

WIDE = (nodes.literal_block, nodes.table, nodes.math_block, nodes.doctest_block)
"""What is too wide for the margin, or cannot be an argument."""


class LatexNoteVisitors(LatexTranslatorBase):
    def visit_footnotemark(self, node: nodes.Element) -> None:
        if self.scope.plain:
            raise nodes.SkipNode
        super().visit_footnotemark(node)

    def visit_thebibliography(self, node: nodes.Element) -> None:
        self.block("bookentries", body=self.rendered(node.children))
        raise nodes.SkipNode

    def visit_citation(self, node: nodes.Element) -> None:
        label = self.citation_label(node)
        body = [child for child in node.children if not isinstance(child, nodes.label)]
        self.emit("\n\\item\\relax " + (f"{escape.escape(f'[{label}]')} " if label else ""))
        for child in body:
            # One paragraph, without being one of its own.
            self.emit(self.rendered(child.children if isinstance(child, nodes.paragraph) else [child]))
        raise nodes.SkipNode

    def visit_attribution(self, node: nodes.Element) -> None:
        self.emit(f"\n{{\\raggedleft — {self.rendered(node.children).strip()}\\par}}\n")
        raise nodes.SkipNode

    def visit_citation_reference(self, node: nodes.Element) -> None:
        self.through(node)

    def visit_sidebar(self, node: nodes.Element) -> None:
        heading, body = sidebar_title_and_body(node)
        title = self.rendered(heading.children).strip() if heading is not None else ""
        beside = "margin" in node["classes"] and not self.scope.fixed and not self.no_latex_floats
        beside = beside and not any(isinstance(inner, WIDE) for child in body for inner in child.findall())
        with self.without_floats(), self.within(aside=beside or self.scope.aside):
            made = self.rendered(body).strip()
        if beside:
            self.emit("%\n" + escape.command("bookmargin", title, made) + "%\n")
        else:
            self.block("bookadmonition", "bookaside", title, body=made)
        raise nodes.SkipNode

    def visit_SideNoteNode(self, node: nodes.Element) -> None:  # noqa: N802
        self.through(node)
