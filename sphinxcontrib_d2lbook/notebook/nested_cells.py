"""Find the code cells inside other blocks of MyST text: in directives, lists, quotes and definitions.

MyST-NB makes cells of fences at the top level of a page only. Here the text between these is searched for more, to any
depth. Whether a directive parses its content cannot be known without it, so all do but those in `VERBATIM`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt

MARK = re.compile(r"\{(?:code|raw)-cell\}")
"""What a text has that may hold a cell."""
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
OPTION = re.compile(r"[ \t]*:[^:\s][^:]*:(?:[ \t]|$)")


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
            lines, before = _without_options(token.content)
            yield from nested_fences(lines, parser, first + 1 + before)


def _without_options(content: str) -> tuple[str, int]:
    """Return the text of a directive behind its options, and how many lines these take."""
    lines = content.split("\n")
    before = 0
    if lines[0].startswith("---"):
        before = next((number for number, line in enumerate(lines[1:], 2) if line.startswith("---")), len(lines))
    else:
        while before < len(lines) and OPTION.match(lines[before]):
            before += 1
    return "\n".join(lines[before:]), before
