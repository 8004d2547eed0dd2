"""The book's division: matters, parts, pages, sections, headings."""

from __future__ import annotations

from docutils import languages, nodes

from ...paper.keys import key
from ...paper.labels import heading_number, is_title_of_page
from .. import markup
from .base import BaseTranslator

PAGES = ("start_of_file", "part_page")


class StructureVisitors(BaseTranslator):
    part: str | None = None
    """Matter of the part that is open."""
    matter: str = ""
    """The matter that was announced last."""
    contents_set: bool = False

    def visit_document(self, node: nodes.document) -> None:
        """The root page: its title is the book's, which the title page shows; its text comes before the contents."""
        for child in node.children:
            if isinstance(child, nodes.section):
                self._root_section(child)
            else:
                child.walkabout(self)
        self._place_the_rest(self.scope.docname)
        self._contents()
        raise nodes.SkipNode

    def _root_section(self, section: nodes.section) -> None:
        run: list[nodes.Node] = []
        late = [*section["ids"]]
        for child in section.children:
            if child.__class__.__name__ in PAGES:
                self._root_text(run, late)
                run, late = [], []
                self._contents()
                child.walkabout(self)
            elif not isinstance(child, nodes.title):
                if isinstance(child, nodes.section):
                    self._root_text(run, late)
                    run, late = [], []
                    self._contents()
                run.append(child)
        self._root_text(run, late)

    def _root_text(self, run: list[nodes.Node], ids: list[str]) -> None:
        text = self.render(run)
        anchors = self.anchors(ids) + self._page_anchor()
        if not self.contents_set and any(not isinstance(node, nodes.Invisible) for node in run):
            self.emit_block("root-text", markup.content(anchors + text))
        else:
            self.emit(anchors + text)

    def _contents(self) -> None:
        if not self.contents_set:
            self.contents_set = True
            word = languages.get_language(self.config.language or "en", None).labels["contents"]
            self.emit_block("contents", word)
            self.emit(self._page_anchor())

    def _page_anchor(self) -> str:
        """A target for the page as a whole, unless it has one."""
        name = key(self.scope.docname)
        if name in self.placed:
            return ""
        self.placed[name] = None
        return markup.call("anchor", name)

    def visit_part_page(self, node: nodes.Element) -> None:
        self._announce(node["matter"])
        self.part = node["matter"]
        self.emit_block("part", markup.content(self.text(node["title"], node)))
        raise nodes.SkipNode

    def visit_start_of_file(self, node: nodes.Element) -> None:
        top = "matter" in node
        docname = node["docname"]
        if top:
            self._announce(node["matter"])
        self.emit("\n" + markup.MARKS.mark(docname, 1))
        changes = {"matter": node["matter"], "level": 0} if top else {}
        with self.within(docname=docname, **changes):
            for child in node.children:
                child.walkabout(self)
            self._place_the_rest(docname)
        raise nodes.SkipNode

    def _announce(self, matter: str) -> None:
        if matter != self.matter:
            self.matter, self.part = matter, None
            self.emit("\n" + markup.show("matter", matter) + "\n")

    def _place_the_rest(self, docname: str) -> None:
        """Targets of a page that no visitor has placed, the page itself included, go to its end."""
        own = [item for item in self.facts.anchors if item.partition("#")[0] == docname and item not in self.placed]
        for item in sorted(own):
            self.placed[item] = None
            self.emit(markup.call("anchor", item))

    def visit_section(self, node: nodes.section) -> None:
        docname, level = self.scope.docname, self.scope.level
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        if title is None:  # a wrapper, such as theorems have around what they state
            self.emit(self.anchors(node["ids"]) + self.render(node.children))
            raise nodes.SkipNode
        first = is_title_of_page(node)
        self._heading(node, title, list(node["ids"]), page=docname if first else None)
        rest = [child for child in node.children if child is not title]
        with self.within(level=level + 1):
            self.emit(self.render(rest))
        raise nodes.SkipNode

    def _heading(self, node: nodes.section, title: nodes.title, ids: list[str], page: str | None) -> None:
        docname, level = self.scope.docname, self.scope.level
        number = heading_number(self.builder.env, docname, ids, is_page=page is not None)
        keys = self.new_keys(ids)
        self.named.update(keys[:1])
        with self.within(title=True):
            text = self.content(title.children)
        self.emit("\n" + markup.MARKS.mark(docname, title.line or node.line or 1))
        self.emit_block(
            "head",
            text,
            number=number,
            key=keys[0] if keys else None,
            depth=level,
            under_part=self.part is not None,
            matter=self.scope.matter,
        )
        inner: list[str] = [item for child in title.findall(nodes.Element) for item in child["ids"]]
        late = keys[1:] + self.new_keys(inner)
        if page is not None and key(page) not in self.placed:
            self.placed[key(page)] = None
            late.append(key(page))
        self.named.update(late)
        self.emit("".join(markup.call("destination", item) for item in late))

    def visit_title(self, node: nodes.title) -> None:
        """A title of something that is no section and shows its own."""
        self.wrap_block("small-heading", node)

    def visit_subtitle(self, node: nodes.subtitle) -> None:
        self.wrap_block("small-heading", node)

    def visit_rubric(self, node: nodes.rubric) -> None:
        self.wrap_block("small-heading", node)

    def visit_transition(self, node: nodes.transition) -> None:
        self.emit_block("transition")
        raise nodes.SkipNode

    def visit_decoration(self, node: nodes.Node) -> None:
        raise nodes.SkipNode  # page headers and footers of docutils; the template has its own

    def visit_docinfo(self, node: nodes.Node) -> None:
        raise nodes.SkipNode  # Sphinx keeps it as metadata; HTML shows none of it

    visit_meta = visit_docinfo
    visit_tocdata = visit_docinfo
