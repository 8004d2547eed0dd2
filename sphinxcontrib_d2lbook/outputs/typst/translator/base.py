"""What every file of the translator builds on: emitting, rendering, scopes, anchors, numbers, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from docutils import nodes
from sphinx.builders import Builder

from ....elements.output_tables import output_table
from ....numbering.subfigures import subfigure
from ...paper import translator as paper
from ...paper.destination_names import is_random, key
from ...paper.structure import BookStructure
from ...paper.translator import Facts
from .. import escape, markup
from ..font_coverage import GlyphCheck

NAMED = (nodes.figure, nodes.table, output_table, nodes.math_block, nodes.container, nodes.Admonition)
"""What stands between paragraphs and may have a number."""


@dataclass(frozen=True)
class TypstScope(paper.TranslatorScope):
    """And what text is there."""

    title: bool = False
    """Inside a heading: notes and anchors would come again in the contents."""
    verbatim: bool = False
    """Inside literal text: white space counts."""


@dataclass
class TypstBookFacts(Facts):
    """And what of it is set elsewhere than it is written."""

    footnotes: Mapping[str, nodes.Element]
    """Footnotes by key."""
    glyphs: GlyphCheck


class TypstTranslatorBase(BookStructure[TypstScope]):
    """`body` collects markup, as in Sphinx's other translators; `rendered` gives that of some nodes as a string."""

    output = "typst"
    facts: TypstBookFacts

    def __init__(self, document: nodes.document, builder: Builder, facts: TypstBookFacts) -> None:
        super().__init__(document, builder)
        self.facts = facts
        self.body: list[str] = []
        self.scopes = [TypstScope(document["docname"])]
        self.placed: dict[str, None] = {}
        self.named: set[str] = set()
        """Those of them that are named destinations of the PDF."""
        self.asides: set[str] = set()
        """Those of them that stand in the margin."""
        self.notes_set: set[str] = set()
        """Keys of footnotes that have been printed."""

    # Emitting --------------------------------------------------------------------------------------------------------

    def emit_block(self, name: str, *arguments: markup.Value, **named: markup.Value) -> None:
        self.body.append(markup.block(name, *arguments, **named))

    def rendered(self, children: Iterable[nodes.Node]) -> str:
        """The markup of ``children``."""
        outer, self.body = self.body, []
        try:
            for child in children:
                child.walkabout(self)
            return "".join(self.body)
        finally:
            self.body = outer

    def content(self, children: Iterable[nodes.Node]) -> markup.TypstExpression:
        """The markup of ``children`` as an argument."""
        return markup.content(self.rendered(children))

    def wrap(self, name: str, node: nodes.Element, *arguments: markup.Value, **named: markup.Value) -> None:
        """Emit a call around what is in ``node``, inline, and be done with it. Raises SkipNode."""
        self.emit(markup.call(name, *arguments, self.content(node.children), **named))
        raise nodes.SkipNode

    def wrap_block(self, name: str, node: nodes.Element, *arguments: markup.Value, **named: markup.Value) -> None:
        """As `wrap`, as a block."""
        self.emit_block(name, *arguments, self.content(node.children), **named)
        raise nodes.SkipNode

    # Anchors ---------------------------------------------------------------------------------------------------------

    def new_keys(self, ids: Iterable[str]) -> list[str]:
        """Keys of ``ids`` that have no label yet; they count as placed from now on."""
        found = [key(self.scope.docname, item) for item in ids]
        found = [item for item in dict.fromkeys(found) if item not in self.placed]
        self.placed.update(dict.fromkeys(found))
        if self.scope.aside:
            self.asides.update(found)
        return found

    def anchors(self, ids: Iterable[str], *, named: bool = False) -> str:
        """Invisible targets for ``ids``; between blocks they can be ``named`` destinations of the PDF too."""
        text = ""
        for item in self.new_keys(ids):
            fixed = named and not is_random(item)
            if fixed:
                self.named.add(item)
            text += markup.call("destination" if fixed else "anchor", item)
        return text

    def dispatch_visit(self, node: nodes.Node) -> None:
        """Every node's ids become targets, whatever else its visitor does; then the visitor of its kind."""
        if isinstance(node, nodes.Element):
            if "only-dark" in node.get("classes", ()):
                raise nodes.SkipNode  # its light twin stands beside it
            if isinstance(node, nodes.Body | nodes.Structural) and not isinstance(node, nodes.Inline) and node.line:
                self.emit("\n" + markup.MARKS.mark(self.scope.docname, node.line))
            if (
                not self.scope.title
                and node.get("ids")
                and not isinstance(node, nodes.section | nodes.footnote | subfigure)
            ):
                self.emit(self.anchors(node["ids"], named=isinstance(node, NAMED)))
        super().dispatch_visit(node)

    # Text -------------------------------------------------------------------------------------------------------------

    def text(self, text: str, node: nodes.Node) -> str:
        """Markup of running text, with its characters checked."""
        self.facts.glyphs.check(text, self.location(node))
        return escape.markup(text)

    # What one file of the translator asks of another -----------------------------------------------------------------

    def captioned_code(self, node: nodes.container) -> None:
        """A block of code with a caption; in `code`."""
        raise NotImplementedError

    def cell_part(self, node: nodes.container) -> None:
        """A cell of a notebook, or its input or output; in `code`."""
        raise NotImplementedError

    def design_component(self, node: nodes.container) -> None:
        """A component of sphinx-design; in `boxes`."""
        raise NotImplementedError

    def destination(self, node: nodes.Element) -> markup.TypstExpression | None:
        """Where a reference leads; in `references`."""
        raise NotImplementedError
