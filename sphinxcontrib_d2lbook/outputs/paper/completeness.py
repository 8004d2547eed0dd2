"""Compare a finished PDF with the doctree that it was made of, and say what is not in it.

What is expected is read from the doctree alone, and what is there from the pages and from what the compiler has laid
out, so that a visitor that forgets something is found out. Text is compared by its letters and digits, since lines are
hyphenated, ligatures are one sign, and columns, notes and floats come in another order than in the doctree.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from docutils import nodes
from sphinx import addnodes

from ...common.pdf_reading import Ink, OpenPdf
from ...common.warning_types import Warn, warn
from .destination_names import key
from .translator import SCHEMES

TEXT, FORMULA, IMAGE, LINK, ENTRY = "text", "formula", "image", "link", "entry of the index"
_OTHER_SIGNS = re.compile(r"[^0-9a-zͰ-ԯ]+")
"""What is not compared: all but digits and the letters of the Latin, Greek and Cyrillic scripts, as the text of others
cannot be read from a PDF for certain."""
PIECE, LEAST = 16, 4
"""Letters that are looked for together, and the fewest that say something."""
MOST_TOLD, LONGEST = 20, 60
"""Things that are named of those that are missing, and letters of each."""
_NOT_PRINTED = (
    nodes.Invisible,
    nodes.raw,
    nodes.system_message,
    nodes.label,
    nodes.meta,
    nodes.docinfo,
    addnodes.toctree,
)
_TERMINAL_CODES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_INDEX_PARTS = re.compile(r"[;(]")


@dataclass(frozen=True)
class PrintedThing:
    """Thing of the doctree that the PDF must have."""

    kind: str
    docname: str
    line: int | None
    block: int
    """Number of the paragraph, cell or other block that it stands in; what is lost is told once for each."""
    shown: str
    """What a message says of it."""
    sign: str
    """Letters, TeX or address by which it is found."""


@dataclass
class LaidOutBook:
    """What a PDF has."""

    pages: Sequence[str]
    """Text of each page."""
    spans: Mapping[str, tuple[int, int]]
    """Pages, counted from 1, on which each page of the book begins and the next one does, by docname. Those that it
    lists stand inside of it, between its parts or behind them."""
    formulas: Counter[str] = field(default_factory=Counter)
    """TeX of the formulas that the compiler has set."""
    lost_images: Set[str] = frozenset()
    """Addresses of images in the doctree that can be set, and are not."""
    addresses: Set[str] = frozenset()
    """Addresses to which links lead."""
    in_order: bool = True
    """Whether words can be read from the pages as they follow one another: not where lines run from right to left."""


def letters(text: str) -> str:
    """Return the letters and digits of a text that are compared."""
    return _OTHER_SIGNS.sub("", unicodedata.normalize("NFKD", text).lower())


def expected_things(tree: nodes.document) -> list[PrintedThing]:
    """Return what the PDF of an assembled book must have, in the order of the doctree."""
    return list(_ThingReader().things(tree, tree["docname"], None, 0))


@dataclass
class _ThingReader:
    blocks: int = 0

    def things(self, node: nodes.Element, docname: str, line: int | None, block: int) -> Iterator[PrintedThing]:
        if isinstance(node, addnodes.start_of_file):
            docname, line = node["docname"], 1
        line = node.line or line
        if not isinstance(node, nodes.Inline):
            self.blocks += 1
            block = self.blocks

        def thing(kind: str, sign: str, shown: str) -> PrintedThing:
            return PrintedThing(kind, docname, line, block, " ".join(shown.split()), sign)

        if isinstance(node, addnodes.index):
            for _kind, words, *_rest in node["entries"]:
                for part in _INDEX_PARTS.split(words):
                    yield thing(ENTRY, letters(part), words)
        elif isinstance(node, nodes.image):
            if "only-dark" not in node["classes"]:
                yield thing(IMAGE, node["uri"], node["uri"])
        elif isinstance(node, nodes.math | nodes.math_block):
            yield thing(FORMULA, node.astext(), node.astext())
        elif not _is_left_out(node):
            address = str(node.get("refuri", "")) if isinstance(node, nodes.reference) else ""
            if address.startswith(SCHEMES) and node.astext().strip():
                yield thing(LINK, address, address)
            for child in node.children:
                if isinstance(child, nodes.Element):
                    yield from self.things(child, docname, line, block)
                    continue
                for part in _TERMINAL_CODES.sub("", child.astext()).split("\n"):
                    yield thing(TEXT, letters(part), part)


def _is_left_out(node: nodes.Element) -> bool:
    """Check whether no engine prints a node, whatever it has."""
    if isinstance(node, nodes.target):  # It may have text, though docutils counts it among what cannot be seen.
        return False
    return isinstance(node, _NOT_PRINTED) or "only-dark" in node.get("classes", ())


def missing_things(expected: Sequence[PrintedThing], laid: LaidOutBook) -> Iterator[tuple[PrintedThing, int]]:
    """Yield what is not in a PDF, each with the page, counted from 1, at or behind which it should be.

    Of what is missing of one block, the first thing is told.
    """
    windows = _PageWindows(laid)
    told: set[int] = set()
    formulas = laid.formulas.copy()
    for thing in expected:
        if thing.kind == FORMULA:
            formulas[thing.sign] -= 1
            there = formulas[thing.sign] >= 0 or windows.of(thing.docname).has_as_it_is(thing.sign)
        elif thing.kind == IMAGE:
            there = thing.sign not in laid.lost_images
        elif thing.kind == LINK:
            there = thing.sign in laid.addresses
        elif thing.kind == ENTRY:
            there = windows.end.has(thing.sign)
        else:
            window = windows.of(thing.docname)
            there = window.has(thing.sign) or (
                not laid.in_order and all(window.has(letters(word)) for word in thing.shown.split())
            )
        if not there and thing.block not in told:
            told.add(thing.block)
            yield thing, laid.spans.get(thing.docname, (1, 1))[0]


class _PageWindows:
    """Letters of the pages on which each page of the book can stand."""

    def __init__(self, laid: LaidOutBook) -> None:
        self.raw = laid.pages
        self.pages = [letters(text) for text in laid.pages]
        # A float may follow on the next page.
        self._ranges = {name: slice(start - 1, end + 1) for name, (start, end) in laid.spans.items()}
        self._windows: dict[str, _PageWindow] = {}
        self.end = self._window(slice(max((start for start, _end in laid.spans.values()), default=1) - 1, None))
        """Pages from the last page of the book on, with the index."""

    def of(self, docname: str) -> _PageWindow:
        if docname not in self._windows:
            self._windows[docname] = self._window(self._ranges.get(docname, slice(None)))
        return self._windows[docname]

    def _window(self, pages: slice) -> _PageWindow:
        return _PageWindow(self.raw[pages], self.pages[pages])


class _PageWindow:
    """Text of some pages, and its letters."""

    def __init__(self, raw: Sequence[str], pages: Sequence[str]) -> None:
        self.raw = raw
        self.pages = pages
        self.text = "".join(pages)

    def has(self, sign: str) -> bool:
        """Check whether the pages have at least half of the letters, piece by piece: other text may part them."""
        if len(sign) < LEAST or sign in self.text:
            return True
        pieces = [sign[start : start + PIECE] for start in range(0, len(sign), PIECE)]
        present = sum(len(piece) for piece in pieces if piece in self.text or self._is_torn(piece))
        return 2 * present >= len(sign)

    def has_as_it_is(self, sign: str) -> bool:
        """Check whether the pages have all signs of a text, such as TeX that nothing could set."""
        return "".join(sign.split()) in "".join("".join(self.raw).split())

    def _is_torn(self, piece: str) -> bool:
        """Check whether the end of a page parts the letters of a piece."""
        cuts = range(1, len(piece))
        return any(piece[:at] in one and piece[at:] in other for one, other in pairwise(self.pages) for at in cuts)


def page_spans(tree: nodes.document, pages: Mapping[str, int], last: int) -> dict[str, tuple[int, int]]:
    """Return `LaidOutBook.spans` of an assembled book.

    ``pages`` are the pages of all places in its PDF, and ``last`` is the last one of all.
    """
    files = list(tree.findall(addnodes.start_of_file))
    starts = [pages.get(key(file["docname"])) for file in files]
    spans = {}
    for index, (file, start) in enumerate(zip(files, starts, strict=True)):
        behind = starts[index + sum(1 for _ in file.findall(addnodes.start_of_file)) :]
        end = next((page for page in behind if page is not None), last)
        if start is not None:
            spans[file["docname"]] = (start, end)
    return spans


def text_of_pages(pdf: bytes, margins: tuple[float, float] | None = None) -> list[str]:
    """Return the text of each page of a PDF.

    Where notes stand on the lines of the text, as LaTeX sets them, ``margins`` are the widths of the inner and the
    outer margin, in points: the texts of both margins and of what is between them then follow the text of the page.
    """
    with OpenPdf(pdf) as document:
        return [
            "\n".join([document.text(page), *(_columns(document, page, *margins) if margins else ())])
            for page in range(document.pages)
        ]


def _columns(document: OpenPdf, page: int, inner: float, outer: float) -> list[str]:
    """Return the texts of the columns of a page, as a right-hand page has them, and as a left-hand page does."""
    width, height = document.size(page)
    cuts = ((0.0, inner, width - outer, width), (0.0, outer, width - inner, width))
    boxes = [Ink(left, 0.0, right, height, is_text=True) for edges in cuts for left, right in pairwise(edges)]
    return [document.text_in(page, box) for box in boxes]


def warn_of_missing(missing: Sequence[tuple[PrintedThing, int]], file_name: str) -> None:
    """Warn of what is not in a PDF, at its line; of many things, of the first ones and of how many there are."""
    for thing, page in missing[:MOST_TOLD]:
        warn(
            Warn.OUTPUT,
            "%s lacks what the page has, at or behind its page %d: the %s %r",
            file_name,
            page,
            thing.kind,
            thing.shown if len(thing.shown) <= LONGEST else thing.shown[:LONGEST] + "…",
            location=(thing.docname, thing.line),
        )
    if len(missing) > MOST_TOLD:
        thing, _page = missing[MOST_TOLD]
        count = len(missing) - MOST_TOLD
        warn(Warn.OUTPUT, "%s lacks %d more things", file_name, count, location=(thing.docname, thing.line))
