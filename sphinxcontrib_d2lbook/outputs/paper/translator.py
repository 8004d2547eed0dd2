"""What the translators of all engines do alike: scopes, numbers, where references lead, warnings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxTranslator

from ...addresses.internal_uris import internal_target
from ...addresses.permanent_addresses import page_address
from ...common.warning_types import Warn, warn
from ...numbering.table import caption_label, node_number, with_title
from . import destination_names
from .images import MISSING, REMOTE, Picture

SCHEMES = ("http:", "https:", "mailto:", "ftp:", "doi:", "tel:")


@dataclass
class Facts:
    """What is known of the whole book before a word is set."""

    anchors: Mapping[str, Set[str]]
    """docname -> anchors of everything on the page that can be linked to, with "" for the page itself."""
    pictures: Mapping[str, Picture]
    """Images by the address that the doctree has."""


@dataclass(frozen=True)
class TranslatorScope:
    """Where in the book a translator is."""

    docname: str
    matter: str = "front"
    level: int = 0
    """How many headings of the page's chapter are open; 0 in the root page."""
    aside: bool = False
    """In the margin."""


class LinkTarget(NamedTuple):
    """Where a reference leads."""

    key: str = ""
    """Of a place of the book."""
    address: str = ""
    """Outside of it."""


S = TypeVar("S", bound=TranslatorScope)


class PaperTranslator(SphinxTranslator, Generic[S]):
    """Stands before a translator of Sphinx, where there is one, among the bases of an engine's own."""

    output: ClassVar[str]
    """What `app.add_node` calls visitors of this output."""
    facts: Facts
    scopes: list[S]
    body: list[str]
    """The source of the engine, as it is written."""
    placed: dict[str, Any]
    """Keys that have a place by now."""

    @property
    def scope(self) -> S:
        return self.scopes[-1]

    @contextmanager
    def within(self, **changes: Any) -> Iterator[None]:
        """A scope for what is rendered inside."""
        self.scopes.append(replace(self.scope, **changes))
        try:
            yield
        finally:
            self.scopes.pop()

    def emit(self, text: str) -> None:
        """Write ``text`` as it is."""
        self.body.append(text)

    def rendered(self, children: Iterable[nodes.Node]) -> str:
        """Return the source of ``children``."""
        raise NotImplementedError

    def number(self, node: nodes.Element, figtype: str) -> str:
        """Return "3.1"; "" for what has no number."""
        return node_number(self.builder.env, self.scope.docname, node, figtype)

    def caption_label(self, node: nodes.Element, figtype: str) -> str:
        """Return "Figure 3.1"; "" for what has no number."""
        return caption_label(self.builder.env, self.scope.docname, node, figtype)

    def leads_to(self, node: nodes.Element) -> LinkTarget | None:
        """Where a reference leads; None for what leads nowhere on paper."""
        if node.get("refid"):
            return self._place(self.scope.docname, node["refid"], node)
        uri = str(node.get("refuri", ""))
        inner = internal_target(uri)
        if inner is None:
            return LinkTarget(address=uri) if uri.startswith(SCHEMES) else None
        docname, anchor = inner
        docname = docname or self.scope.docname
        if docname in self.facts.anchors:
            return self._place(docname, anchor, node)
        address = page_address(self.builder.config, docname, anchor)
        return LinkTarget(address=address) if address else None

    def _place(self, docname: str, anchor: str, node: nodes.Element) -> LinkTarget | None:
        name = destination_names.key(docname, anchor)
        if anchor in self.facts.anchors[docname]:
            return LinkTarget(key=name)
        self.warn(Warn.OUTPUT, "the PDF has no place %r to link to; the text stands without a link", name, node=node)
        return None

    def picture(self, image: nodes.Element) -> Picture | None:
        """Return the picture of an `image`; None, after a warning, for what the PDF cannot show."""
        uri = image["uri"]
        picture = self.facts.pictures.get(uri, REMOTE if "://" in uri else MISSING)
        if picture.name:
            return picture
        if picture is REMOTE:
            self._warn_of_remote(uri, image)
            return None
        self.warn(Warn.IMAGE, "%s cannot be set in the PDF: %s", uri, picture.fault, node=image)
        return None

    def _warn_of_remote(self, uri: str, image: nodes.Element) -> None:
        """Warn of the images of a page that are on another host, once a page: badges come in rows."""
        docname = self.scope.docname
        count = self._remote[docname]
        if docname in self._remote_told:
            return
        self._remote_told.add(docname)
        rest = f" and {count - 1} more on this page" if count > 1 else ""
        self.warn(Warn.IMAGE, "%s%s cannot be set in the PDF: %s", uri, rest, REMOTE.fault, node=image)

    @cached_property
    def _remote(self) -> Counter[str]:
        """How many images on other hosts each page has."""
        images = (image for image in self.document.findall(nodes.image) if "://" in image["uri"])
        return Counter(_page_of(image) for image in images)

    @cached_property
    def _remote_told(self) -> set[str]:
        return set()

    def location(self, node: nodes.Node) -> tuple[str, int | None]:
        """Page and line of a node, or of the nearest around it that knows its line."""
        place: nodes.Node | None = node
        while place is not None and not place.line:
            place = place.parent
        return self.scope.docname, place.line if place is not None else None

    def warn(self, kind: Warn, message: str, *arguments: Any, node: nodes.Node) -> None:
        warn(kind, message, *arguments, location=self.location(node))

    def unknown_visit(self, node: nodes.Node) -> None:
        """Set what is inside a node of an unknown kind, and say so."""
        self.warn(
            Warn.NODE,
            "the PDF has no rule for a %r node; its text is set without one (register one with "
            "app.add_node(..., %s=(visit, depart)))",
            node.__class__.__name__,
            self.output,
            node=node,
        )
        if isinstance(node, nodes.Element):
            with_title(self.builder.env, self.scope.docname, node)

    def unknown_departure(self, node: nodes.Node) -> None:
        pass


def _page_of(node: nodes.Node) -> str:
    """Return the docname of the page on which a node of the assembled book is."""
    place: nodes.Node = node
    while place.parent is not None and not isinstance(place, addnodes.start_of_file):
        place = place.parent
    return str(place.get("docname", "")) if isinstance(place, nodes.Element) else ""
