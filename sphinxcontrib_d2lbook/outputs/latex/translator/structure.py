"""The book's division: matters, parts, pages, sections, headings."""

from __future__ import annotations

from typing import cast

from docutils import languages, nodes

from ....colours import PART_TONES
from ...paper.keys import key
from ...paper.labels import heading_number, is_title_of_page
from .. import tex
from .base import BaseTranslator

PAGES = ("start_of_file", "part_page")
HEADINGS = ("bookchapter", "booksection", "booksubsection", "booksubsubsection", "bookparagraph", "booksubparagraph")


class StructureVisitors(BaseTranslator):
    matter: str = "front"
    parts: int = 0
    contents_set: bool = False

    def visit_document(self, node: nodes.Element) -> None:
        """The root page: its title is the book's, which the title page shows; its text comes before the contents."""
        self.curfilestack.append(self.docname)
        self.elements["title"] = self.elements["title"] or tex.escape(str(self.config.project))
        self.emit("\n\\pagestyle{normal}\n")
        for child in node.children:
            if isinstance(child, nodes.section):
                self._root_section(child)
            else:
                child.walkabout(self)
        self._place_the_rest()
        self._contents()
        raise nodes.SkipNode

    def _root_section(self, section: nodes.section) -> None:
        run: list[nodes.Node] = []
        for child in section.children:
            if child.__class__.__name__ in PAGES:
                self._root_text(run)
                run = []
                self._contents()
                child.walkabout(self)
            elif not isinstance(child, nodes.title):
                if isinstance(child, nodes.section):
                    self._root_text(run)
                    run = []
                    self._contents()
                run.append(child)
        self._root_text(run)
        self.waiting += section["ids"]

    def _root_text(self, run: list[nodes.Node]) -> None:
        text = self.content(run)
        if not self.contents_set and any(not isinstance(node, nodes.Invisible) for node in run):
            self.emit("\n\\clearpage\\thispagestyle{plain}\\vspace*{12mm}\n")
        self.emit(text)

    def _contents(self) -> None:
        if not self.contents_set:
            self.contents_set = True
            word = tex.escape(languages.get_language(self.config.language or "en", None).labels["contents"])
            name = tex.destination(self.docname)
            self.facts.placed.setdefault(key(self.docname), name)
            self.emit("\n" + tex.command("bookcontents", word, name) + "\n")

    def visit_part_page(self, node: nodes.Element) -> None:
        self._announce(node["matter"])
        colour = f"bookpart{self.parts % len(PART_TONES) + 1}"
        self.parts += 1
        self.emit("\n" + tex.command("bookpart", f"book.part.{self.parts}", colour, tex.escape(node["title"])) + "\n")
        raise nodes.SkipNode

    def visit_start_of_file(self, node: nodes.Element) -> None:
        top = "matter" in node
        if top:
            self._announce(node["matter"])
        self.curfilestack.append(node["docname"])
        # Footnotes begin anew on each page: so do the names of their links.
        self.emit("\n\\sphinxstepscope\n")
        changes = {"matter": node["matter"], "level": 0} if top else {}
        with self.within(docname=node["docname"], **changes):
            for child in node.children:
                child.walkabout(self)
            self._place_the_rest()
        self.curfilestack.pop()
        raise nodes.SkipNode

    def _announce(self, matter: str) -> None:
        if matter != self.matter:
            self.matter = matter
            self.emit(f"\n\\book{matter}\n")

    def _place_the_rest(self) -> None:
        """Places of a page that no text has followed, the page's own included, go to its end."""
        own = [item for item in self.facts.anchors if item.partition("#")[0] == self.docname]
        self.waiting += [item.partition("#")[2] for item in sorted(own) if item not in self.facts.placed]
        self.emit(self.waiting_places("bookline"))

    def visit_section(self, node: nodes.Element) -> None:
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        if title is None:  # a wrapper, such as theorems have around what they state
            self.waiting += node["ids"]
            self.through(node)
            return
        self._heading(node, title)
        with self.within(level=self.scope.level + 1):
            self.emit(self.content(child for child in node.children if child is not title))
        raise nodes.SkipNode

    def _heading(self, node: nodes.Element, title: nodes.title) -> None:
        ids = [item for item in node["ids"] if item != ":doc"]
        is_page = is_title_of_page(node)
        number = heading_number(self.builder.env, self.docname, ids, is_page=is_page)
        name = HEADINGS[min(self.scope.level, len(HEADINGS) - 1)]
        if name == "booksection" and self.scope.matter in ("front", "back"):
            name = "bookplainsection"
        # Places before the heading stay before it; those in it come after.
        self.emit(self.waiting_places("bookline"))
        own = self.note_places([*ids, ""] if is_page else ids)
        self.in_title = 1
        short = self.plain(title.children).strip()
        shown = self.content(title.children).strip()
        self.in_title = 0
        self.emit("\n\n" + tex.MARKS.mark(self.docname, title.line or node.line or 1))
        more = "".join(tex.command("bookline", item) for item in own[1:])
        self.emit(tex.command(name, tex.escape(number), own[0], short, more + shown) + "\n")

    def visit_title(self, node: nodes.Element) -> None:
        """A title of something that is no section; those of tables are captions."""
        if isinstance(node.parent, nodes.table):
            self.pushbody([])
            return
        self.emit("\n" + tex.command("bookrubric", self.content(node.children)) + "\n")
        raise nodes.SkipNode

    def depart_title(self, node: nodes.Element) -> None:
        if self.table is not None:
            self.table.caption = self.popbody()

    def visit_rubric(self, node: nodes.rubric) -> None:
        self.emit("\n" + tex.command("bookrubric", self.content(node.children)) + "\n")
        raise nodes.SkipNode

    def visit_subtitle(self, node: nodes.Element) -> None:
        self.visit_rubric(cast("nodes.rubric", node))

    def visit_docinfo(self, node: nodes.Element) -> None:
        raise nodes.SkipNode  # Sphinx keeps it as metadata; HTML shows none of it

    visit_tocdata = visit_docinfo
    visit_decoration = visit_docinfo
    visit_system_message = visit_docinfo  # docutils has logged it
    visit_pending = visit_docinfo
    visit_highlightlang = visit_docinfo
