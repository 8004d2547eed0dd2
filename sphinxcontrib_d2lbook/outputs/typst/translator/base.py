"""Hold what every module of the translator builds on: emitting, rendering, scopes, anchors, numbers, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from docutils import nodes
from sphinx.builders import Builder

from ....elements.output_tables import output_table
from ....numbering.subfigures import subfigure
from ...paper import translator as paper
from ...paper.destination_names import is_random, key
from ...paper.lists import first_sentence
from ...paper.structure import BookStructure
from ...paper.translator import BookFacts
from .. import escape, markup
from ..font_coverage import GlyphCheck

NAMED = (nodes.math_block, nodes.container, nodes.Admonition)
"""Nodes that stand between paragraphs and may have a number."""
WITH_OWN_TARGETS = (nodes.section, nodes.footnote, subfigure, nodes.figure, nodes.table, output_table)
"""Nodes whose visitors emit the targets for their ids, since these do not stand before what they set."""


@dataclass(frozen=True)
class TypstScope(paper.TranslatorScope):
    """Scope of a node in the tree, with the kind of text that it contains."""

    title: bool = False
    """Whether the scope is a heading, where notes and anchors would come again in the table of contents."""
    verbatim: bool = False
    """Whether the scope is literal text, where white space counts."""
    code: bool = False
    """Whether the scope is code in a line of text, where a line is broken only where code allows it."""


@dataclass
class TypstBookFacts(BookFacts):
    """Facts about an assembled book, with what is set elsewhere than it is written."""

    footnotes: Mapping[str, nodes.Element]
    """Footnotes by key."""
    referenced: Set[str]
    """Keys of places in the book to which references lead."""
    glyphs: GlyphCheck


class TypstTranslatorBase(BookStructure[TypstScope]):
    """Translator that collects markup in `body`; `rendered` returns the markup of some nodes as a string."""

    output = "typst"
    facts: TypstBookFacts

    def __init__(self, document: nodes.document, builder: Builder, facts: TypstBookFacts) -> None:
        super().__init__(document, builder)
        self.facts = facts
        self.body: list[str] = []
        self.scopes = [TypstScope(document["docname"])]
        self.placed: dict[str, None] = {}
        self.named: set[str] = set()
        """Keys in `placed` that are named destinations of the PDF."""
        self.asides: set[str] = set()
        """Keys in `placed` that stand in the margin."""
        self.notes_set: set[str] = set()
        """Keys of footnotes that have been printed."""

    # Emitting --------------------------------------------------------------------------------------------------------

    def emit_block(self, name: str, *arguments: markup.Value, **named: markup.Value) -> None:
        """Emit a call of a function of the template that stands as a block of its own."""
        self.body.append(markup.block(name, *arguments, **named))

    def rendered(self, children: Iterable[nodes.Node]) -> str:
        """Return the markup of ``children``."""
        outer, self.body = self.body, []
        try:
            for child in children:
                child.walkabout(self)
            return "".join(self.body)
        finally:
            self.body = outer

    def content(self, children: Iterable[nodes.Node]) -> markup.TypstExpression:
        """Return the markup of ``children`` as an argument of a call."""
        return markup.content(self.rendered(children))

    def wrap(self, name: str, node: nodes.Element, *arguments: markup.Value, **named: markup.Value) -> None:
        """Emit an inline call around what is in ``node``, and skip its children by raising SkipNode."""
        self.emit(markup.call(name, *arguments, self.content(node.children), **named))
        raise nodes.SkipNode

    def wrap_block(self, name: str, node: nodes.Element, *arguments: markup.Value, **named: markup.Value) -> None:
        """Emit a block call around what is in ``node``, and skip its children by raising SkipNode."""
        self.emit_block(name, *arguments, self.content(node.children), **named)
        raise nodes.SkipNode

    # Anchors ---------------------------------------------------------------------------------------------------------

    def new_keys(self, ids: Iterable[str]) -> list[str]:
        """Return the keys of ``ids`` that have no label yet, and count them as placed from now on."""
        keys = [key(self.scope.docname, item) for item in ids]
        keys = [item for item in dict.fromkeys(keys) if item not in self.placed]
        self.placed.update(dict.fromkeys(keys))
        if self.scope.aside:
            self.asides.update(keys)
        return keys

    def anchors(self, ids: Iterable[str], *, named: bool = False) -> str:
        """Return invisible targets for ``ids``; between blocks they can be ``named`` destinations of the PDF too."""
        text = ""
        for item in self.new_keys(ids):
            fixed = named and not is_random(item)
            if fixed:
                self.named.add(item)
            text += markup.call("destination" if fixed else "anchor", item)
        return text

    def dispatch_visit(self, node: nodes.Node) -> None:
        """Emit targets for the ids of a node, whatever else its visitor does, then call that visitor."""
        if isinstance(node, nodes.Element):
            if "only-dark" in node.get("classes", ()):
                raise nodes.SkipNode  # Its light twin stands beside it.
            if isinstance(node, nodes.Body | nodes.Structural) and not isinstance(node, nodes.Inline) and node.line:
                self.emit("\n" + markup.MARKS.mark(self.scope.docname, node.line))
            if not self.scope.title and node.get("ids") and not isinstance(node, WITH_OWN_TARGETS):
                self.emit(self.anchors(node["ids"], named=isinstance(node, NAMED)))
        super().dispatch_visit(node)

    # Text -------------------------------------------------------------------------------------------------------------

    def text(self, text: str, node: nodes.Node) -> str:
        """Return the markup of running text, and check that the fonts have its characters."""
        self.facts.glyphs.check(text, self.location(node))
        return escape.markup(text)

    def listed(self, kind: str, label: str, title: nodes.Element | None) -> markup.TypstExpression | None:
        """Return what the list of all items of this kind shows of one; None if the edition has no such list."""
        if kind not in self.config.d2lbook_pdf_front.get("lists", ()) or not (label or title):
            return None
        with self.within(title=True):
            short = self.content(first_sentence(title)) if title is not None else markup.content("")
        return markup.content(markup.call("listed", kind, label, short))

    # Methods that are implemented in other modules of the translator -------------------------------------------------

    def captioned_code(self, node: nodes.container) -> None:
        """Emit a block of code with a caption. Implemented in `code`."""
        raise NotImplementedError

    def cell_part(self, node: nodes.container) -> None:
        """Emit a cell of a notebook, or its input or output. Implemented in `code`."""
        raise NotImplementedError

    def design_component(self, node: nodes.container) -> None:
        """Emit a component of sphinx-design. Implemented in `boxes`."""
        raise NotImplementedError

    def destination(self, node: nodes.Element) -> markup.TypstExpression | None:
        """Return the target of a reference. Implemented in `references`."""
        raise NotImplementedError
