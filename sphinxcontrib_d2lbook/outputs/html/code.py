"""Highlighted code: Pygments' formatter with one more option, the characters that are links.

Sphinx makes a formatter for each block and looks for the lexer of its language among hundreds; here both are kept.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound
from sphinx.application import Sphinx

from ...elements.code_links import KEY, CodeLink, Piece, linked_tokens
from ...upstream.pygments import LineFormatter, TokenType
from ...upstream.sphinx.html import replace_formatter
from ...upstream.sphinx.registry import has_lexer

LINK_CLASS = "d2lbook-object-link"
KERNEL_LANGUAGE = "ipython3"
"""The language of cells, as its kernel names it. It comes from another distribution; Pygments looks there last."""
MOST_FORMATTERS = 64
"""That are kept: books highlight in a few ways, but each block may begin with another number."""


class LinkingFormatter(LineFormatter):
    """`links`: a tuple of `CodeLink`s. Without them the HTML is Pygments' own."""

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
        """Each part of a line that is one link, or is none, is formatted by itself."""
        for link, pieces in groupby(line, key=lambda piece: piece[2]):
            tokens = [(kind, text) for kind, text, _ in pieces]
            made = "".join(text for _, text in super().format_lines(tokens)).removesuffix(self.lineseparator)
            yield f"{_opening(link)}{made}</a>" if link else made


def _lines(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Without their newlines."""
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


class Formatters:
    """Takes the place of a class: equal options give one formatter, which keeps nothing of a block that it formats."""

    def __init__(self) -> None:
        self._kept: dict[tuple[tuple[str, Any], ...], LinkingFormatter] = {}

    def __call__(self, **options: Any) -> LinkingFormatter:
        if not all(isinstance(value, str | int | type | None) for value in options.values()):
            return LinkingFormatter(**options)  # links and marked lines, which are of one block
        key = tuple(sorted(options.items()))
        if key not in self._kept:
            if len(self._kept) == MOST_FORMATTERS:
                self._kept.clear()
            self._kept[key] = LinkingFormatter(**options)
        return self._kept[key]


def use_formatter(app: Sphinx) -> None:
    """Give the builder's highlighters our formatter. Handler of `builder-inited`."""
    if replace_formatter(app.builder, Formatters()):
        _name_lexer(app)


def _name_lexer(app: Sphinx) -> None:
    """Let Sphinx know the lexer of cells by its class, unless something else has named one."""
    if not has_lexer(KERNEL_LANGUAGE):
        try:
            app.add_lexer(KERNEL_LANGUAGE, type(get_lexer_by_name(KERNEL_LANGUAGE)))
        except ClassNotFound:  # Sphinx says so where a block is in this language
            return


def setup_extension(app: Sphinx) -> None:
    app.connect("builder-inited", use_formatter)
