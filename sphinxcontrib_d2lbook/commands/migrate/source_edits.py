"""Edit Python source at positions that `ast` gives."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator

Edit = tuple[int, int, str]
"""Begin and end in characters of the source, and the new text."""


def offset(source: str, line: int, column: int) -> int:
    """Return where a place of `ast` is: ``line`` counts from 1, ``column`` in bytes of UTF-8 from 0."""
    lines = source.split("\n")
    before = sum(len(one) + 1 for one in lines[: line - 1])
    return before + len(lines[line - 1].encode("utf-8")[:column].decode("utf-8", "ignore"))


def span(source: str, node: ast.expr | ast.stmt) -> tuple[int, int]:
    """Return begin and end of a node in the source from which it was parsed."""
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    return offset(source, node.lineno, node.col_offset), offset(source, end_line, end_column)


def apply(source: str, edits: Iterable[Edit]) -> str:
    """Return the source with changes that do not overlap."""
    for begin, end, text in sorted(edits, reverse=True):
        source = source[:begin] + text + source[end:]
    return source


def first_line(statement: ast.stmt) -> int:
    """Return the 1-based line at which a statement begins, its decorators included."""
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(one.lineno for one in decorators)])


def last_line(statement: ast.stmt) -> int:
    return statement.end_lineno or statement.lineno


def lines_of(statement: ast.stmt) -> range:
    """Return the 1-based lines of a statement, those of its decorators included."""
    return range(first_line(statement), last_line(statement) + 1)


def inside_strings(source: str) -> set[int]:
    """Return the 1-based lines that begin within a string; none where the source has no tokens of Python."""
    found: set[int] = set()
    for token in tokens(source):
        if token.type == tokenize.STRING:
            found.update(range(token.start[0] + 1, token.end[0] + 1))
    return found


def tokens(source: str) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens of a source, up to the first place that is not Python."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(source).readline)
    except (tokenize.TokenError, SyntaxError):
        return
