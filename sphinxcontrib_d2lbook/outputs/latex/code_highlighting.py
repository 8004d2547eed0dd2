"""Highlight code with Pygments' LaTeX formatter and one more option: the characters that are links."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import groupby
from typing import Any, TextIO

from pygments.formatters import LatexFormatter
from pygments.token import Token

from ...elements.code_links import KEY, CodeLink, linked_tokens
from ...upstream.pygments import TokenType


class LatexLinkFormatter(LatexFormatter):  # type: ignore[misc]
    """Pygments' formatter with the option `links`, a tuple of `CodeLink`s whose `uri` is the command of the link."""

    def __init__(self, **options: Any) -> None:
        self.links: tuple[CodeLink, ...] = tuple(options.pop(KEY, ()))
        super().__init__(**options)

    def format(self, tokensource: Iterable[tuple[TokenType, str]], outfile: TextIO) -> None:
        """Write code to a file, with its links."""
        super().format(self._linked(tokensource) if self.links else tokensource, outfile)

    def _linked(self, tokens: Iterable[tuple[TokenType, str]]) -> Iterator[tuple[TokenType, str]]:
        """Yield the tokens, each stretch that is a link as one token that is TeX already."""
        for link, pieces in groupby(linked_tokens(tokens, self.links), key=lambda piece: piece[2]):
            if link is None:
                yield from ((kind, text) for kind, text, _link in pieces)
                continue
            stretch = StringIO()
            inner = LatexFormatter(style=self.style, commandprefix=self.commandprefix, nowrap=True)
            inner.format([(kind, text) for kind, text, _link in pieces], stretch)
            yield Token.Escape, f"{link.uri}{{{stretch.getvalue()}}}"
