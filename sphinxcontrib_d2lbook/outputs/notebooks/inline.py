"""Visit inline nodes."""

from __future__ import annotations

from docutils import nodes

from ...addresses.internal_uris import internal_target
from . import markdown, tex
from .base import Writer
from .markdown import Marked, Math


class NotebookInlineVisitors(Writer):
    def visit_Text(self, node: nodes.Text) -> None:  # noqa: N802
        self.add_text(node.astext())

    def depart_Text(self, node: nodes.Text) -> None:  # noqa: N802
        pass

    def _open(self, node: nodes.Element) -> None:
        self.open_line(inner=True)

    def _close_marked(self, marker: str) -> None:
        line = self.close_line()
        text = line.one(inside_emphasis=True)
        self.line().attachments.extend(line.attachments)
        self.add_piece(Marked(marker, text))

    def _depart_emphasis(self, node: nodes.Element) -> None:
        self._close_marked("*")

    def _depart_strong(self, node: nodes.Element) -> None:
        self._close_marked("**")

    visit_emphasis = visit_title_reference = visit_literal_emphasis = visit_manpage = _open
    depart_emphasis = depart_title_reference = depart_literal_emphasis = depart_manpage = _depart_emphasis
    visit_strong = visit_literal_strong = _open
    depart_strong = depart_literal_strong = _depart_strong

    def _code(self, node: nodes.Element) -> None:
        self.add_piece(markdown.code_span(node.astext(), in_pipe_table=self.in_pipe_table))
        raise nodes.SkipNode

    visit_literal = visit_desc_inline = _code

    def _tagged(self, tag: str) -> None:
        text = self.close_line().one()
        if text:
            self.add_piece(f"<{tag}>{text}</{tag}>")

    visit_superscript = visit_subscript = _open

    def depart_superscript(self, node: nodes.Element) -> None:
        self._tagged("sup")

    def depart_subscript(self, node: nodes.Element) -> None:
        self._tagged("sub")

    def visit_math(self, node: nodes.Element) -> None:
        source = tex.inline(node.astext())
        if source:
            self.add_piece(Math(tex.in_pipe_table(source) if self.in_pipe_table else source))
        raise nodes.SkipNode

    def visit_reference(self, node: nodes.Element) -> None:
        page = internal_target(node.get("refuri", ""))
        if page and "#".join(page) in self.links.citations:
            self.cited.append("#".join(page))
        self.open_line(inner=True)
        number = node.get("secnumber")
        if number:
            self.add_text(".".join(map(str, number)) + " ")

    def depart_reference(self, node: nodes.Element) -> None:
        line = self.close_line()
        text = line.one()
        label = text.strip(" ")
        before, after = text[: len(text) - len(text.lstrip(" "))], text[len(text.rstrip(" ")) :] if label else ""
        self.line().attachments.extend(line.attachments)
        self.add_piece(before + markdown.link(label, self.address(node)) + after)

    visit_number_reference = visit_reference
    depart_number_reference = depart_reference

    def visit_footnote_reference(self, node: nodes.Element) -> None:
        self.add_piece(f"<sup>{markdown.escape(node.astext(), at_start=False)}</sup>")
        raise nodes.SkipNode

    def visit_citation_reference(self, node: nodes.Element) -> None:
        self.add_text(f"[{node.astext()}]")
        raise nodes.SkipNode

    def _transparent(self, node: nodes.Element) -> None:
        """Emit only the content of a node."""

    visit_inline = visit_generated = visit_problematic = visit_acronym = visit_pending_xref = _transparent
    depart_inline = depart_generated = depart_problematic = depart_acronym = depart_pending_xref = _transparent
    visit_download_reference = depart_download_reference = _transparent

    def visit_abbreviation(self, node: nodes.Element) -> None:
        pass

    def depart_abbreviation(self, node: nodes.Element) -> None:
        if node.get("explanation"):
            self.add_text(f" ({node['explanation']})")
