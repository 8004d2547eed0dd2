"""What we rely on in Pygments, lxml and sphinx-design, held against the versions that are installed."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator

import pytest
from docutils import nodes
from lxml import html
from packaging.specifiers import SpecifierSet
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers.python import PythonLexer
from pygments.token import Token

from sphinxcontrib_d2lbook.upstream.lxml import Element
from sphinxcontrib_d2lbook.upstream.pygments import PYGMENTS, LineFormatter, TokenType
from sphinxcontrib_d2lbook.upstream.relied import Upstream
from sphinxcontrib_d2lbook.upstream.sphinx_design import DESIGN, fontawesome, visit_fontawesome_latex


@pytest.mark.parametrize("upstream", [PYGMENTS, DESIGN], ids=lambda one: one.name)
def test_the_version_is_one_that_is_known(upstream: Upstream) -> None:
    assert SpecifierSet(upstream.holds).contains(upstream.version)


class Marking(LineFormatter):
    def format_lines(self, tokens: Iterable[tuple[TokenType, str]]) -> Iterator[tuple[int, str]]:
        return ((kind, f"<b>{line}" if kind else line) for kind, line in super().format_lines(tokens))


@pytest.mark.parametrize("options", [{}, {"linenos": "inline"}, {"hl_lines": [2]}])
def test_lines_are_made_by_the_method_and_are_pygments_own(options: dict[str, object]) -> None:
    code = "a = 1\nb = 'two'\n"
    plain = highlight(code, PythonLexer(), HtmlFormatter(**options))
    assert highlight(code, PythonLexer(), LineFormatter(**options)) == plain
    marked = highlight(code, PythonLexer(), Marking(**options))
    assert marked.count("<b>") == 2
    assert marked.replace("<b>", "") == plain


def test_kinds_of_tokens_are_of_this_class() -> None:
    assert isinstance(Token.Name.Function, TokenType)


def test_elements_are_of_this_class() -> None:
    assert isinstance(html.fromstring("<p>a</p>"), Element)


def test_an_icon_has_a_node_and_a_visitor() -> None:
    assert issubclass(fontawesome, nodes.Element)
    assert fontawesome(icon="book")["icon"] == "book"
    assert list(inspect.signature(visit_fontawesome_latex).parameters) == ["self", "node"]
