"""Read for which frameworks the cells and blocks of a page are, and make the page that one framework runs and shows.

`d2lbook_frameworks` of conf.py gives frameworks their names. A cell says by its option `:framework:`, by its first line
(`#@tab mxnet, numpy` or `%%tab mxnet`), or by the `{framework}` block in which it stands, which of them run it. A cell
that says nothing, or `all`, is for all frameworks of its page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import takewhile

from markdown_it import MarkdownIt

from ..common.suggestions import did_you_mean
from .cells import Cell, FrameworkBlock, IncludedText, Notebook
from .nested_cells import BLOCK, directives_in

ALL = "all"
"""Name that stands for all frameworks of a page."""
OPTION = "framework"
"""Option of a cell, and name of its metadata in an `.ipynb`."""
CELL_DIRECTIVE = "d2lbook-cell"
"""Directive that shows a cell for each framework, written by the reader of such pages (`execution`) for `elements`."""
CELL_NOTES = "d2lbook"
"""Name in the metadata of a cell under which that reader notes what the directive shows."""
FIRST_LINE = re.compile(r"(?:#[ \t]*@tab|%%tab)[ \t]+(?P<names>\S.*?)[ \t]*")
"""First line of a cell that names frameworks, as d2lbook writes it."""


class FaultyFrameworksError(ValueError):
    """Raised if names of frameworks are wrong. Its text names fault and remedy."""

    @property
    def text(self) -> str:
        return str(self)


def frameworks_of(names: object, known: Sequence[str]) -> tuple[str, ...]:
    """Return the frameworks that an option or an argument names, in the order of ``known``; () for all.

    ``names`` is text with commas between the names, or a list. Raise FaultyFrameworksError for a name that is not in
    ``known``, and for something that names nothing.
    """
    items = names.split(",") if isinstance(names, str) else names
    words = [str(item).strip() for item in items] if isinstance(items, list | tuple) else []
    there = ", ".join(known) or "none: set d2lbook_frameworks in conf.py"
    if not words or not all(words):
        raise FaultyFrameworksError(
            f"{names!r} names no framework; write one of these, or several with commas: {there}"
        )
    for word in words:
        if word not in known and word != ALL:
            question = did_you_mean(word, known) or "write one of these, or add it to d2lbook_frameworks in conf.py"
            raise FaultyFrameworksError(f"there is no framework {word!r} (there are: {there}); {question}")
    return () if ALL in words else tuple(name for name in known if name in words)


def first_line_names(source: str) -> str | None:
    """Return the names in the first line of a cell, if that line does nothing but name frameworks."""
    match = FIRST_LINE.fullmatch(source.partition("\n")[0])
    return match["names"] if match else None


def both(outer: tuple[str, ...], inner: tuple[str, ...]) -> tuple[str, ...]:
    """Return the frameworks of something inside a block; () stands for all. Raise FaultyFrameworksError for none."""
    if not outer or not inner:
        return outer or inner
    common = tuple(name for name in outer if name in inner)
    if not common:
        raise FaultyFrameworksError(
            f"this is for {', '.join(inner)}, and stands in a block for {', '.join(outer)}, so that no framework has "
            "it; move it out of the block, or name another framework"
        )
    return common


def framework_blocks(
    text: str, parser: MarkdownIt, known: Sequence[str], offset: int = 0, outer: tuple[str, ...] = ()
) -> Iterator[FrameworkBlock | tuple[int, str]]:
    """Yield the `{framework}` blocks of a text that are for some frameworks only, in order, those inside others too.

    ``offset`` is the 0-based line in the file of the first line of ``text``. A block with wrong names is yielded as its
    1-based line and what is wrong.
    """
    if not BLOCK.search(text):
        return
    for directive in directives_in(text, parser, offset):
        if not directive.is_parsed:
            continue
        names = outer
        if directive.name == OPTION:
            try:
                names = both(outer, frameworks_of(directive.argument, known))
            except FaultyFrameworksError as err:
                yield directive.first + 1, err.text
                continue
            if names != outer:
                yield FrameworkBlock(directive.first + 1, directive.end + 1, names)
        inside, first = directive.inside()
        yield from framework_blocks(inside, parser, known, first, names)


def around(
    blocks: Iterable[FrameworkBlock], included: Sequence[IncludedText], line: int, text: int | None
) -> tuple[str, ...]:
    """Return the frameworks of the blocks around a line of the page, or of the included ``text``; () for all.

    Blocks around the directive that includes the text count too. Raise FaultyFrameworksError if none is left.
    """
    blocks = list(blocks)
    inside = [block.frameworks for block in blocks if block.included == text and block.first < line < block.end]
    inner = inside[-1] if inside else ()  # blocks inside others come after them
    if text is None:
        return inner
    return both(around(blocks, included, included[text].line, included[text].parent), inner)


def run_name(docname: str, framework: str = "") -> str:
    """Return the name of a page's run in one framework, as the store and messages have it: `linear/scratch@numpy`."""
    return f"{docname}@{framework}" if framework else docname


def runs(page: Notebook) -> tuple[str, ...]:
    """Return the frameworks in which a page runs; one without a name, "", for a page without marked cells."""
    return page.frameworks if any(cell.frameworks for cell in page.code_cells) else ("",)


def page_of_framework(page: Notebook, framework: str) -> Notebook:
    """Return a page as one framework has it: without the cells and the text of the others, and without marks."""
    if not framework or not page.frameworks:
        return page
    cells: list[Cell] = []
    starts: list[int] = []
    for cell in page.cells:
        if not cell.is_for(framework):
            continue
        source = _without(cell, page.blocks, framework) if cell.kind == "markdown" else cell.source
        cells.append(_renumbered(cell, len(cells), source))
        if page.starts:
            starts.append(page.starts[cell.index])
    included = tuple(_included(page, index, framework) for index in range(len(page.included)))
    return replace(page, cells=tuple(cells), starts=tuple(starts), frameworks=(), blocks=(), included=included)


def _included(page: Notebook, index: int, framework: str) -> IncludedText:
    """Return an included text without what is for other frameworks."""
    text = page.included[index]
    outer = around(page.blocks, page.included, text.line, text.parent)
    if outer and framework not in outer:
        return replace(text, text="")
    blocks = [block for block in page.blocks if block.included == index]
    return replace(text, text=_blanked(text.text, text.first, blocks, framework))


def _renumbered(cell: Cell, index: int, source: str) -> Cell:
    other = replace(cell, index=index, source=source, frameworks=())
    if "code" in vars(cell) and source == cell.source:
        vars(other)["code"] = vars(cell)["code"]  # parsed once
    return other


def _without(cell: Cell, blocks: Iterable[FrameworkBlock], framework: str) -> str:
    """Return the text of a cell with blank lines in the place of what is for other frameworks."""
    return _blanked(cell.source, cell.line, [block for block in blocks if block.included is None], framework)


def _blanked(text: str, first: int, blocks: Iterable[FrameworkBlock], framework: str) -> str:
    """Return a text, whose first line is ``first`` of its file, without the blocks for other frameworks."""
    lines = text.split("\n")
    inside = takewhile(lambda block: block.first < first + len(lines), blocks)
    for block in inside:
        if block.first >= first and framework not in block.frameworks:
            for line in range(block.first, min(block.end, first + len(lines))):
                lines[line - first] = ""
    return "\n".join(lines)
