"""Set the division of the book: matters, parts, pages, headings."""

from __future__ import annotations

from collections.abc import Sequence

from docutils import nodes

from ...paper.destination_names import key
from ...paper.lists import list_titles
from ...paper.structure import PrintedHeading
from .. import markup
from .base import TypstTranslatorBase


class TypstStructureVisitors(TypstTranslatorBase):
    def open_page(self, docname: str) -> None:
        self.emit("\n" + markup.MARKS.mark(docname, 1))

    def set_root_text(self, run: Sequence[nodes.Node], ids: Sequence[str], *, before_contents: bool) -> None:
        text = self.rendered(run)
        anchors = self.anchors(ids) + self._page_anchor()
        if before_contents:
            self.emit_block("root-text", markup.content(anchors + text))
        else:
            self.emit(anchors + text)

    def set_contents(self, word: str) -> None:
        self.emit_block("contents", word)
        self.emit(self._page_anchor())
        words = list_titles()
        for kind in self.config.d2lbook_pdf_front.get("lists", ()):
            self.emit_block("list-of", kind, words[kind])

    def _page_anchor(self) -> str:
        """Return a target for the page as a whole; "" if it has one."""
        name = key(self.scope.docname)
        if name in self.placed:
            return ""
        self.placed[name] = None
        return markup.call("anchor", name)

    def set_matter(self, matter: str) -> None:
        self.emit("\n" + markup.show("matter", matter) + "\n")

    def set_part(self, title: str, node: nodes.Element) -> None:
        self.emit_block("part", markup.content(self.text(title, node)))

    def set_rest(self, anchors: Sequence[str]) -> None:
        for name in (key(self.scope.docname, anchor) for anchor in anchors):
            self.placed[name] = None
            self.emit(markup.call("anchor", name))

    def set_places(self, ids: Sequence[str]) -> None:
        self.emit(self.anchors(ids))

    def set_heading(self, heading: PrintedHeading) -> None:
        docname = self.scope.docname
        keys = self.new_keys(heading.section["ids"])
        self.named.update(keys[:1])
        with self.within(title=True):
            text = self.content(heading.title.children)
        self.emit("\n" + markup.MARKS.mark(docname, heading.line))
        self.emit_block(
            "head",
            text,
            number=heading.number,
            key=keys[0] if keys else None,
            depth=self.scope.level,
            under_part=self.in_part,
            matter=self.scope.matter,
        )
        inner: list[str] = [item for child in heading.title.findall(nodes.Element) for item in child["ids"]]
        late = keys[1:] + self.new_keys(inner)
        if heading.is_page and key(docname) not in self.placed:
            self.placed[key(docname)] = None
            late.append(key(docname))
        self.named.update(late)
        self.emit("".join(markup.call("destination", item) for item in late))

    def visit_title(self, node: nodes.title) -> None:
        """Emit the title of something that is no section and shows its own title."""
        self.wrap_block("small-heading", node)

    def visit_subtitle(self, node: nodes.subtitle) -> None:
        self.wrap_block("small-heading", node)

    def visit_rubric(self, node: nodes.rubric) -> None:
        self.wrap_block("small-heading", node)

    def visit_transition(self, node: nodes.transition) -> None:
        """Emit a break between paragraphs; not the one that MyST puts before footnotes, which stand elsewhere."""
        if "footnotes" in node["classes"]:
            raise nodes.SkipNode
        self.emit_block("transition")
        raise nodes.SkipNode

    def visit_meta(self, node: nodes.Node) -> None:
        raise nodes.SkipNode  # Metadata are for search engines.
