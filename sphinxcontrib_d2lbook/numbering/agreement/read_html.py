"""Read the numbers in a page of the website."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from html import unescape
from pathlib import Path
from typing import cast
from urllib.parse import unquote

from lxml import etree

from ...common.files import digest
from ...upstream.lxml import Element
from .compare import EQUATION_NUMBER, LINE, PrintedNumber, in_order, number_of_heading
from .expected_numbers import EQUATION, SECTION, ExpectedEntry, ExpectedNumbers
from .readback import ReadableFile

HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
NUMBERS = {"section-number": "the heading", "caption-number": "the caption", "eqno": "the equation"}
"""CSS classes of the elements in which Sphinx prints numbers, and their names in messages."""
NUMBERED = frozenset({"std-numref", "std-eq"})
"""CSS classes of references by number."""
CONTENTS = re.compile(r"(?:^| )(?:toctree-l|toc-h)\d")
"""CSS classes of the entries of sidebars and of tables of contents."""
LISTED = re.compile(
    rb'<li class="toctree-l\d[^"<>]*"><a class="reference internal" href="([^"<>]*)">([^<>]*)</a>(</li>)?'
)
"""Entry as Sphinx writes it, with address and text as groups.

The sidebar of each page has an entry for every page of the book, so they are found without a parser. Entries written
in another form are left to the parser.
"""
NUMBER_OF_LINE = re.compile(rf"\({EQUATION_NUMBER}\)")
_ids = etree.XPath("//@id", smart_strings=False)
# Most spans highlight code, and most links do not matter here, so XPath selects the few before Python sees them.
_numbers = etree.XPath(f"//span[{' or '.join(f'contains(@class, {name!r})' for name in NUMBERS)}]")
_links = etree.XPath(
    "//a[contains(@class, 'internal') or contains(@class, 'left-prev') or contains(@class, 'right-next')]"
)


@dataclass(frozen=True)
class BuiltSite:
    """Website in a folder."""

    folder: Path
    addresses: Mapping[str, str]
    """docname -> address of its page, as in links, relative to the folder."""
    file_suffix: str = ""
    """Suffix of files, if addresses have another one; "" if they agree."""

    def file(self, docname: str) -> Path:
        """Return the path of the file of a page."""
        if self.file_suffix:
            return self.folder / f"{docname}{self.file_suffix}"
        address = self.addresses[docname]
        return self.folder / (f"{address}index.html" if address.endswith("/") or not address else address)


def readable_pages(table: ExpectedNumbers, site: BuiltSite, docnames: Iterable[str]) -> Iterator[ReadableFile]:
    """Yield the pages of a site, to be compared with the table."""
    places = LinkTargets(site.addresses)
    depends = digest(repr(sorted(site.addresses.items()))).encode()
    for docname in docnames:
        reading = PageReader(table, docname, places)
        yield ReadableFile(
            site.file(docname), reading.read, (docname,), depends=(depends,), note_right=reading.note_right
        )


@dataclass
class PageReader:
    """Reader of one page."""

    table: ExpectedNumbers
    docname: str
    places: LinkTargets
    listed: set[Item] = field(default_factory=set)

    def read(self, content: bytes) -> Iterator[PrintedNumber]:
        """Yield all numbers of the page, and its own items that have anchors; nothing for an empty file."""
        if not content:
            return
        page = HtmlPage(self.table, self.docname, self.places, content)
        self.listed = page.listed
        yield from page.seen()
        own = ((self.docname, name) for name in page.entries)
        yield from (PrintedNumber("its place", *place, "", "place") for place in own if place in page.anchors)

    def note_right(self) -> None:
        """Remember the entries of the sidebar, so that the next page need not compare them."""
        self.places.note_right(self.docname, self.listed)


Item = tuple[bytes, bytes]
"""Address and text of an entry of a sidebar, as they are in the file."""


class LinkTargets:
    """Targets of links, cached because all pages of a folder have the same links in their sidebars."""

    def __init__(self, addresses: Mapping[str, str]) -> None:
        self.folders = {docname: posixpath.dirname(address) for docname, address in addresses.items()}
        self.docnames = {posixpath.normpath(address): docname for docname, address in addresses.items()}
        self.known: dict[tuple[str, str], tuple[str, str] | None] = {}
        self.right: dict[str, set[Item]] = {}

    def without_right(self, docname: str, listed: Iterable[Item]) -> set[Item]:
        """Return the sidebar entries of a page that no page in its folder had yet and was found right."""
        return set(listed) - self.right.get(self.folders[docname], set())

    def note_right(self, docname: str, listed: set[Item]) -> None:
        """Note sidebar entries that were found right, for the other pages of the same folder."""
        self.right.setdefault(self.folders[docname], set()).update(listed)

    def target(self, docname: str, href: str) -> tuple[str, str] | None:
        """Return docname and anchor of a link on a page; None for a link out of the site."""
        address, _, anchor = href.partition("#")
        if not address:
            return docname, unquote(anchor)
        key = self.folders[docname], href
        if key not in self.known:
            docname_of_link = self.docnames.get(posixpath.normpath(posixpath.join(key[0], unquote(address))))
            self.known[key] = (docname_of_link, unquote(anchor)) if docname_of_link else None
        return self.known[key]


class HtmlPage:
    """Page of a finished website, parsed."""

    def __init__(self, table: ExpectedNumbers, docname: str, places: LinkTargets, content: bytes) -> None:
        self.docname = docname
        self.places = places
        self.entries = {item: entry for entry in table.pages[docname] for item in entry.ids}
        listed = ((item[1], item[2]) for item in LISTED.finditer(content))
        self.listed = places.without_right(docname, listed)
        # An entry may contain others: then it stays, without its link.
        rest = LISTED.sub(lambda item: b"" if item[3] else b"<li>", content)
        self.root = etree.fromstring(rest, etree.HTMLParser(encoding="utf-8"))

    @cached_property
    def anchors(self) -> set[tuple[str, str]]:
        """docname and anchor of everything on the page that can be linked to."""
        return {(self.docname, name) for name in cast("list[str]", _ids(self.root))}

    def seen(self) -> Iterator[PrintedNumber]:
        """Yield all numbers that the page prints: at its own items, and in links to others."""
        labelled: set[ExpectedEntry] = set()
        for element in cast("list[Element]", _numbers(self.root)):
            where = next((NUMBERS[name] for name in _classes(element) if name in NUMBERS), None)
            entry = self._owner(element) if where else None
            if where and entry:
                labelled.add(entry)
                yield PrintedNumber(where, self.docname, entry.ids[0], _own_text(element), "label")
        for entry, text in self._numbers_of_lines():
            labelled.add(entry)
            yield PrintedNumber("the line of the equation", self.docname, entry.ids[0], text, "label")
        for entry in dict.fromkeys(self.entries.values()):
            if entry not in labelled and (self.docname, entry.ids[0]) in self.anchors:
                number = self._number_of_plain_heading(entry) if entry.kind == SECTION else None
                if number is not None:
                    yield PrintedNumber("the heading", self.docname, entry.ids[0], number, "number")
                else:
                    yield PrintedNumber("its place", self.docname, entry.ids[0], "", "label")
        yield from self._links()

    def _owner(self, element: Element) -> ExpectedEntry | None:
        """Return the item that a number belongs to: the nearest element around it that is in the table."""
        is_section = "section-number" in _classes(element)
        if is_section and not any(around.tag in HEADINGS for around in element.iterancestors()):
            return None  # the number is in a link to the previous or the next page
        for around in element.iterancestors():
            entry = self.entries.get(around.get("id", ""))
            if entry is not None and (entry.kind == SECTION) == is_section:
                return entry
            if around.tag == ("section" if is_section else "figure"):
                return None  # the element is not in the table, or is a part of a figure, without a label of its own
        return None

    def _number_of_plain_heading(self, entry: ExpectedEntry) -> str | None:
        """Return the number before the title of a heading that a theme has written in its own way; None without one.

        The anchor may be that of the section, of the heading, or of something in the heading.
        """
        names = {f"id={name!r}" for name in entry.ids if "'" not in name}
        for place in cast("list[Element]", self.root.xpath(f"//*[@{' or @'.join(sorted(names))}]") if names else []):
            around = [item for item in (place, *place.iterancestors()) if item.tag in HEADINGS]
            inside = next((item for item in place.iter() if item.tag in HEADINGS), None)
            for heading in [*around, *([inside] if inside is not None else [])]:
                number = number_of_heading(" ".join("".join(heading.itertext()).split()), entry.title, entry.number)
                if number:
                    return number
        return None

    def _numbers_of_lines(self) -> Iterator[tuple[ExpectedEntry, str]]:
        """Yield the numbers in formulas, at the ends of lines that have labels of their own; "" if a line has none.

        The anchors of the lines are all before the formula, in order.
        """
        for box in self.root.iter("div"):
            first = self.entries.get(box.get("id", ""))
            if first is None or first.kind != EQUATION:
                continue
            names = [box.get("id", ""), *(span.get("id", "") for span in box.findall("span"))]
            entries = list(dict.fromkeys(self.entries[name] for name in names if name in self.entries))
            if len(entries) > 1 or not any("eqno" in _classes(span) for span in box.iter("span")):
                # A line without a label may end like one with a number.
                counted = [entry for entry in entries if not entry.given]
                ends = _ends_of_lines(box)
                numbers = in_order([f"({entry.number})" for entry in counted], ends)
                yield from ((entry, number or "") for entry, number in zip(counted, numbers, strict=True))
                yield from ((entry, entry.number) for entry in entries if entry.given)

    def _links(self) -> Iterator[PrintedNumber]:
        for href, content in sorted(self.listed):
            target = self.places.target(self.docname, unescape(href.decode("utf-8")))
            if target is not None:
                yield PrintedNumber("an entry of the contents", *target, unescape(content.decode("utf-8")), "entry")
        for link in cast("list[Element]", _links(self.root)):
            classes: str = link.get("class", "")
            step = "left-prev" in classes or "right-next" in classes
            target = self.places.target(self.docname, link.get("href", "")) if step or "internal" in classes else None
            if target is None:
                continue
            if step:
                numbers = [span for span in link.iter("span") if "section-number" in _classes(span)]
                text = "".join(_own_text(span) for span in numbers)
                yield PrintedNumber("the link to the previous or next page", *target, text, "label")
                continue
            text = "".join(link.itertext()) if len(link) else link.text or ""
            parent = link.getparent()
            if parent is not None and parent.tag == "li" and CONTENTS.search(parent.get("class", "")):
                yield PrintedNumber("an entry of the contents", *target, text, "entry")
            else:
                numbered = any(NUMBERED & set(_classes(span)) for span in link.iter("span"))
                yield PrintedNumber("a reference", *target, text, "numbered" if numbered else "link")


def _ends_of_lines(box: Element) -> list[str]:
    """Return the numbers at the ends of the lines of a formula, such as `(3.1)`."""
    table = next(box.iter("mtable"), None)
    if table is None:  # a script will show the formula, which is still TeX
        return [f"({number})" for number in re.findall(LINE, "".join(box.itertext()))]
    numbers = []
    for row in table.findall("mtr"):
        texts = [text for text in row.iter("mtext") if next(text.iterancestors("mtable")) is table]
        last = "".join(texts[-1].itertext()).strip() if texts else ""
        if NUMBER_OF_LINE.fullmatch(last):
            numbers.append(last)
    return numbers


def _own_text(element: Element) -> str:
    """Return the text before the first link inside, which is the sign for copying the address."""
    text = element.text or ""
    for child in element:
        if child.tag == "a":
            break
        text += "".join(child.itertext()) + (child.tail or "")
    return text


def _classes(element: Element) -> list[str]:
    names: str = element.get("class", "")
    return names.split()
