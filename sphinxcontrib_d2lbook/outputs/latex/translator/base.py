"""What every file of the translator builds on: rendering, places, marks, warnings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.builders.latex import LaTeXBuilder
from sphinx.builders.latex.nodes import footnotemark
from sphinx.builders.latex.theming import Theme
from sphinx.writers.latex import LaTeXTranslator

from ....log import Warn, warn
from ...paper.images import Picture
from ...paper.keys import key
from ...paper.labels import numbered
from .. import tex

RANDOM = re.compile(r"^equation-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
"""Anchors that MyST makes up for equations without a label, others at each reading: kept out of the source."""
TEXT = (nodes.Text, nodes.inline, nodes.reference, nodes.literal, nodes.emphasis, nodes.strong, nodes.math, nodes.image)
"""What can have places before it: the ids of other nodes wait for the next of these, inside or after them."""
MARKED = (nodes.Body, nodes.Structural)


@dataclass(frozen=True)
class Code:
    """A QR code of the PDF."""

    address: str
    at: str
    size: float


@dataclass
class BookFacts:
    """What is known of the whole book before it is written; and, afterwards, what was placed in it."""

    pages: frozenset[str]
    anchors: frozenset[str]
    """The key of everything that can be linked to."""
    pictures: Mapping[str, Picture]
    """Images by the address that the doctree has."""
    placed: dict[str, str] = field(default_factory=dict)
    """Key -> named destination."""
    asides: set[str] = field(default_factory=set)
    """Keys of what was placed in the margin."""
    codes: dict[str, Code] = field(default_factory=dict)
    """Named destination -> the code there."""


@dataclass(frozen=True)
class Scope:
    """Where the translator is."""

    matter: str = "front"
    level: int = 0
    """How many headings of the chapter are open."""
    plain: bool = False
    """In a list of contents or a running head: without links, places and notes."""
    fixed: bool = False
    """Inside what cannot hold floats, or what moves with its text."""
    aside: bool = False
    """In the margin."""


def gather(tree: nodes.document, pictures: Mapping[str, Picture]) -> BookFacts:
    """One walk over the book."""
    pages: set[str] = set()
    anchors: set[str] = set()

    def walk(node: nodes.Element, docname: str) -> None:
        if isinstance(node, addnodes.start_of_file):
            docname = node["docname"]
        if docname not in pages:
            pages.add(docname)
            anchors.add(key(docname))
        anchors.update(key(docname, item) for item in node["ids"] if not RANDOM.match(item))
        for child in node.children:
            if isinstance(child, nodes.Element):
                walk(child, docname)

    walk(tree, tree["docname"])
    return BookFacts(frozenset(pages), frozenset(anchors), pictures)


class BaseTranslator(LaTeXTranslator):
    """`body` collects TeX, as in Sphinx's translator; `content` gives that of some nodes as a string."""

    def __init__(self, document: nodes.document, builder: LaTeXBuilder, theme: Theme, facts: BookFacts) -> None:
        super().__init__(document, builder, theme)
        self.facts = facts
        self.scopes = [Scope()]
        self.waiting: list[str] = []
        """Keys that get their place at the next text."""
        self.docnames = [str(document["docname"])]

    # Emitting --------------------------------------------------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        return self.scopes[-1]

    @property
    def docname(self) -> str:
        return self.docnames[-1]

    @contextmanager
    def within(self, **changes: Any) -> Iterator[None]:
        """A scope for what is rendered inside."""
        self.scopes.append(replace(self.scope, **changes))
        try:
            yield
        finally:
            self.scopes.pop()

    @contextmanager
    def without_floats(self) -> Iterator[None]:
        """For what stands in a box: figures stay where they are."""
        self.no_latex_floats += 1
        try:
            with self.within(fixed=True):
                yield
        finally:
            self.no_latex_floats -= 1

    def emit(self, text: str) -> None:
        self.body.append(text)

    def content(self, children: Iterable[nodes.Node]) -> str:
        """The TeX of ``children``."""
        self.pushbody([])
        try:
            for child in children:
                child.walkabout(self)
            return "".join(self.body)
        finally:
            self.popbody()

    def plain(self, children: Iterable[nodes.Node]) -> str:
        """The TeX of ``children`` for lists and running heads."""
        with self.within(plain=True):
            return self.content(children)

    def block(self, name: str, *arguments: str, body: str) -> None:
        """Emit an environment."""
        self.emit(f"\n{tex.command('begin', name)}{''.join(f'{{{one}}}' for one in arguments)}%\n")
        self.emit(f"{body.strip()}\n{tex.command('end', name)}\n\n")

    def escape(self, s: str) -> str:
        return tex.escape(s)

    # Places ----------------------------------------------------------------------------------------------------------

    def note_places(self, ids: Iterable[str]) -> list[str]:
        """Destinations of ``ids`` that have none yet; they count as placed from now on."""
        found = []
        for item in ids:
            name = key(self.docname, item)
            if item != ":doc" and name not in self.facts.placed and not RANDOM.match(item):
                self.facts.placed[name] = tex.destination(self.docname, item)
                if self.scope.aside:
                    self.facts.asides.add(name)
                found.append(self.facts.placed[name])
        return found

    def waiting_places(self, command: str = "bookplace") -> str:
        """Commands that make places of the ids that wait: `bookplace` where a block begins, `bookline` in a line."""
        ids, self.waiting = self.waiting, []
        return "".join(tex.command(command, name) for name in self.note_places(ids))

    def hypertarget(self, id: str, withdoc: bool = True, anchor: bool = True) -> str:  # noqa: A002
        """Called by Sphinx's visitors, for ids that `dispatch_visit` has seen already; they put it behind commands."""
        return "{}"

    def hypertarget_to(self, node: nodes.Element, anchor: bool = False) -> str:
        return ""

    def dispatch_visit(self, node: nodes.Node) -> None:
        """Every node's ids become places, whatever else its visitor does; then the visitor of its kind."""
        if isinstance(node, nodes.Element):
            if "only-dark" in node.get("classes", ()):
                raise nodes.SkipNode  # its light twin stands beside it
            if node.get("ids") and not isinstance(node, nodes.section):
                self.waiting += node["ids"]
            in_text = isinstance(node, nodes.Inline) or isinstance(node.parent, nodes.TextElement) or self.scope.plain
            if isinstance(node, MARKED) and node.line and not in_text:
                self.mark(node.line)
        if isinstance(node, TEXT) and self.waiting and self._in_running_text(node):
            self.emit(self.waiting_places("bookline"))
        super().dispatch_visit(node)

    def _in_running_text(self, node: nodes.Node) -> bool:
        """Whether a place can stand before a node: not in headings, in what is quoted letter for letter, in marks."""
        if self.scope.plain or self.in_title or self.literal_whitespace or self.in_desc_signature:
            return False
        return not isinstance(node.parent, footnotemark | nodes.label | nodes.literal | addnodes.literal_strong)

    def mark(self, line: int) -> None:
        """Tell where the source comes from."""
        self.line(tex.MARKS.mark(self.docname, line))

    def line(self, text: str) -> None:
        """Emit ``text`` at the beginning of a line, without a space or an empty line before it."""
        before = next((text for text in reversed(self.body) if text), "\n")
        self.emit(("" if before.endswith("\n") else "%\n") + text)

    # Numbers and faults ----------------------------------------------------------------------------------------------

    def numbered(self, node: nodes.Element, figtype: str) -> tuple[str, str]:
        """Label and number: ("Figure 3.1", "3.1"), or twice ""."""
        return numbered(self.builder.env, self.docname, node, figtype)

    def location(self, node: nodes.Node) -> tuple[str, int | None]:
        """Page and line of a node, or of the nearest around it that knows its line."""
        place: nodes.Node | None = node
        while place is not None and not place.line:
            place = place.parent
        return self.docname, place.line if place is not None else None

    def warn(self, kind: Warn, message: str, *arguments: Any, node: nodes.Node) -> None:
        warn(kind, message, *arguments, location=self.location(node))

    def unknown_visit(self, node: nodes.Node) -> None:
        """Set what is inside a node of an unknown kind, and say so."""
        self.warn(
            Warn.NODE,
            "the PDF has no rule for a %r node; its text is set without one (register one with "
            "app.add_node(..., latex=(visit, depart)))",
            node.__class__.__name__,
            node=node,
        )

    def unknown_departure(self, node: nodes.Node) -> None:
        pass

    def through(self, node: nodes.Element) -> None:
        """Only what is inside counts. Raises SkipNode."""
        self.emit(self.content(node.children))
        raise nodes.SkipNode

    def nothing(self, node: nodes.Element) -> None:
        raise nodes.SkipNode

    # What one file of the translator asks of another -----------------------------------------------------------------

    def destination(self, node: nodes.Element) -> tuple[str, str]:
        """Command and target of a reference; in `references`."""
        raise NotImplementedError

    def code(self, node: nodes.Element) -> str:
        """A block of code; in `code`."""
        raise NotImplementedError

    def design_component(self, node: nodes.Element) -> None:
        """A component of sphinx-design; in `boxes`."""
        raise NotImplementedError

    def code_beside(self, node: nodes.Element) -> None:
        """A QR code with its caption; in `boxes`."""
        raise NotImplementedError
