"""Walk the division of the printed book: root page, matters, parts, pages, sections.

`BookStructure` walks it in the same way for every engine; the translator of an engine says by the methods at its end
how each thing is set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from docutils import nodes
from sphinx import addnodes

from ...common.fallback_rendering import write_with_fallback
from ...common.translations import _
from ...common.warning_types import Warn
from ...numbering.table import heading_number, is_title_of_page
from . import destination_names
from .assembled_doctree import DIVISIONS, part_page
from .translator import PaperTranslator, S


def elements(tree: nodes.document) -> Iterator[tuple[str, nodes.Element]]:
    """Yield every element of an assembled book after the name of its page, in reading order."""
    waiting: list[tuple[str, nodes.Element]] = [(tree["docname"], tree)]
    while waiting:
        docname, node = waiting.pop()
        if isinstance(node, addnodes.start_of_file):
            docname = node["docname"]
        yield docname, node
        waiting.extend((docname, child) for child in reversed(node.children) if isinstance(child, nodes.Element))


def anchors_by_page(tree: nodes.document) -> dict[str, set[str]]:
    """Return the anchors of each page of an assembled book, by docname, with "" for the page itself."""
    anchors: dict[str, set[str]] = {}
    for docname, node in elements(tree):
        anchors.setdefault(docname, {""}).update(node["ids"])
    return anchors


@dataclass(frozen=True)
class PrintedHeading:
    """Heading of a section."""

    section: nodes.Element
    title: nodes.title
    number: str
    """Its number; "" if it has none."""
    is_page: bool
    """Whether it is the title of its page."""

    @property
    def line(self) -> int:
        return self.title.line or self.section.line or 1


class BookStructure(PaperTranslator[S]):
    """Translator that walks the division of the book; the translators of the engines derive from it."""

    matter: str = ""
    """Matter that was begun last."""
    parts: int = 0
    """Number of parts that have been opened."""
    in_part: bool = False
    contents_set: bool = False

    def visit_document(self, node: nodes.Element) -> None:
        """Set the book. The title of the root page is that of the book, which the title page shows."""
        self._written(node, lambda: self._book(node))
        raise nodes.SkipNode

    def _book(self, node: nodes.Element) -> None:
        self.open_book()
        for child in node.children:
            if not isinstance(child, nodes.section):
                child.walkabout(self)
            elif is_title_of_page(child):
                self._root_section(child)
            else:  # This section stands beside the one whose title is that of the book.
                self._contents()
                self.set_root_text([child], [], before_contents=False)
        self._place_the_rest()
        self._contents()
        self.close_book()

    def _written(self, part: nodes.Element, write: Callable[[], None]) -> None:
        """Write a part of the book; where a visitor fails, in plain form."""
        write_with_fallback(part, write, Warn.NODE, self.location, self, self.facts)

    def _root_section(self, section: nodes.Element) -> None:
        """Set the text of the root page; what comes before its first section or page also comes before the contents."""
        run: list[nodes.Node] = []
        ids: list[str] = [*section["ids"]]
        for child in section.children:
            if isinstance(child, addnodes.start_of_file | part_page | nodes.section):
                self._root_text(run, ids)
                run, ids = [], []
                self._contents()
            if isinstance(child, addnodes.start_of_file | part_page):
                child.walkabout(self)
            elif not isinstance(child, nodes.title):
                run.append(child)
        self._root_text(run, ids)

    def _root_text(self, run: list[nodes.Node], ids: list[str]) -> None:
        visible = any(not isinstance(node, nodes.Invisible) for node in run)
        self.set_root_text(run, ids, before_contents=visible and not self.contents_set)

    def _contents(self) -> None:
        if not self.contents_set:
            self.contents_set = True
            self.set_contents(_("Contents"))

    def visit_part_page(self, node: nodes.Element) -> None:
        self._announce(node["matter"])
        self.parts += 1
        self.in_part = True
        self.set_part(node["title"], node)
        raise nodes.SkipNode

    def visit_start_of_file(self, node: nodes.Element) -> None:
        changes = {}
        if "matter" in node:  # The root page lists this page.
            self._announce(node["matter"])
            changes = {"matter": node["matter"], "level": 0}
        self.open_page(node["docname"])
        with self.within(docname=node["docname"], **changes):
            self._written(node, lambda: self._page(node))
        self.close_page()
        raise nodes.SkipNode

    def _page(self, node: nodes.Element) -> None:
        for child in node.children:
            child.walkabout(self)
        self._place_the_rest()

    def _announce(self, matter: str) -> None:
        if matter != self.matter:
            self.matter, self.in_part = matter, False
            self.set_matter(matter)

    def _place_the_rest(self) -> None:
        docname = self.scope.docname
        anchors = self.facts.anchors[docname]
        self.set_rest(sorted(anchor for anchor in anchors if destination_names.key(docname, anchor) not in self.placed))

    def visit_section(self, node: nodes.Element) -> None:
        title = next((child for child in node.children if isinstance(child, nodes.title)), None)
        if title is None:  # This section is a wrapper, such as theorems have around their statement.
            self.set_places(node["ids"])
            self.emit(self.rendered(node.children))
            raise nodes.SkipNode
        number = heading_number(self.builder.env, self.scope.docname, node)
        # A description or a box cannot contain a chapter, which begins a page.
        level = self.scope.level if isinstance(node.parent, DIVISIONS) else max(self.scope.level, 1)
        with self.within(level=level):
            self.set_heading(PrintedHeading(node, title, number, is_title_of_page(node)))
        with self.within(level=level + 1):
            self.emit(self.rendered([child for child in node.children if child is not title]))
        raise nodes.SkipNode

    def visit_docinfo(self, node: nodes.Element) -> None:
        raise nodes.SkipNode  # Sphinx keeps it as metadata; HTML shows none of it.

    # The engines have page headers and footers of their own, instead of those of docutils.
    visit_decoration = visit_docinfo

    # Methods by which an engine sets each thing ----------------------------------------------------------------------

    def open_book(self) -> None:
        """Begin the root page."""

    def close_book(self) -> None:
        """End the book. All destinations are known."""

    def open_page(self, docname: str) -> None:
        """Begin any other page."""
        raise NotImplementedError

    def close_page(self) -> None:
        """End a page that `open_page` began."""

    def set_root_text(self, run: Sequence[nodes.Node], ids: Sequence[str], *, before_contents: bool) -> None:
        """Set text of the root page, and destinations for ``ids``. ``before_contents`` gives it its own opening."""
        raise NotImplementedError

    def set_contents(self, word: str) -> None:
        """Set the list of contents under its title, "Contents"."""
        raise NotImplementedError

    def set_matter(self, matter: str) -> None:
        """Begin a matter: "main", "appendix", …"""
        raise NotImplementedError

    def set_part(self, title: str, node: nodes.Element) -> None:
        """Open a part; `parts` counts it already."""
        raise NotImplementedError

    def set_heading(self, heading: PrintedHeading) -> None:
        """Set the heading of a section, at the level of the scope."""
        raise NotImplementedError

    def set_places(self, ids: Sequence[str]) -> None:
        """Make destinations of the ids of a section without a title."""
        raise NotImplementedError

    def set_rest(self, anchors: Sequence[str]) -> None:
        """Make destinations, at the end of a page, of its anchors that no visitor has placed; "" is the page itself."""
        raise NotImplementedError
