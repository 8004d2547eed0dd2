"""Translate citations and margin notes, and footnotes with signs as marks; Sphinx's writer sets other footnotes."""

from __future__ import annotations

from docutils import nodes
from sphinx.builders.latex.nodes import footnotemark, footnotetext

from ....numbering.reference_names import citation_label
from ...paper.boxes import sidebar_title_and_body
from .. import escape
from .base import LatexTranslatorBase

WIDE = (nodes.literal_block, nodes.table, nodes.math_block, nodes.doctest_block)
"""Nodes that are too wide for the margin, or cannot be in an argument."""
SIGNS = 1_000_000
"""First number that stands for a sign. No page has so many notes."""


class LatexNoteVisitors(LatexTranslatorBase):
    def visit_footnotemark(self, node: nodes.Element) -> None:
        if self.scope.plain:
            raise nodes.SkipNode
        self.emit(f"\\sphinxfootnotemark[{self._note_number(node.astext())}]")
        raise nodes.SkipNode

    def visit_footnote(self, node: nodes.Element) -> None:
        self._number_note(node)
        super().visit_footnote(node)

    def visit_footnotetext(self, node: nodes.Element) -> None:
        self._number_note(node)
        super().visit_footnotetext(node)

    def _number_note(self, node: nodes.Element) -> None:
        """Replace a sign that marks a note (`[*]_`) by a number, and have TeX print the sign for that number."""
        mark = node[0].astext()
        number = self._note_number(mark)
        if number != mark:
            node[0] = nodes.label("", number)
            self.emit("%\n" + escape.command("booknotesign", number, escape.escape(mark)) + "%\n")

    def _note_number(self, mark: str) -> str:
        """Return the number of a mark, as LaTeX's notes have only numbers; that of a sign is the same on each page."""
        return mark if mark.isdecimal() else str(SIGNS + self.note_signs.setdefault(mark, len(self.note_signs)))

    def visit_thebibliography(self, node: nodes.Element) -> None:
        self.block("bookentries", body=self.rendered(node.children))
        raise nodes.SkipNode

    def visit_citation(self, node: nodes.Element) -> None:
        label = citation_label(self.config, node)
        body = [child for child in node.children if not isinstance(child, nodes.label)]
        self.emit("\n\\item\\relax " + (f"{escape.escape(f'[{label}]')} " if label else ""))
        for child in body:
            # A paragraph is emitted without being a paragraph of its own.
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
        notes = [_take_out(note) for child in body for note in list(child.findall(nodes.footnote))] if beside else []
        with self.without_floats(), self.within(aside=beside or self.scope.aside):
            content = self.rendered(body).strip()
        if beside:
            self.emit("%\n" + escape.command("bookmargin", title, content) + "%\n" + self.rendered(notes))
        else:
            self.block("bookadmonition", "bookaside", title, body=content)
        raise nodes.SkipNode

    def visit_SideNoteNode(self, node: nodes.Element) -> None:  # noqa: N802
        self.through(node)


def _take_out(note: nodes.footnote) -> footnotetext:
    """Leave the mark of a footnote in its place, and return its text. What stands in the margin loses footnotes."""
    note.replace_self(footnotemark("", note[0].astext(), refid=note["ids"][0]))
    return footnotetext("", *note.children, ids=note["ids"])
