"""Read numbers in a reader's notebook. It has no anchors, so items are told apart by their order on the page."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin

from ...common.files import digest
from .compare import LETTER, LINE, PrintedNumber, has_number, in_order, is_label, label_pattern, number_before
from .expected_numbers import EQUATION, SECTION, SUBFIGURE, ExpectedEntry, ExpectedNumbers, without
from .readback import ReadableFile

TAG = re.compile(rf"\\tag\{{([^{{}}]*)\}}|{LINE}")
"""Regular expression of the number of a formula, or of a line in one."""
_parser = MarkdownIt("commonmark").enable("table")
_parser.use(dollarmath_plugin, allow_space=False, allow_digits=False, double_inline=True)
# Text in paragraphs is parsed separately, and only where necessary.
_parser.core.ruler.enableOnly(["normalize", "block"])
PLAIN = re.compile(r"[^\W\d_](?:[^\[<#`~|\\\n$]|\$(?!\$)|\\(?!tag|text)|\n(?=[^\W\d_$(]))*\s*")
"""Paragraph of prose between empty lines that cannot contain a number to be checked.

Most of a book is that, so one word takes its place before anything is parsed. In a block of code or in a formula, the
replacement does not end the block.
"""
_WORDS = r"(?:[^\W_]|[ .,:;()'’?/-])*"
WORDS = re.compile(_WORDS)
"""Text without markup or escapes, which is printed as it is written."""
LINK = re.compile(rf"(?<![!\\])\[({_WORDS})\]\(([a-z0-9_./:#~%-]+)\)")
"""Link with such a text."""
FORMULA = re.compile(r"\$[^$]*\$")


@dataclass
class ShownMarkdown:
    """Headings, labels, numbers and links that the Markdown of a notebook shows, in order."""

    headings: list[str] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    """Beginnings of captions and titles."""
    tags: list[str] = field(default_factory=list)
    """Numbers of equations."""
    links: list[tuple[str, str]] = field(default_factory=list)
    """Address and text of each link."""


def readable_notebooks(
    table: ExpectedNumbers, folder: Path, pages: Mapping[str, str], left_out: Mapping[str, Set[str]], suffix: str = ""
) -> Iterator[ReadableFile]:
    """Yield the notebooks of pages in a folder, to be compared with the table.

    ``pages``: address on the web -> docname. ``left_out``: docname -> anchors of what its notebook does not have; these
    are the pages. The name of a file is the docname with ``suffix``.
    """
    depends = digest(repr(sorted(pages.items()))).encode()
    for docname, anchors in left_out.items():
        elsewhere = frozenset((docname, anchor) for anchor in anchors)
        for framework in table.frameworks.get(docname, ()) or ("",):
            chosen = table.chosen({docname: framework}) if framework else table
            read = partial(_read, without(chosen, docname, anchors), docname, pages, framework)
            file = folder / framework / f"{docname}{suffix}.ipynb"
            yield ReadableFile(file, read, (docname,), elsewhere, depends=(depends,), table=chosen)


def _read(
    table: ExpectedNumbers, docname: str, pages: Mapping[str, str], framework: str, content: bytes
) -> Iterator[PrintedNumber]:
    shown = shown_in(json.loads(content))
    yield from _headings(table, docname, shown.headings)
    yield from _numbers(table, docname, shown)
    yield from _references(table, posixpath.join(framework, docname), shown.links, pages)


def shown_in(notebook: Mapping[str, list[Mapping[str, str | list[str]]]]) -> ShownMarkdown:
    """Return what the Markdown cells of a notebook show."""
    shown = ShownMarkdown()
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            definitions: dict[str, object] = {}
            blocks = "".join(cell["source"]).split("\n\n")
            text = "\n\n".join("x" if PLAIN.fullmatch(block) else block for block in blocks)
            tokens = _parser.parse(text, definitions)
            for before, token in zip([None, *tokens], tokens, strict=False):
                if token.type == "inline":
                    heading = before is not None and before.type == "heading_open" and token.level == 1
                    links = None if heading else _links_of(token.content)
                    if heading and WORDS.fullmatch(token.content):
                        shown.headings.append(token.content)
                    elif links is None:
                        children: list[Token] = []
                        _parser.inline.parse(token.content, _parser, definitions, children)
                        _inline(children, heading, shown)
                    else:
                        shown.links += links
                elif token.type.startswith("math_block"):
                    shown.tags += _tags(token.content)
    return shown


def _links_of(text: str) -> list[tuple[str, str]] | None:
    """Return address and text of the links of a paragraph.

    None if the paragraph must be parsed, because it shows something else too or its links are not simple.
    """
    if text.lstrip()[:1] in ("*", "_") or "`" in text or "<" in text or text.count("$") % 2 or TAG.search(text):
        return None
    if "[" not in text:
        return []
    formulas = FORMULA.findall(text)
    links = LINK.findall(text)
    if text.count("[") != len(links) or any("[" in formula for formula in formulas):
        return None
    return [(address, shown) for shown, address in links]


def _inline(children: list[Token], heading: bool, shown: ShownMarkdown) -> None:
    shown.tags += [tag for child in children if child.type.startswith("math") for tag in _tags(child.content)]
    text = _text(children)
    if heading:
        shown.headings.append(text)
    elif next(filter(None, map(_begins, children)), "") in ("em_open", "strong_open"):
        shown.labels.append(text)
    address = None
    inner: list[Token] = []
    for child in children:
        if child.type == "link_open":
            address, inner = str(child.attrs.get("href", "")), []
        elif child.type == "link_close" and address is not None:
            shown.links.append((address, _text(inner)))
            address = None
        else:
            inner.append(child)


def _begins(child: Token) -> str:
    """Return the type of a token that a paragraph may begin with; "" for an empty text or an anchor."""
    return "" if child.type == "html_inline" or (child.type == "text" and not child.content) else child.type


def _tags(tex: str) -> list[str]:
    return [whole or line for whole, line in TAG.findall(tex)]


def _text(children: Iterable[Token]) -> str:
    return "".join(" " if child.type in ("softbreak", "hardbreak") else child.content for child in children)


def _headings(table: ExpectedNumbers, docname: str, headings: list[str]) -> Iterator[PrintedNumber]:
    """Yield the numbers of sections, found by their titles in order: the text before a title is its number."""
    remaining = list(headings)
    for entry in table.pages[docname]:
        if entry.kind != SECTION:
            continue
        numbers = [number_before(text, entry.title, entry.number) for text in remaining]
        at = next((index for index, number in enumerate(numbers) if number is not None), None)
        is_sure = at is not None
        if at is None and entry.number:  # references in a title are shown resolved, so the title reads otherwise
            at = next((index for index, text in enumerate(remaining) if text.startswith(f"{entry.number} ")), None)
            numbers = [entry.number] * len(remaining)
        if at is None:
            continue
        yield PrintedNumber("the heading", docname, entry.ids[0], numbers[at] or "", "number", is_sure)
        del remaining[: at + 1]


def _numbers(table: ExpectedNumbers, docname: str, shown: ShownMarkdown) -> Iterator[PrintedNumber]:
    """Yield the numbers of all other items, by kind and in order."""
    kinds: dict[str, list[ExpectedEntry]] = {}
    for entry in table.pages[docname]:
        if entry.kind != SECTION and entry.number:
            kinds.setdefault(entry.kind, []).append(entry)
    for kind, entries in kinds.items():
        if kind == EQUATION:
            printed = shown.tags
            # A tag may be any text, so it is not looked for.
            yield from (
                PrintedNumber("the label", tag.docname, tag.ids[0], "", "place") for tag in entries if tag.given
            )
        else:
            label = re.compile(LETTER if kind == SUBFIGURE else label_pattern(kind, table))
            printed = [match[1] for text in shown.labels if (match := label.match(text))]
        yield from _in_order([entry for entry in entries if not entry.given], printed)


def _in_order(entries: list[ExpectedEntry], printed: list[str]) -> Iterator[PrintedNumber]:
    expected = [entry.letter or entry.number for entry in entries]
    for entry, wanted, number in zip(entries, expected, in_order(expected, printed), strict=True):
        if number is not None:
            text = entry.number if number == wanted else number
            # With as many labels as items, each belongs to one. Otherwise the author may have written some of them.
            is_sure = len(printed) == len(expected)
            yield PrintedNumber("the label", entry.docname, entry.ids[0], text, "number", is_sure)


def _references(
    table: ExpectedNumbers, file: str, links: Iterable[tuple[str, str]], pages: Mapping[str, str]
) -> Iterator[PrintedNumber]:
    for address, text in links:
        place, _, anchor = address.partition("#")
        if place in pages:
            yield PrintedNumber("a reference", pages[place], unquote(anchor), text, "link")
        elif place.endswith(".ipynb"):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(file), unquote(place)))
            yield from _to_notebook(table, _docname_of(table, path.removesuffix(".ipynb")), text)


def _docname_of(table: ExpectedNumbers, name: str) -> str:
    """Return the page of a notebook, which may lie in the folder of a framework."""
    framework, _, docname = name.partition("/")
    return docname if name not in table.pages and framework in table.frameworks.get(docname, ()) else name


def _to_notebook(table: ExpectedNumbers, docname: str, text: str) -> Iterator[PrintedNumber]:
    """Yield a link to another notebook, which has no anchors, if its number is that of no item of its kind there.

    Kinds may share their word, as figures and their parts do.
    """
    entries = table.pages.get(docname, ())
    if any(" ".join(entry.title.split()) == text for entry in entries):  # a title such as "Section A"
        return
    kinds = {entry.kind for entry in entries if is_label(text, entry.kind, table)}
    meant = [entry for entry in entries if entry.kind in kinds]
    if meant and not any(has_number(text, entry.number) for entry in meant):
        yield PrintedNumber("a reference", docname, meant[0].ids[0], text, "link")
