"""Use Pygments beyond its documented interface: the lines of its HTML, token types, and lexers that are prepared."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

from pygments.formatters import HtmlFormatter
from pygments.lexer import RegexLexer

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


def prepared_lexers() -> list[tuple[str, str]]:
    """Return module and name of the lexers whose regular expressions this process has compiled.

    Pygments 2.17 to 2.21 compile them when a lexer is made first, and keep them in its class as `_tokens`.
    """
    known: list[type] = [RegexLexer]
    for kind in known:  # which grows meanwhile
        known.extend(type.__subclasses__(kind))
    return sorted({(kind.__module__, kind.__name__) for kind in known if "_tokens" in vars(kind)})


def prepare_lexers(names: Iterable[tuple[str, str]]) -> None:
    """Compile the regular expressions of lexers whose modules are imported."""
    for module, name in names:
        kind = getattr(sys.modules.get(module), name, None)
        if isinstance(kind, type) and issubclass(kind, RegexLexer):
            kind()
