"""Translate footnotes, citations and margin notes."""

from __future__ import annotations

from docutils import nodes

from ....numbering.reference_names import citation_label
from ...paper import destination_names
from ...paper.boxes import sidebar_title_and_body
from ...paper.foot_notes import AT_FOOT
from .. import markup
from .base import TypstTranslatorBase


def without_label(node: nodes.Element) -> list[nodes.Node]:
    """Return the content of a note without its label."""
    return [child for child in node.children if not isinstance(child, nodes.label)]


def label_of(node: nodes.Element) -> str:
    """Return the text of a note's label; "" if it has none."""
    return next((child.astext() for child in node.children if isinstance(child, nodes.label)), "")


class TypstNoteVisitors(TypstTranslatorBase):
    def visit_footnote_reference(self, node: nodes.footnote_reference) -> None:
        name = destination_names.key(self.scope.docname, node.get("refid", ""))
        mark = node.astext()
        note = self.facts.footnotes.get(name)
        if note is None or self.scope.title:  # In a heading, the note would come again in the table of contents.
            self.emit(markup.call("raised", markup.content(self.text(mark, node))))
        elif name in self.notes_set:
            self.emit(markup.call("note-again", mark, name))
        else:
            self.notes_set.add(name)
            self.placed.update(dict.fromkeys([name]))
            body = self.anchors(note["ids"]) + self.rendered(self._note_body(note))
            self.emit(markup.call("note", mark, name, markup.content(body)))
        raise nodes.SkipNode

    def _note_body(self, note: nodes.Element) -> list[nodes.Node]:
        """Return the body of a note; the text of a single paragraph without the paragraph."""
        body = without_label(note)
        if len(body) == 1 and isinstance(body[0], nodes.paragraph):
            return list(body[0].children)
        return body

    def visit_footnote(self, node: nodes.footnote) -> None:
        """Emit a note that no reference in running text leads to; others are set at their references."""
        if any(destination_names.key(self.scope.docname, item) in self.facts.footnotes for item in node["ids"]):
            raise nodes.SkipNode
        self.emit(self.anchors(node["ids"]))
        self.emit_block("loose-note", label_of(node), self.content(without_label(node)))
        raise nodes.SkipNode

    def visit_citation(self, node: nodes.citation) -> None:
        self.emit_block("bibliography-entry", citation_label(self.config, node), self.content(self._note_body(node)))
        raise nodes.SkipNode

    def visit_citation_reference(self, node: nodes.Element) -> None:
        self.emit(markup.call("raised", self.content(node.children)))
        raise nodes.SkipNode

    def visit_label(self, node: nodes.label) -> None:
        raise nodes.SkipNode  # The note or the citation shows its label.

    def visit_sidebar(self, node: nodes.sidebar) -> None:
        heading, body = sidebar_title_and_body(node)
        title = self.content(heading.children) if heading is not None and heading.astext().strip() else None
        if "margin" in node["classes"]:
            self._margin_note(node, body, title)
        else:
            self.emit_block("admonition", self.content(body), kind="sidebar", title=title)
        raise nodes.SkipNode

    def _margin_note(self, node: nodes.sidebar, body: list[nodes.Node], title: markup.TypstExpression | None) -> None:
        if node.get(AT_FOOT):
            self.emit(markup.call("foot-note", self.content(body), title=title))
        elif self.config.d2lbook_pdf_notes == "foot":
            self.emit_block("admonition", self.content(body), kind="sidebar", title=title)
        else:
            with self.within(aside=True):
                content = self.content(body)
            self.emit_block("margin-note", content, title=title)

    def visit_SideNoteNode(self, node: nodes.Element) -> None:  # noqa: N802
        self.emit(self.rendered(node.children))
        raise nodes.SkipNode
