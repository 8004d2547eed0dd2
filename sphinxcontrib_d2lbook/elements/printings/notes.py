"""Show the changes since a printing: in a folded note on each page of the website, and in full by `{errata}`.

Nothing is shown on pages that are as they were printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective
from sphinx.util.nodes import make_refnode

from ...common.toctree_order import pages_from
from ...common.translations import _
from ...numbering.table import section_number
from ...upstream.sphinx.application import app_of
from ..folding import FOLDED
from .book_changes import changes_of, printings_domain
from .comparison import CellChange, PageChanges
from .page_contents import SectionContents, cells_of

NOTE = "d2lbook-changed"
"""CSS class of the note on a page."""
LIST = "d2lbook-errata"
"""CSS class of the list of all changes."""


class errata(nodes.General, nodes.Element):  # noqa: N801  nodes are named like docutils' own
    """Place of the list of all changes, until they are known."""


class Errata(SphinxDirective):
    """Directive `{errata}`."""

    option_spec: ClassVar[dict[str, Any]] = {"class": directives.class_option, "name": directives.unchanged}

    def run(self) -> list[nodes.Node]:
        node = errata(classes=self.options.get("class", []))
        self.set_source_info(node)
        self.add_name(node)
        printings_domain(self.env).lists[self.env.current_document.docname] = True
        return [node]


def cell_anchor(position: int) -> str:
    """Return the anchor of a code cell on a page of the website."""
    return f"code-cell-{position + 1}"


class AnchorCells(SphinxPostTransform):
    """Give every code cell of the website an anchor, to which notes and lists of changes lead."""

    default_priority = 1  # before anything takes cells apart or puts them elsewhere
    formats = ("html",)

    def run(self, **_options: Any) -> None:
        if self.config.d2lbook_printing:
            for position, cell in enumerate(cells_of(self.document)):
                cell["ids"].append(cell_anchor(position))


class NoteChanges(SphinxPostTransform):
    """Put a note below the title of each page of the website that has changed since the printing."""

    default_priority = 5  # before what is folded is folded (800)
    formats = ("html",)

    def run(self, **_options: Any) -> None:
        docname = self.env.current_document.docname
        changed = changes_of(app_of(self.env)).pages.get(docname)
        first = next(self.document.findall(nodes.section), None)
        if changed is None or first is None or docname in printings_domain(self.env).lists:
            return
        title = first.first_child_matching_class(nodes.title)
        first.insert(0 if title is None else title + 1, self._note(docname, changed))

    def _note(self, docname: str, changed: PageChanges) -> nodes.Element:
        printing = self.config.d2lbook_printing
        if changed.is_new:
            words = _("This page is new since the printing {printing}.").format(printing=printing)
            return nodes.container("", nodes.paragraph(words, words), classes=[NOTE])
        shown = Descriptions(self, docname)
        title = _("Changed since the printing {printing}").format(printing=printing)
        kinds = ", ".join(kind for kind, _items in shown.kinds(docname, changed))
        title = f"{title}: {kinds}"
        note = nodes.admonition("", nodes.title(title, title), classes=[NOTE, FOLDED, "note"])
        note += shown.paragraphs(docname, changed)
        lists = sorted(printings_domain(self.env).lists)
        if lists:
            link = shown.link(lists[0], "", _("All changes"))
            note += nodes.paragraph("", "", link)
        return note


class ListChanges(SphinxPostTransform):
    """Replace the place of the list of changes by the list."""

    default_priority = 5  # before references are resolved (10)

    def run(self, **_options: Any) -> None:
        for node in list(self.document.findall(errata)):
            listed = nodes.container("", *self._listed(), classes=[LIST, *node["classes"]], ids=node["ids"])
            listed.source, listed.line = node.source, node.line
            node.replace_self(listed)

    def _listed(self) -> Iterator[nodes.Element]:
        env, printing = self.env, self.config.d2lbook_printing
        changed = changes_of(app_of(env))
        if not printing:
            yield _paragraph(_("There are no errata."))
            return
        if not changed:
            yield _paragraph(_("Nothing has changed since the printing {printing}.").format(printing=printing))
            return
        yield _paragraph(_("Changed since the printing {printing}").format(printing=printing) + ":")
        shown = Descriptions(self, env.current_document.docname)
        if changed.libraries:
            items = [[nodes.literal(text, text)] for text in map(_library, changed.libraries)]
            yield _kind(_("Libraries"), items)
        order = dict.fromkeys([*pages_from(env, env.config.root_doc), *sorted(env.found_docs)])
        entries = [shown.entry(docname, changed.pages[docname]) for docname in order if docname in changed.pages]
        if entries:
            yield nodes.definition_list("", *entries)
        if changed.gone:
            titles = [[nodes.Text(title or docname)] for docname, title in changed.gone]
            yield _kind(_("Pages that are only in print"), titles)


class Descriptions:
    """Nodes that tell changes, with links from the page `here`."""

    def __init__(self, transform: SphinxPostTransform, here: str) -> None:
        self.env = transform.env
        self.builder = app_of(self.env).builder
        self.here = here

    def entry(self, docname: str, changed: PageChanges) -> nodes.definition_list_item:
        """Return the entry of a page in the list of all changes."""
        number = section_number(self.env, docname, "")
        title = " ".join(self.env.titles[docname].astext().split()) if docname in self.env.titles else docname
        term = nodes.term("", "", self.link(docname, "", f"{number} {title}".strip()))
        if changed.is_new:
            below: Sequence[nodes.Element] = [_paragraph(_("new"))]
        else:
            below = self.paragraphs(docname, changed)
        return nodes.definition_list_item("", term, nodes.definition("", *below))

    def paragraphs(self, docname: str, changed: PageChanges) -> list[nodes.Element]:
        """Return a paragraph for each kind of change on a page."""
        return [_kind(kind, items) for kind, items in self.kinds(docname, changed)]

    def kinds(self, docname: str, changed: PageChanges) -> list[tuple[str, list[list[nodes.Node]]]]:
        """Return the kinds of changes on a page, each with the nodes of its items."""
        numbers = [self._moved(was, now) for was, now in changed.moved]
        numbers += [[self._row(row), *_added(_("new"))] for row in changed.appeared]
        numbers += [[nodes.Text(_called(row)), *_added(_("no longer there"))] for row in changed.vanished]
        found = [
            (_("Code"), [self._cell(docname, one) for one in changed.code]),
            (_("Results"), [self._cell(docname, one) for one in changed.results]),
            (_("Numbers"), numbers),
            (_("Text"), [self._section(docname, *pair) for pair in changed.text]),
        ]
        return [(kind, items) for kind, items in found if items]

    def link(self, docname: str, anchor: str, text: str, *, literal: bool = False) -> nodes.Element:
        """Return a link to a place of the book."""
        shown = nodes.literal(text, text) if literal else nodes.inline(text, text)
        return make_refnode(self.builder, self.here, docname, anchor, shown)

    def _cell(self, docname: str, changed: CellChange) -> list[nodes.Node]:
        before, now = changed.before, changed.now
        if now is None:
            head = before.head if before else ""
            return [nodes.literal(head, head), *_added(_("no longer there"))]
        # Only the website has anchors of cells.
        anchor = cell_anchor(changed.position) if self.builder.format == "html" else now.section
        link = self.link(docname, anchor, now.head or self._title(docname, now.section), literal=bool(now.head))
        if before is None:
            return [link, *_added(_("new"))]
        return [link] if before.head == now.head else [nodes.literal(before.head, before.head), _arrow(), link]

    def _moved(self, was: Mapping[str, Any], now: Mapping[str, Any]) -> list[nodes.Node]:
        return [nodes.Text(_called(was)), _arrow(), self._row(now)]

    def _row(self, row: Mapping[str, Any]) -> nodes.Element:
        return self.link(row["docname"], row["id"], _called(row))

    def _section(self, docname: str, was: SectionContents | None, now: SectionContents | None) -> list[nodes.Node]:
        if now is None:
            title = was.title if was else ""
            return [nodes.Text(title), *_added(_("no longer there"))]
        link = self.link(docname, now.anchor, now.title)
        if was is None:
            return [link, *_added(_("new"))]
        return [link] if was.title == now.title else [nodes.Text(was.title), _arrow(), link]

    def _title(self, docname: str, anchor: str) -> str:
        sections = printings_domain(self.env).pages[docname].sections
        return next((section.title for section in sections if section.anchor == anchor), "") or docname


def _called(row: Mapping[str, Any]) -> str:
    name = row["name"] or row["number"]
    return f"{_('Equation')} {name}" if row["kind"] == "equation" else str(name)


def _library(changed: tuple[str, str, str]) -> str:
    name, before, now = changed
    return f"{name} {before or '–'} → {now or '–'}"


def _kind(kind: str, items: Iterable[Sequence[nodes.Node]]) -> nodes.paragraph:
    """Return a paragraph with a kind of change and its items."""
    paragraph = nodes.paragraph("", "", nodes.strong(kind, kind), nodes.Text(": "))
    for place, item in enumerate(items):
        if place:
            paragraph += nodes.Text("; ")
        paragraph += item
    return paragraph


def _paragraph(text: str) -> nodes.paragraph:
    return nodes.paragraph(text, text)


def _arrow() -> nodes.Text:
    return nodes.Text(" → ")


def _added(words: str) -> list[nodes.Node]:
    return [nodes.Text(f" ({words})")]


def setup(app: Sphinx) -> None:
    app.add_node(errata)
    app.add_directive("errata", Errata)
    app.add_post_transform(AnchorCells)
    app.add_post_transform(NoteChanges)
    app.add_post_transform(ListChanges)
