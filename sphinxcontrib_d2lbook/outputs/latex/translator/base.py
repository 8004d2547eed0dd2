"""What every file of the translator builds on: rendering, places, marks, warnings."""

from __future__ import annotations

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
from ...paper.structure import BookStructure, anchors_by_page
from ...paper.translator import Facts
from .. import escape

TEXT = (nodes.Text, nodes.inline, nodes.reference, nodes.literal, nodes.emphasis, nodes.strong, nodes.math, nodes.image)
"""What can have places before it: the ids of other nodes wait for the next of these, inside or after them."""
MARKED = (nodes.Body, nodes.Structural)


@dataclass(frozen=True)
class QrCode:
    """A QR code of the PDF."""

    address: str
    at: str
    size: float


@dataclass
class LatexBookFacts(Facts):
    """And, afterwards, what was placed in the book."""

    placed: dict[str, str] = field(default_factory=dict)
    """Key -> named destination."""
    asides: set[str] = field(default_factory=set)
    """Keys of what was placed in the margin."""
    codes: dict[str, QrCode] = field(default_factory=dict)
    """Named destination -> the code there."""


@dataclass(frozen=True)
class LatexScope(paper.TranslatorScope):
    """And what may stand there."""

    plain: bool = False
    """In a list of contents or a running head: without links, places and notes."""
    fixed: bool = False
    """Inside what cannot hold floats, or what moves with its text."""


def gather(tree: nodes.document, pictures: Mapping[str, Picture]) -> LatexBookFacts:
    """Return what must be known of an assembled book before it is set."""
    anchors = {
        docname: {anchor for anchor in found if not is_random(anchor)}
        for docname, found in anchors_by_page(tree).items()
    }
    return LatexBookFacts(anchors, pictures)


class LatexTranslatorBase(BookStructure[LatexScope], LaTeXTranslator):
    """`body` collects TeX, as in Sphinx's translator; `rendered` gives that of some nodes as a string."""

    output = "latex"
    builder: LaTeXBuilder
    facts: LatexBookFacts

    def __init__(self, document: nodes.document, builder: LaTeXBuilder, theme: Theme, facts: LatexBookFacts) -> None:
        super().__init__(document, builder, theme)
        self.facts = facts
        self.placed = facts.placed
        self.scopes = [LatexScope(str(document["docname"]))]
        self.waiting: list[str] = []
        """Keys that get their place at the next text."""
        self.note_signs: dict[str, int] = {}
        """Marks of footnotes that are no numbers, in the order in which they came -> their place in it."""

    # Emitting --------------------------------------------------------------------------------------------------------

    @property
    def docname(self) -> str:
        return self.scope.docname

    @contextmanager
    def without_floats(self) -> Iterator[None]:
        """For what stands in a box: figures stay where they are."""
        self.no_latex_floats += 1
        try:
            with self.within(fixed=True):
                yield
        finally:
            self.no_latex_floats -= 1

    def rendered(self, children: Iterable[nodes.Node]) -> str:
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
            return self.rendered(children)

    def block(self, name: str, *arguments: str, body: str) -> None:
        """Emit an environment."""
        self.emit(f"\n{escape.command('begin', name)}{''.join(f'{{{one}}}' for one in arguments)}%\n")
        self.emit(f"{body.strip()}\n{escape.command('end', name)}\n\n")

    def escape(self, s: str) -> str:
        return escape.escape(s)

    # Places ----------------------------------------------------------------------------------------------------------

    def note_places(self, ids: Iterable[str]) -> list[str]:
        """Destinations of ``ids`` that have none yet; they count as placed from now on."""
        found = []
        for item in ids:
            name = key(self.docname, item)
            if item != ":doc" and name not in self.placed and not is_random(item):
                self.placed[name] = escape.destination(self.docname, item)
                if self.scope.aside:
                    self.facts.asides.add(name)
                found.append(self.placed[name])
        return found

    def waiting_places(self, command: str = "bookplace") -> str:
        """Commands that make places of the ids that wait: `bookplace` where a block begins, `bookline` in a line."""
        ids, self.waiting = self.waiting, []
        return "".join(escape.command(command, name) for name in self.note_places(ids))

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
        self.line(escape.MARKS.mark(self.docname, line))

    def line(self, text: str) -> None:
        """Emit ``text`` at the beginning of a line, without a space or an empty line before it."""
        before = next((text for text in reversed(self.body) if text), "\n")
        self.emit(("" if before.endswith("\n") else "%\n") + text)

    # What has no look of its own --------------------------------------------------------------------------------------

    def through(self, node: nodes.Element) -> None:
        """Only what is inside counts. Raises SkipNode."""
        self.emit(self.rendered(node.children))
        raise nodes.SkipNode

    def nothing(self, node: nodes.Element) -> None:
        raise nodes.SkipNode

    # What one file of the translator asks of another -----------------------------------------------------------------

    def destination(self, node: nodes.Element) -> tuple[str, str]:
        """Command and target of a reference; in `references`."""
        raise NotImplementedError

    def design_component(self, node: nodes.Element) -> None:
        """A component of sphinx-design; in `boxes`."""
        raise NotImplementedError

    def code_beside(self, node: nodes.Element) -> None:
        """A QR code with its caption; in `boxes`."""
        raise NotImplementedError
