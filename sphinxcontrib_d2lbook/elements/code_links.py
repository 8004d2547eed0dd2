"""Link names in code cells, such as `d2l.train`, to their entries. The highlighters get the positions of the links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from docutils import nodes
from pygments.token import Token
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..upstream.pygments import TokenType
from ..upstream.sphinx.application import app_of
from .book_objects import book_objects
from .saved_domain import saved_domain
from .saved_notes import cell_parts

FORMATS = ("html", "typst", "latex")
"""Formats whose code can have links."""
KEY = "links"
"""Key in a code block's `highlight_args`, which Sphinx passes to the formatter, with a tuple of `CodeLink`s."""


class CodeLink(NamedTuple):
    """Characters of one line that are a link."""

    line: int
    """Line, counted from 1; empty lines at the top do not count, since some lexers drop them."""
    start: int
    end: int
    """Columns of the first character and behind the last one, counted from 0."""
    uri: str
    title: str


Piece = tuple[TokenType, str, CodeLink | None]


def linked_tokens(tokens: Iterable[tuple[TokenType, str]], links: Iterable[CodeLink]) -> Iterator[Piece]:
    """Yield tokens, split where links begin and end, and after newlines.

    Only names and the dots between them become links.
    """
    by_line: dict[int, list[CodeLink]] = {}
    for link in links:
        by_line.setdefault(link.line, []).append(link)
    line, column, begun = 1, 0, False
    for kind, text in tokens:
        can_link = kind in Token.Name or (kind not in Token.Literal and not text.strip(" ."))
        for part in re.findall(r"[^\n]*\n|[^\n]+", text):
            yield from _cut(kind, part, column, by_line.get(line, ()) if can_link else ())
            begun = begun or part != "\n"
            if part.endswith("\n"):
                line, column = line + begun, 0
            else:
                column += len(part)


def _cut(kind: TokenType, text: str, column: int, links: Iterable[CodeLink]) -> Iterator[Piece]:
    done = 0
    for link in links:
        start, end = max(link.start - column, done), min(link.end - column, len(text))
        if start < end:
            if start > done:
                yield kind, text[done:start], None
            yield kind, text[start:end], link
            done = end
    if done < len(text):
        yield kind, text[done:], None


class LinkCode(SphinxPostTransform):
    """Add the links in a code cell to the attributes of its code block."""

    # Any priority will do, since blocks keep their attributes.
    default_priority = 206

    def run(self, **kwargs: Any) -> None:
        builder = app_of(self.env).builder
        entries = saved_domain(self.env).entries if builder.format in FORMATS else {}
        if not entries:
            return
        book, docname = book_objects(app_of(self.env)), self.env.docname
        links: dict[int, list[CodeLink]] = {}
        for use in book.uses(docname):
            if use.span and use.symbol in entries:
                uri = f"{builder.get_relative_uri(docname, entries[use.symbol])}#{use.symbol}"
                span, title = use.span, book.objects[use.symbol].shown
                links.setdefault(use.cell, []).append(CodeLink(span.line, span.start, span.end, uri, title))
        for cell in cell_parts(self.document, "cell_code") if links else ():
            cell_links = links.get(cell["cell_index"], ())
            source = book.source(docname, cell["cell_index"]) or ""
            block = next(iter(cell.findall(nodes.literal_block)), None)  # other blocks in a cell are outputs
            if cell_links and block is not None and block.rawsource.strip("\n") == source.strip("\n"):
                empty = len(source) - len(source.lstrip("\n"))
                moved = tuple(sorted(link._replace(line=link.line - empty) for link in cell_links))
                block["highlight_args"] = {**block.get("highlight_args", {}), KEY: moved}


def setup(app: Sphinx) -> None:
    app.add_post_transform(LinkCode)
