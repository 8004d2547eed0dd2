"""Convert one notedown page to a page of MyST-NB."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from ....numbering.labelling.label_names import LabelNamer
from ..migration_report import Line
from ..page_notes import PageNotes
from . import all_frameworks, saved_code
from .fences import Book, LeftOut, fence
from .frameworks import MARK
from .markdown_elements import HEADING
from .markdown_text import TOPIC, Page, text
from .notedown_blocks import Block, Fence, Tab, blocks_of

FRONT = """\
---
file_format: mystnb
kernelspec:
  name: python3
  display_name: Python 3
  language: python
---
"""
TOC = "toc"
"""Name of the tab that lists the pages for readers of the notebooks."""
CELL = re.compile(r"^[ \t]*(`{3,}|~{3,})\{code-cell\}", re.MULTILINE)


@dataclass(frozen=True)
class Converted:
    """Result of converting a page."""

    file: str
    text: str
    lines: tuple[Line, ...]
    title: str
    label: str
    topic: tuple[str, int] | None
    has_head: bool
    """Whether the page got the head of the library."""
    heads: Mapping[str, str]
    """Heads of the libraries of frameworks that no page has got yet, by framework."""


def toc_entries(source: str, docname: str) -> Iterator[str]:
    """Yield the docnames that the toc blocks of a page name."""
    for block in blocks_of(source):
        if isinstance(block, Fence) and block.info.strip() == TOC:
            for _, line in block.body:
                if line.strip() and not line.strip().startswith(":"):
                    yield posixpath.normpath(posixpath.join(posixpath.dirname(docname), line.strip()))


def convert(
    source: str,
    docname: str,
    file: str,
    book: Book,
    names: LabelNamer,
    *,
    head: str = "",
    heads: Mapping[str, str] = MappingProxyType({}),
) -> Converted:
    """Return what becomes of a page.

    ``file`` is its path for the report, ``names`` gives a label to a page that needs one for its discussion. ``head``
    is the code of the library's head, which goes before the first cell of a page that saves something; ``heads`` are
    those of the frameworks of a book that keeps all.
    """
    notes = PageNotes(file)
    book = _for_page(source, book, notes)
    page = Page(docname, notes, book.docnames)
    title = next((match["text"] for line in source.split("\n") if (match := HEADING.fullmatch(line))), "")
    if TOPIC.search(source):
        page.wanted_label = names.name(docname, 0, title)
    left_out = LeftOut()
    first = ""
    if head and _saves(source, book):
        first = _head(head, book, notes)
    heads, first = _heads(heads, first, source, book, notes)
    lines: list[str] = []
    for block in blocks_of(source):
        if first and isinstance(block, Fence) and block.is_cell and _is_ours(block, book):
            lines += [first, ""]
            first, head = "", ""
        more = list(_block(block, page, book, left_out))
        while more and not more[0].strip() and (not lines or not lines[-1].strip()):
            more.pop(0)
        lines += more
    _tell_left_out(left_out, book, notes, source)
    result = "\n".join(_placed(lines, page.label))
    if CELL.search(result):
        result = _with_front(result.lstrip("\n"))
    return Converted(file, result, tuple(notes.lines()), page.title, page.label, page.topic, not head, heads)


def _with_front(text: str) -> str:
    """Return the page with what MyST-NB needs to know, in new front matter or in that which is there."""
    if text.startswith("---\n") and "\n---\n" in text:
        return FRONT.removesuffix("---\n") + text.removeprefix("---\n")
    return f"{FRONT}\n{text}"


def _for_page(source: str, book: Book, notes: PageNotes) -> Book:
    """Return the book as this page sees it: where no cell names a framework, all cells stay."""
    frameworks = book.frameworks
    cells = [one for one in blocks_of(source) if isinstance(one, Fence) and one.is_cell]
    for entry in toc_entries(source, notes.file.removesuffix(".md")):
        if entry not in book.docnames and "://" not in entry and "<" not in entry:
            notes.ask(1, entry, "a toc block names it, and there is no such page; correct the entry, or remove it")
    if book.each:
        return all_frameworks.for_page(cells, book)
    if not cells or frameworks.chosen == frameworks.default or any(MARK.search(one.text) for one in cells):
        return book
    todo = f"no cell names a framework, so all are kept; {frameworks.default} is what d2lbook took them for"
    notes.ask(cells[0].line, f"{len(cells)} cells", todo)
    return replace(book, frameworks=replace(frameworks, unmarked=frameworks.chosen))


def _block(block: Block, page: Page, book: Book, left_out: LeftOut) -> Iterator[str]:
    notes = page.notes
    if isinstance(block, Fence):
        lines = all_frameworks.fence_for_each if book.each else fence
        yield from lines(block, book, notes, left_out)
    elif book.each and isinstance(block, Tab) and block.is_closed and block.names != (TOC,):
        inner = [line for one in block.blocks for line in _block(one, page, book, left_out)]
        yield from all_frameworks.tab_block(block, inner, book, notes)
    elif not isinstance(block, Tab):
        yield from text(block.lines, page)
    elif not block.is_closed:
        notes.ask(block.line, ":begin_tab:", "has no :end_tab:; what follows is kept as it is")
        for one in block.blocks:
            yield from _block(one, page, book, left_out)
    elif block.names == (TOC,):
        notes.note(block.line, "list of pages for readers of notebooks", "is left out: notebooks link to one another")
    elif book.frameworks.has(block.names):
        notes.note(block.line, "tab block", "its text")
        yield ""
        for one in block.blocks:
            yield from _block(one, page, book, left_out)
        yield ""
    else:
        left_out.add(block.line, block.names)


def _placed(lines: list[str], label: str) -> list[str]:
    """Return the lines with the label of a discussion that is not at the end of its page."""
    for at, line in enumerate(lines):
        if line == "```{discussion}" and any(re.match(r"#{1,6} ", other) for other in lines[at + 1 :]):
            return [*lines[: at + 1], f":label: {label}", *lines[at + 1 :]]
    return lines


def _is_ours(block: Fence, book: Book) -> bool:
    names = book.frameworks.of_cell(block.text)
    return not names or book.frameworks.has(names)


def _saves(source: str, book: Book) -> bool:
    cells = [one.text for one in blocks_of(source) if isinstance(one, Fence) and one.is_cell and _is_ours(one, book)]
    words = book.library.bare
    return any("@save" in cell or (words and words in cell) for cell in cells)


def _head(code: str, book: Book, notes: PageNotes) -> str:
    """Return the cell with the head of the library."""
    marked = saved_code.marked(saved_code.itself_imported(code, book.library), book.library, f"{notes.file}:1")
    if not marked:
        return ""
    count = len(code.split("\n"))
    notes.note(1, f"head of the library, {count} lines", "a marked cell of this page, folded on the website")
    return f"```{{code-cell}} ipython3\n:tags: [hide-input]\n\n{marked}\n```"


def _heads(
    heads: Mapping[str, str], first: str, source: str, book: Book, notes: PageNotes
) -> tuple[Mapping[str, str], str]:
    """Return the heads that remain, and what goes before the first cell: ``first``, and heads that the page needs."""
    cells = [first] if first else []
    remaining = dict(heads)
    for one in book.each:
        name = one.frameworks.chosen
        if remaining.get(name) and _saves(source, one):
            lines = _head(remaining.pop(name), one, notes).split("\n")
            cells.append("\n".join(all_frameworks.marked(lines, [name], book)))
    return remaining, "\n\n".join(cell for cell in cells if cell)


def _tell_left_out(left_out: LeftOut, book: Book, notes: PageNotes, source: str) -> None:
    if not left_out.lines:
        return
    count, names = len(left_out.lines), ", ".join(sorted(left_out.names - {book.frameworks.chosen}))
    told = f"{count} cells and texts of {names} are left out" if count > 1 else f"a cell or text of {names} is left out"
    first = min(left_out.lines)
    has_cells = any(isinstance(one, Fence) and one.is_cell for one in blocks_of(source))
    if has_cells and not left_out.kept:
        todo = f"{told}, and none of {book.frameworks.chosen} are here; write them, or take the page out of its toc"
        notes.ask(first, "other frameworks", todo)
    else:
        notes.note(first, "other frameworks", told)
