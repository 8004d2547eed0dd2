"""Find the code cells inside other blocks of MyST text: in directives, lists, quotes and definitions.

MyST-NB makes cells of fences at the top level of a page only. This module searches the text between these cells, to any
depth. Only Sphinx knows which directives parse their content, so all are taken to do so except those in `VERBATIM`. It
also finds the places at which the text includes files (`included_files.py`), which may have cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

from .directive_options import option_block

MARK = re.compile(r"\{(?:code|raw)-cell\}")
"""Name of a cell's directive."""
MARK_OR_INCLUDE = re.compile(r"\{(?:code-cell|raw-cell|include)\}")
"""Names of the directives that are searched; a text without one has no nested cell."""
INCLUDE = "include"
"""Name of the directive that includes a file."""
BLOCK = re.compile(r"\{framework\}")
"""Name of the directive of a block for some frameworks only."""
DIRECTIVE = re.compile(r"\{(?P<name>[^{}\s]+)\}")
VERBATIM = frozenset(
    {
        "autodoc",
        "bibliography",
        "code",
        "code-block",
        "csv-table",
        "digraph",
        "doctest",
        "eval-rst",
        "graph",
        "graphviz",
        "literalinclude",
        "math",
        "mermaid",
        "parsed-literal",
        "plot",
        "productionlist",
        "prompt",
        "raw",
        "sourcecode",
        "testcode",
        "testoutput",
        "toctree",
    }
)
"""Directives that show their content as it stands, or do not parse it as MyST."""


@dataclass(frozen=True)
class WrittenDirective:
    """Directive as it stands in MyST text."""

    name: str
    argument: str
    content: str
    """Its text with options, without the marks of the blocks around it."""
    first: int
    """0-based line of the opening mark."""
    end: int
    """0-based line after the closing mark."""

    @property
    def is_cell(self) -> bool:
        """Whether it is a cell of the page."""
        return MARK.fullmatch(f"{{{self.name}}}") is not None

    @property
    def is_parsed(self) -> bool:
        """Whether its content is MyST text; that of a cell is code."""
        return not self.is_cell and self.name not in VERBATIM and "jupyter" not in self.name

    def inside(self) -> tuple[str, int]:
        """Return its content without options, and the 0-based line at which that begins."""
        _, lines, before = option_block(self.content)
        return "\n".join(lines[before:]), self.first + 1 + before


def directives_in(text: str, parser: MarkdownIt, offset: int = 0) -> Iterator[WrittenDirective]:
    """Yield the directives of a text, but not those inside them. ``offset`` is the 0-based line of its first line."""
    for token in parser.parse(text):
        if token.type in ("fence", "colon_fence") and token.map is not None:
            info = token.info.strip()
            opening = DIRECTIVE.match(info)
            if opening is not None:
                first, end = (offset + line for line in token.map)
                yield WrittenDirective(opening["name"], info[opening.end() :].strip(), token.content, first, end)


@dataclass(frozen=True)
class NestedFence:
    """Fence of a cell inside another block."""

    kind: str
    """"{code-cell}" or "{raw-cell}"."""
    content: str
    """Its text with options, without the marks of the blocks around it."""
    first: int
    """0-based line of the opening mark."""
    around: tuple[str, ...] = ()
    """Names of the directives around it, outermost first."""


@dataclass(frozen=True)
class NestedInclude:
    """Directive that includes a file."""

    name: str
    """Name of the file, as written."""
    content: str
    """Lines of its options."""
    first: int
    """0-based line of the opening mark."""
    around: tuple[str, ...] = ()
    """Names of the directives around it, outermost first."""


def nested_fences(
    text: str, parser: MarkdownIt, offset: int = 0, around: tuple[str, ...] = ()
) -> Iterator[NestedFence | NestedInclude]:
    """Yield the fences of cells in a text, and the directives that include files, in order.

    ``offset`` is the 0-based line in the file of the first line of ``text``, and ``around`` are the names of the
    directives around it.
    """
    if not MARK_OR_INCLUDE.search(text):
        return
    for directive in directives_in(text, parser, offset):
        if directive.is_cell:
            yield NestedFence(f"{{{directive.name}}}", directive.content, directive.first, around)
        elif directive.name == INCLUDE:
            yield NestedInclude(directive.argument, directive.content, directive.first, around)
        elif directive.is_parsed:
            inside, first = directive.inside()
            yield from nested_fences(inside, parser, first, (*around, directive.name))
