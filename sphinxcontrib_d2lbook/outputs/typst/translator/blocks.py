"""Translate paragraphs, quotes, line blocks and plain containers."""

from __future__ import annotations

from docutils import nodes
from sphinx import addnodes

from ....common.fallback_rendering import visible_children
from .. import markup
from .base import TypstTranslatorBase

IN_COLUMN = (nodes.section, nodes.list_item, nodes.block_quote, nodes.Admonition, addnodes.start_of_file)
"""Nodes whose paragraphs stand below one another, with the whole height of the page for them. Those of the cells of a
table stand beside others."""


class TypstBlockVisitors(TypstTranslatorBase):
    def visit_paragraph(self, node: nodes.paragraph) -> None:
        if node.astext() or any(node.findall(nodes.image)):
            if node.line and isinstance(node.parent, IN_COLUMN):
                self.emit(markup.call("at", "text", place=f"{self.scope.docname}:{node.line}"))
                self.emit(self.rendered(node.children) + markup.call("till") + "\n\n")
            else:
                self.emit(self.rendered(node.children) + "\n\n")
        else:
            self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    def visit_compact_paragraph(self, node: nodes.Element) -> None:
        self.emit(self.rendered(node.children) + "\n\n")
        raise nodes.SkipNode

    def visit_block_quote(self, node: nodes.block_quote) -> None:
        source = next((child for child in node.children if isinstance(child, nodes.attribution)), None)
        body = [child for child in node.children if child is not source]
        classes = set(node["classes"])
        self.emit_block(
            "quotation",
            self.content(body),
            source=self.content(source.children) if source is not None else None,
            kind=next((name for name in ("epigraph", "highlights", "pull-quote") if name in classes), ""),
        )
        raise nodes.SkipNode

    def visit_attribution(self, node: nodes.attribution) -> None:
        self.wrap_block("attribution", node)

    def visit_line_block(self, node: nodes.line_block) -> None:
        self.emit_block("verse", self._verse_lines(node, 0))
        raise nodes.SkipNode

    def _verse_lines(self, node: nodes.line_block, depth: int) -> markup.TypstExpression:
        """Return the lines as pairs of indentation and content."""
        lines: list[markup.Value] = []

        def walk(block: nodes.line_block, level: int) -> None:
            for child in visible_children(block, nodes.line_block, nodes.line):
                if isinstance(child, nodes.line_block):
                    walk(child, level + 1)
                else:
                    lines.append((level, self.content(child.children)))

        walk(node, depth)
        return markup.value(lines)

    def visit_container(self, node: nodes.container) -> None:
        if node.get("literal_block"):
            self.captioned_code(node)
        elif node.get("nb_element"):
            self.cell_part(node)
        elif node.get("design_component"):
            self.design_component(node)
        elif "keep-together" in node["classes"]:
            self.emit_block("together", self.content(node.children))
        elif "d2lbook-qrcode" in node["classes"]:
            code = self.content(node.children[:1]) if self.config.d2lbook_pdf_codes else None
            self.emit_block("code-beside", code, self.content(node.children[1:]))
        else:
            self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    def _transparent(self, node: nodes.Element) -> None:
        self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    visit_compound = _transparent
    visit_header = _transparent
    visit_footer = _transparent
    visit_only = _transparent
    visit_ifconfig = _transparent
    visit_legend = _transparent

    def visit_centered(self, node: nodes.Element) -> None:
        self.wrap_block("centered", node)

    def visit_hlist(self, node: nodes.Element) -> None:
        columns = [self.content(child.children) for child in visible_children(node, nodes.Element)]
        self.emit_block("columns-of", columns)
        raise nodes.SkipNode

    visit_hlistcol = _transparent

    def visit_acks(self, node: nodes.Element) -> None:
        """Emit the names in one paragraph, as is usual in print."""
        lists = visible_children(node, nodes.bullet_list)
        names = [item.astext() for entries in lists for item in visible_children(entries, nodes.list_item)]
        self.emit(self.text(", ".join(names) + ".", node) + "\n\n")
        raise nodes.SkipNode
