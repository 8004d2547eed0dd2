"""Use Pygments beyond its documented interface: the lines of its HTML, and the class of token types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pygments.formatters import HtmlFormatter

from .relied import Upstream

PYGMENTS = Upstream("pygments", ">=2.17,<3")
"""The tests run with 2.21."""
USE = "code links to the objects that it uses"

with PYGMENTS.imports("tokens are named"):
    from pygments.token import _TokenType as TokenType

__all__ = ["LineFormatter", "TokenType"]

PYGMENTS.method(HtmlFormatter, "_format_lines", USE)


class LineFormatter(HtmlFormatter):  # type: ignore[misc]
    """Formatter of Pygments with a method to override that makes the HTML of lines.

    The documented method, `HtmlFormatter.wrap`, gets finished lines, in which tokens cannot be distinguished. Pygments
    2.17 to 2.21 make the lines in `_format_lines`, and number and wrap its results.
    """

    def _format_lines(self, tokensource: Iterable[tuple[TokenType, str]]) -> Iterator[tuple[int, str]]:
        return self.format_lines(tokensource)

    def format_lines(self, tokens: Iterable[tuple[TokenType, str]]) -> Iterator[tuple[int, str]]:
        """Return pairs of 1, which marks a line of code, and the line's HTML."""
        lines: Iterator[tuple[int, str]] = super()._format_lines(tokens)
        return lines
