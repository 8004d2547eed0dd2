"""Highlight code with Pygments' HTML formatter and one more option: the characters that are links."""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from sphinx.application import Sphinx

from ...elements.code_links import KEY, CodeLink, Piece, linked_tokens
from ...upstream.pygments import LineFormatter, TokenType
from ...upstream.sphinx.html import replace_formatter

LINK_CLASS = "d2lbook-object-link"


class LinkingFormatter(LineFormatter):
    """Pygments' formatter with the option `links`, a tuple of `CodeLink`s. Without links, the HTML is Pygments' own."""

    def __init__(self, **options: Any) -> None:
        self.links: tuple[CodeLink, ...] = tuple(options.pop(KEY, ()))
        super().__init__(**options)

    def format_lines(self, tokens: Iterable[tuple[TokenType, str]]) -> Iterator[tuple[int, str]]:
        """Yield pairs of 1, which marks lines of code, and a line's HTML. Pygments numbers and wraps them."""
        if not self.links:
            yield from super().format_lines(tokens)
            return
        for line in _lines(linked_tokens(tokens, self.links)):
            yield 1, "".join(self._stretches(line)) + self.lineseparator

    def _stretches(self, line: list[Piece]) -> Iterator[str]:
        """Yield the HTML of each part of a line that is one link, or no link."""
        for link, pieces in groupby(line, key=lambda piece: piece[2]):
            tokens = [(kind, text) for kind, text, _ in pieces]
            content = "".join(text for _, text in super().format_lines(tokens)).removesuffix(self.lineseparator)
            yield f"{_opening(link)}{content}</a>" if link else content


def _lines(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Yield the lines without their newlines."""
    line: list[Piece] = []
    for kind, text, link in pieces:
        plain = text.removesuffix("\n")
        if plain:
            line.append((kind, plain, link))
        if plain != text:
            yield line
            line = []
    if line:
        yield line


def _opening(link: CodeLink) -> str:
    uri, title = html.escape(link.uri, quote=True), html.escape(link.title, quote=True)
    return f'<a class="{LINK_CLASS}" href="{uri}" title="{title}">'


def use_formatter(app: Sphinx) -> None:
    """Give the builder's highlighters our formatter. Handle `builder-inited`."""
    replace_formatter(app.builder, LinkingFormatter)


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", use_formatter)
