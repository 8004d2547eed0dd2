"""Numbers in a page of the website."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast
from urllib.parse import unquote

from lxml import html
from lxml.html import HtmlElement

from .compare import Difference, Seen, compare, missing
from .entries import SECTION, Entry, Table

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
NUMBERS = {"section-number": "the heading", "caption-number": "the caption", "eqno": "the equation"}
"""Classes that Sphinx gives to what it prints numbers in, and what these are."""


@dataclass(frozen=True)
class Site:
    """A website in a folder."""

    folder: Path
    addresses: Mapping[str, str]
    """docname -> address of its page, relative to the folder."""

    def file(self, docname: str) -> Path:
        address = self.addresses[docname]
        return self.folder / (f"{address}index.html" if address.endswith("/") or not address else address)


def check_pages(table: Table, site: Site, docnames: Iterable[str]) -> Iterator[Difference]:
    """Compare pages of a site with the table. Raises OSError for one that cannot be read."""
    docname_of = {posixpath.normpath(address): docname for docname, address in site.addresses.items()}
    for docname in docnames:
        file = site.file(docname)
        if not file.is_file():
            yield from missing(table, docname, set(), file)
            continue
        page = Page(table, docname, site.addresses[docname], docname_of, file.read_bytes())
        yield from compare(table, page.seen(), file)
        yield from missing(table, docname, page.anchors, file)


class Page:
    """One page, parsed."""

    def __init__(self, table: Table, docname: str, address: str, docname_of: Mapping[str, str], content: bytes) -> None:
        self.docname = docname
        self.address = address
        self.docname_of = docname_of
        self.entries = {item: entry for entry in table.pages[docname] for item in entry.ids}
        self.root = html.document_fromstring(content)

    @cached_property
    def anchors(self) -> set[tuple[str, str]]:
        """Everything on the page that can be linked to."""
        return {(self.docname, str(name)) for name in self.root.xpath("//@id")}

    def seen(self) -> Iterator[Seen]:
        """All numbers that the page prints: of its own things, and of others in links."""
        labelled: set[Entry] = set()
        for element in self._elements("span"):
            where = next((NUMBERS[name] for name in element.classes if name in NUMBERS), None)
            entry = self._owner(element) if where else None
            if where and entry:
                labelled.add(entry)
                yield Seen(where, self.docname, entry.ids[0], _own_text(element), "label")
        for entry in dict.fromkeys(self.entries.values()):
            if entry not in labelled and (self.docname, entry.ids[0]) in self.anchors:
                yield Seen("its place", self.docname, entry.ids[0], "", "label")
        yield from self._links()

    def _elements(self, tag: str) -> Iterator[HtmlElement]:
        return cast("Iterator[HtmlElement]", self.root.iter(tag))

    def _owner(self, element: HtmlElement) -> Entry | None:
        """What a number belongs to: the nearest thing around it that is in the table."""
        is_section = "section-number" in element.classes
        parent = element.getparent()
        if is_section and (parent is None or parent.tag not in HEADINGS):
            return None  # of a link to the previous or the next page
        for around in element.iterancestors():
            entry = self.entries.get(around.get("id", ""))
            if entry is not None and (entry.kind == SECTION) == is_section:
                return entry
        return None

    def _links(self) -> Iterator[Seen]:
        for link in self._elements("a"):
            classes = link.classes
            step = "left-prev" in classes or "right-next" in classes
            if not (step or "internal" in classes):
                continue
            target = self._target(link.get("href", ""))
            if target is None:
                continue
            if step:
                numbers = [span for span in link.iter("span") if "section-number" in span.classes]
                text = "".join(_own_text(span) for span in numbers)
                yield Seen("the link to the previous or next page", *target, text, "label")
                continue
            in_contents = any(
                name.startswith(("toctree-l", "toc-h")) for name in getattr(link.getparent(), "classes", ())
            )
            text = link.text_content()
            if in_contents:
                yield Seen("an entry of the contents", *target, text, "entry")
            else:
                numbered = any("std-numref" in span.classes for span in link.iter("span"))
                yield Seen("a reference", *target, text, "numbered" if numbered else "link")

    def _target(self, href: str) -> tuple[str, str] | None:
        """docname and anchor of a link in the site; None for one out of it."""
        address, _, anchor = href.partition("#")
        if not address:
            return self.docname, unquote(anchor)
        path = posixpath.normpath(posixpath.join(posixpath.dirname(self.address), unquote(address)))
        docname = self.docname_of.get(path)
        return (docname, unquote(anchor)) if docname else None


def _own_text(element: HtmlElement) -> str:
    """The text before the first link inside, which is the sign that one can copy."""
    text = element.text or ""
    for child in element:
        if child.tag == "a":
            break
        text += child.text_content() + (child.tail or "")
    return text
