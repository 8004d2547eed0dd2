"""Hold what the translators of all engines do alike: scopes, numbers, targets of references, warnings."""

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
class BookFacts:
    """Facts about the whole book that are known before anything is set."""

    anchors: Mapping[str, Set[str]]
    """Anchors on each page that can be linked to, by docname, with "" for the page itself."""
    pictures: Mapping[str, Picture]
    """Images by their URI in the doctree."""


@dataclass(frozen=True)
class TranslatorScope:
    """Scope of a node in the assembled tree."""

    docname: str
    matter: str = "front"
    level: int = 0
    """Number of open headings of the page's chapter; 0 in the root page."""
    aside: bool = False
    """Whether the scope is in the margin."""


class LinkTarget(NamedTuple):
    """Target of a reference."""

    key: str = ""
    """Key of a place in the book; "" if the target is outside it."""
    address: str = ""
    """Address outside the book; "" if the target is in it."""


S = TypeVar("S", bound=TranslatorScope)


class PaperTranslator(SphinxTranslator, Generic[S]):
    """Base class of the translators of all engines. Among their bases, it comes before a translator of Sphinx."""

    output: ClassVar[str]
    """Name that `app.add_node` uses for visitors of this output."""
    facts: BookFacts
    scopes: list[S]
    body: list[str]
    """Source for the engine, written so far."""
    placed: dict[str, Any]
    """Keys that have a destination by now."""

    @property
    def scope(self) -> S:
        return self.scopes[-1]

    @contextmanager
    def within(self, **changes: Any) -> Iterator[None]:
        """Open a scope for what is rendered inside the `with` block."""
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
        """Return the number of a node, as "3.1"; "" if it has none."""
        return node_number(self.builder.env, self.scope.docname, node, figtype)

    def caption_label(self, node: nodes.Element, figtype: str) -> str:
        """Return the label of a caption, as "Figure 3.1"; "" if it has no number."""
        return caption_label(self.builder.env, self.scope.docname, node, figtype)

    def leads_to(self, node: nodes.Element) -> LinkTarget | None:
        """Return the target of a reference; None for one that leads nowhere in print."""
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
        """Warn of the images of a page that are on another host, once for each page, as badges come in rows."""
        docname = self.scope.docname
        count = self._remote[docname]
        if docname in self._pages_warned_of_remote:
            return
        self._pages_warned_of_remote.add(docname)
        rest = f" and {count - 1} more on this page" if count > 1 else ""
        self.warn(Warn.IMAGE, "%s%s cannot be set in the PDF: %s", uri, rest, REMOTE.fault, node=image)

    @cached_property
    def _remote(self) -> Counter[str]:
        """Number of images on other hosts, by page."""
        images = (image for image in self.document.findall(nodes.image) if "://" in image["uri"])
        return Counter(_page_of(image) for image in images)

    @cached_property
    def _pages_warned_of_remote(self) -> set[str]:
        return set()

    def location(self, node: nodes.Node) -> tuple[str, int | None]:
        """Return the page and the line of a node, or of the nearest ancestor that has a line."""
        place: nodes.Node | None = node
        while place is not None and not place.line:
            place = place.parent
        return self.scope.docname, place.line if place is not None else None

    def warn(self, kind: Warn, message: str, *arguments: Any, node: nodes.Node) -> None:
        """Log a warning at the page and the line of a node."""
        warn(kind, message, *arguments, location=self.location(node))

    def unknown_visit(self, node: nodes.Node) -> None:
        """Set the content of a node of an unknown kind, and warn."""
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
    """Return the docname of the page that holds a node of the assembled book."""
    place: nodes.Node = node
    while place.parent is not None and not isinstance(place, addnodes.start_of_file):
        place = place.parent
    return str(place.get("docname", "")) if isinstance(place, nodes.Element) else ""
