"""Set the division of the book: matters, parts, pages, headings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from docutils import nodes

from ....common.part_colours import PART_TONES
from ...paper.destination_names import key
from ...paper.structure import PrintedHeading
from .. import escape
from .base import LatexTranslatorBase

HEADINGS = ("bookchapter", "booksection", "booksubsection", "booksubsubsection", "bookparagraph", "booksubparagraph")


class LatexStructureVisitors(LatexTranslatorBase):
    matter = "front"  # Pages of the front matter need no command before them.

    def open_book(self) -> None:
        self.curfilestack.append(self.docname)
        self.elements["title"] = self.elements["title"] or escape.escape(str(self.config.project))
        self.emit("\n\\pagestyle{normal}\n")

    def open_page(self, docname: str) -> None:
        self.curfilestack.append(docname)
        # Footnotes are numbered anew on each page, and so are the names of their links.
        self.emit("\n\\sphinxstepscope\n")

    def close_page(self) -> None:
        self.curfilestack.pop()

    def set_root_text(self, run: Sequence[nodes.Node], ids: Sequence[str], *, before_contents: bool) -> None:
        """Emit the text of the root page; the destinations of ``ids`` come with the rest of that page."""
        text = self.rendered(run)
        if before_contents:
            self.emit("\n\\clearpage\\thispagestyle{plain}\\vspace*{12mm}\n")
        self.emit(text)

    def set_contents(self, word: str) -> None:
        name = escape.destination(self.docname)
        self.placed.setdefault(key(self.docname), name)
        self.emit("\n" + escape.command("bookcontents", escape.escape(word), name) + "\n")
        self.lists_place = (self.body, len(self.body))

    def set_matter(self, matter: str) -> None:
        self.emit(f"\n\\book{matter}\n")

    def set_part(self, title: str, node: nodes.Element) -> None:
        colour = f"bookpart{(self.parts - 1) % len(PART_TONES) + 1}"
        self.emit("\n" + escape.command("bookpart", f"book.part.{self.parts}", colour, escape.escape(title)) + "\n")

    def set_rest(self, anchors: Sequence[str]) -> None:
        self.waiting += anchors
        self.emit(self.waiting_places("bookline"))

    def set_places(self, ids: Sequence[str]) -> None:
        self.waiting += ids

    def set_heading(self, heading: PrintedHeading) -> None:
        name = HEADINGS[min(self.scope.level, len(HEADINGS) - 1)]
        if name == "booksection" and self.scope.matter in ("front", "back"):
            name = "bookplainsection"
        # Destinations before the heading stay before it; those inside it come after it.
        self.emit(self.waiting_places("bookline"))
        ids: list[str] = heading.section["ids"]
        own = self.note_places([*ids, ""] if heading.is_page else ids)
        self.facts.headings[own[0]] = f"{self.docname}:{heading.line}"
        self.in_title = 1
        short = self.plain(heading.title.children).strip()
        shown = self.rendered(heading.title.children).strip()
        self.in_title = 0
        self.emit("\n\n" + escape.MARKS.mark(self.docname, heading.line))
        more = "".join(escape.command("bookline", item) for item in own[1:])
        self.emit(escape.command(name, escape.escape(heading.number), own[0], short, more + shown) + "\n")

    def visit_title(self, node: nodes.Element) -> None:
        """Emit the title of something that is no section; titles of tables become captions."""
        if isinstance(node.parent, nodes.table):
            self.pushbody([])
            return
        self.emit("\n" + escape.command("bookrubric", self.rendered(node.children)) + "\n")
        raise nodes.SkipNode

    def depart_title(self, node: nodes.Element) -> None:
        if self.table is not None:
            self.table.caption = self.popbody()

    def visit_rubric(self, node: nodes.rubric) -> None:
        self.emit("\n" + escape.command("bookrubric", self.rendered(node.children)) + "\n")
        raise nodes.SkipNode

    def visit_subtitle(self, node: nodes.Element) -> None:
        self.visit_rubric(cast("nodes.rubric", node))

    def visit_system_message(self, node: nodes.Element) -> None:
        raise nodes.SkipNode  # Docutils has logged it.

    def visit_pending(self, node: nodes.Element) -> None:
        raise nodes.SkipNode

    visit_highlightlang = visit_pending
