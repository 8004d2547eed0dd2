"""Convert cells and tab blocks for all frameworks of a book: each with a mark that says for which of them it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import dropwhile

from ..page_notes import PageNotes
from .fences import Book, LeftOut, fence
from .frameworks import ALL, MARK, Frameworks, is_selecting
from .notedown_blocks import Fence, Tab

DISCUSSION = re.compile(r"\[Discussions?\]\(")
"""Line that leads to a discussion; one of the page has become a directive."""
OPENING = re.compile(r"(?P<mark>`{3,}|~{3,})\{code-cell\}")


def books(book: Book, names: Sequence[str], of_framework: Sequence[Book]) -> Book:
    """Return a book that keeps all frameworks: ``of_framework`` are the books of each of ``names``."""
    return replace(book, frameworks=Frameworks(tuple(names)), each=tuple(of_framework))


def for_page(cells: Sequence[Fence], book: Book) -> Book:
    """Return the book as a page sees it: where no cell names a framework, all cells are for all."""
    if any(MARK.search(one.text) for one in cells):
        return book
    each = [replace(one, frameworks=replace(one.frameworks, unmarked=ALL)) for one in book.each]
    return replace(book, each=tuple(each), frameworks=replace(book.frameworks, unmarked=ALL))


def fence_for_each(one: Fence, book: Book, notes: PageNotes, left_out: LeftOut) -> Iterator[str]:
    """Yield the lines of a fence. A cell comes once for all frameworks for which its code is the same in the end."""
    if not one.is_cell or one.indent or is_selecting(one.text):
        yield from fence(one, book.each[0], notes, left_out)
        return
    names = book.frameworks.of_cell(one.text)
    groups: dict[tuple[str, ...], list[str]] = {}
    for of_one in book.each:
        name = of_one.frameworks.chosen
        if name in names or ALL in names:
            # Notes of one framework are enough: those of the others speak of the same lines.
            lines = tuple(fence(one, of_one, notes if not groups else PageNotes(notes.file), LeftOut()))
            groups.setdefault(lines, []).append(name)
    if len(groups) > 1 and "tab.selected" in one.text:
        notes.note(one.line, "tab.selected(…)", "a cell for each framework")
    for number, (lines, of_lines) in enumerate(groups.items()):
        cell = marked(lines, of_lines, book)
        if number:  # the target above the first cell stays alone
            yield ""
            cell = dropwhile(lambda line: not OPENING.match(line), cell)
        yield from cell
    if not groups:
        notes.ask(one.line, "a cell of a framework", f"{', '.join(names)} is not among the tabs; it is left out")


def marked(lines: Sequence[str], names: Sequence[str], book: Book) -> Iterator[str]:
    """Yield the lines of a cell with the option that names its frameworks, unless all have it."""
    at = next((index for index, line in enumerate(lines) if OPENING.match(line)), None)
    if at is None or set(names) == set(book.frameworks.names):
        yield from lines
        return
    yield from lines[: at + 1]
    yield f":framework: {', '.join(names)}"
    if not lines[at + 1].startswith(":"):
        yield ""
    yield from lines[at + 1 :]


def tab_block(block: Tab, inner: Sequence[str], book: Book, notes: PageNotes) -> Iterator[str]:
    """Yield the lines of a tab block: those of its content, in a `{framework}` block unless all have it."""
    names = [name for name in book.frameworks.names if name in block.names]
    if ALL in block.names or set(names) == set(book.frameworks.names):
        notes.note(block.line, "tab block", "its text")
        yield from ("", *inner, "")
        return
    if inner and any(line.startswith("```{discussion}") for line in inner):
        notes.note(block.line, "discussion in a tab block", "a discussion for all frameworks")
        yield from ("", *inner, "")
        return
    if len(_trimmed(inner)) == 1 and DISCUSSION.match(_trimmed(inner)[0]):
        return  # the page has one discussion, and the report tells of this one
    if not names:
        notes.ask(block.line, "tab block", f"{', '.join(block.names)} is not among the tabs; its text is left out")
        return
    notes.note(block.line, "tab block", "a `framework` block")
    longest = max((len(found[1]) for line in inner if (found := re.match(r"\s*(`{3,})", line))), default=2)
    mark = "`" * (longest + 1)
    yield from ("", f"{mark}{{framework}} {', '.join(names)}", *_trimmed(inner), mark, "")


def _trimmed(lines: Sequence[str]) -> list[str]:
    """Return lines without blank ones at the beginning and the end."""
    full = [index for index, line in enumerate(lines) if line.strip()]
    return list(lines[full[0] : full[-1] + 1]) if full else []
