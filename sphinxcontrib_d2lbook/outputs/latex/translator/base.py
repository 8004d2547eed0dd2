"""Hold what every module of the translator builds on: rendering, destinations, marks of source lines, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from docutils import nodes
from sphinx import addnodes
from sphinx.builders.latex import LaTeXBuilder
from sphinx.builders.latex.nodes import footnotemark
from sphinx.builders.latex.theming import Theme
from sphinx.writers.latex import LaTeXTranslator

from ...paper import translator as paper
from ...paper.destination_names import is_random, key
from ...paper.images import Picture
from ...paper.lists import first_sentence
from ...paper.structure import BookStructure, anchors_by_page
from ...paper.translator import BookFacts
from .. import escape

TEXT = (nodes.Text, nodes.inline, nodes.reference, nodes.literal, nodes.emphasis, nodes.strong, nodes.math, nodes.image)
"""Nodes that can have destinations before them: ids of other nodes wait for the next of these, inside or after them."""
MARKED = (nodes.Body, nodes.Structural)


@dataclass(frozen=True)
class QrCode:
    """QR code in the PDF."""

    address: str
    at: str
    size: float


@dataclass
class LatexBookFacts(BookFacts):
    """Facts about an assembled book, and, after it is written, what was placed in it."""

    placed: dict[str, str] = field(default_factory=dict)
    """Named destination of each key."""
    asides: set[str] = field(default_factory=set)
    """Keys of what was placed in the margin."""
    codes: dict[str, QrCode] = field(default_factory=dict)
    """QR code at each named destination."""
    formulas: Counter[str] = field(default_factory=Counter)
    """How often each formula is in the source, by its TeX."""
    shown_images: set[str] = field(default_factory=set)
    """URIs of the images that are in the source."""
    addresses: set[str] = field(default_factory=set)
    """Addresses outside the book to which links lead."""
    headings: dict[str, str] = field(default_factory=dict)
    """Place in the sources, "docname:line", of the heading at each named destination."""


@dataclass(frozen=True)
class LatexScope(paper.TranslatorScope):
    """Scope of a node in the tree, with what may be emitted in it."""

    plain: bool = False
    """Whether the scope is a list of contents or a running head, which has no links, destinations and notes."""
    fixed: bool = False
    """Whether the scope is something that cannot hold floats, or that moves with its text."""


def gather(tree: nodes.document, pictures: Mapping[str, Picture]) -> LatexBookFacts:
    """Return the facts about an assembled book that the translator needs."""
    anchors = {
        docname: {anchor for anchor in ids if not is_random(anchor)} for docname, ids in anchors_by_page(tree).items()
    }
    return LatexBookFacts(anchors, pictures)


class LatexTranslatorBase(BookStructure[LatexScope], LaTeXTranslator):
    """Translator that collects TeX in `body`; `rendered` returns the TeX of some nodes as a string."""

    output = "latex"
    builder: LaTeXBuilder
    facts: LatexBookFacts

    def __init__(self, document: nodes.document, builder: LaTeXBuilder, theme: Theme, facts: LatexBookFacts) -> None:
        super().__init__(document, builder, theme)
        self.facts = facts
        self.placed = facts.placed
        self.scopes = [LatexScope(str(document["docname"]))]
        self.waiting: list[str] = []
        """Keys whose destinations are emitted before the next text."""
        self.lists_place: tuple[list[str], int] = (self.body, 0)
        """Where the lists of figures and their like stand, as a list of source and a position in it."""
        self.listed_items: dict[str, list[tuple[str, str, str]]] = {}
        """Items of each list: label and first sentence, in TeX, and destination."""
        self.note_signs: dict[str, int] = {}
        """Position of each mark of a footnote that is no number, in the order of their first use."""

    # Emitting --------------------------------------------------------------------------------------------------------

    @property
    def docname(self) -> str:
        return self.scope.docname

    @contextmanager
    def without_floats(self) -> Iterator[None]:
        """Keep figures where they stand, as inside a box."""
        self.no_latex_floats += 1
        try:
            with self.within(fixed=True):
                yield
        finally:
            self.no_latex_floats -= 1

    def rendered(self, children: Iterable[nodes.Node]) -> str:
        """Return the TeX of ``children``."""
        self.pushbody([])
        try:
            for child in children:
                child.walkabout(self)
            return "".join(self.body)
        finally:
            self.popbody()

    def plain(self, children: Iterable[nodes.Node]) -> str:
        """Return the TeX of ``children`` for lists and running heads."""
        with self.within(plain=True):
            return self.rendered(children)

    def block(self, name: str, *arguments: str, body: str) -> None:
        """Emit an environment."""
        self.emit(f"\n{escape.command('begin', name)}{''.join(f'{{{argument}}}' for argument in arguments)}%\n")
        self.emit(f"{body.strip()}\n{escape.command('end', name)}\n\n")

    def escape(self, s: str) -> str:
        return escape.escape(s)

    # Destinations ----------------------------------------------------------------------------------------------------

    def note_places(self, ids: Iterable[str]) -> list[str]:
        """Return the destinations of ``ids`` that have none yet, and count them as placed from now on."""
        destinations = []
        for item in ids:
            name = key(self.docname, item)
            if item != ":doc" and name not in self.placed and not is_random(item):
                self.placed[name] = escape.destination(self.docname, item)
                if self.scope.aside:
                    self.facts.asides.add(name)
                destinations.append(self.placed[name])
        return destinations

    def waiting_places(self, command: str = "bookplace") -> str:
        """Return commands that place the waiting ids: `bookplace` where a block begins, `bookline` within a line."""
        ids, self.waiting = self.waiting, []
        return "".join(escape.command(command, name) for name in self.note_places(ids))

    def hypertarget(self, id: str, withdoc: bool = True, anchor: bool = True) -> str:  # noqa: A002
        """Return no target when Sphinx's visitors ask for one: `dispatch_visit` has handled the ids of the node.

        The visitors put the result after commands, so it must be an empty group.
        """
        return "{}"

    def hypertarget_to(self, node: nodes.Element, anchor: bool = False) -> str:
        return ""

    def dispatch_visit(self, node: nodes.Node) -> None:
        """Make destinations of the ids of a node, whatever else its visitor does, then call that visitor."""
        if isinstance(node, nodes.Element):
            if "only-dark" in node.get("classes", ()):
                raise nodes.SkipNode  # Its light twin stands beside it.
            if node.get("ids") and not isinstance(node, nodes.section):
                self.waiting += node["ids"]
            in_text = isinstance(node, nodes.Inline) or isinstance(node.parent, nodes.TextElement) or self.scope.plain
            if isinstance(node, MARKED) and node.line and not in_text:
                self.mark(node.line)
        if isinstance(node, TEXT) and self.waiting and self._in_running_text(node):
            self.emit(self.waiting_places("bookline"))
        super().dispatch_visit(node)

    def _in_running_text(self, node: nodes.Node) -> bool:
        """Check whether a destination can stand before a node: not in headings, in verbatim text or in marks."""
        if self.scope.plain or self.in_title or self.literal_whitespace or self.in_desc_signature:
            return False
        return not isinstance(node.parent, footnotemark | nodes.label | nodes.literal | addnodes.literal_strong)

    def note_listed(self, kind: str, label: str, title: nodes.Element | None, ids: Iterable[str]) -> None:
        """Record what the list of all items of this kind shows of one, unless the book has no such list."""
        if kind in self.config.d2lbook_pdf_front.get("lists", ()) and (label or title is not None):
            short = self.plain(first_sentence(title)).strip() if title is not None else ""
            place = next((self.placed[name] for item in ids if (name := key(self.docname, item)) in self.placed), "")
            self.listed_items.setdefault(kind, []).append((escape.escape(label), short, place))

    def mark(self, line: int) -> None:
        """Emit a comment that names the page and the line that the source comes from."""
        self.line(escape.MARKS.mark(self.docname, line))

    def line(self, text: str) -> None:
        """Emit ``text`` at the beginning of a line, without a space or an empty line before it."""
        before = next((text for text in reversed(self.body) if text), "\n")
        self.emit(("" if before.endswith("\n") else "%\n") + text)

    # Nodes of which only the content is emitted -----------------------------------------------------------------------

    def through(self, node: nodes.Element) -> None:
        """Emit only the children of a node, and skip them by raising SkipNode."""
        self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    def nothing(self, node: nodes.Element) -> None:
        raise nodes.SkipNode

    # Methods that are implemented in other modules of the translator -------------------------------------------------

    def destination(self, node: nodes.Element) -> tuple[str, str]:
        """Return the command and the target of a reference. Implemented in `references`."""
        raise NotImplementedError

    def design_component(self, node: nodes.Element) -> None:
        """Emit a component of sphinx-design. Implemented in `boxes`."""
        raise NotImplementedError

    def code_beside(self, node: nodes.Element) -> None:
        """Emit a QR code with its caption. Implemented in `boxes`."""
        raise NotImplementedError
