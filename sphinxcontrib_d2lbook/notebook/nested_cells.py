"""Find the code cells inside other blocks of MyST text: in directives, lists, quotes and definitions.

MyST-NB makes cells of fences at the top level of a page only. This module searches the text between these cells, to any
depth. Only Sphinx knows which directives parse their content, so all are taken to do so except those in `VERBATIM`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

from .directive_options import option_block

MARK = re.compile(r"\{(?:code|raw)-cell\}")
"""Name of a cell's directive; a text without it has no nested cell."""
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
        "include",
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
class NestedFence:
    """Fence of a cell inside another block."""

    kind: str
    """"{code-cell}" or "{raw-cell}"."""
    content: str
    """Its text with options, without the marks of the blocks around it."""
    first: int
    """0-based line of the opening mark."""


def nested_fences(text: str, parser: MarkdownIt, offset: int = 0) -> Iterator[NestedFence]:
    """Yield the fences of cells in a text, in order.

    ``offset`` is the 0-based line in the file of the first line of ``text``.
    """
    if not MARK.search(text):
        return
    for token in parser.parse(text):
        if token.type not in ("fence", "colon_fence") or token.map is None:
            continue
        directive = DIRECTIVE.match(token.info.strip())
        if directive is None:
            continue
        first = offset + token.map[0]
        if MARK.fullmatch(directive[0]):
            yield NestedFence(directive[0], token.content, first)
        elif directive["name"] not in VERBATIM and "jupyter" not in directive["name"]:
            _, lines, before = option_block(token.content)
            yield from nested_fences("\n".join(lines[before:]), parser, first + 1 + before)
