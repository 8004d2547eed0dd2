"""Text put into Markdown comes out as the same text."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it.token import Token

from sphinxcontrib_d2lbook.outputs.notebooks import markdown
from sphinxcontrib_d2lbook.outputs.notebooks.markdown import Marked, Math
from sphinxcontrib_d2lbook.testing import markdown_parser

PARSER = markdown_parser()
NASTY = st.text(st.sampled_from(list("ab1 .)(*_`[]<>~|#&!\\$+-=:;{}\"'/@^%\né→")), max_size=25)
TEXTS = st.one_of(NASTY, st.text(st.characters(blacklist_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), max_size=25))
EXAMPLES = settings(max_examples=60, deadline=None)


def tokens(source: str) -> list[Token]:
    return PARSER.parse(source)


def inline(source: str) -> list[Token]:
    found = [child for token in tokens(source) for child in token.children or []]
    assert {token.type for token in tokens(source)} <= {"paragraph_open", "inline", "paragraph_close"}, source
    return found


def shown(children: list[Token]) -> str:
    assert {child.type for child in children} <= {"text", "text_special", "html_inline"}, children
    return "".join(child.content for child in children if child.type != "html_inline")


def collapsed(text: str) -> str:
    return re.sub(r"[ \t\r\n\f\v]+", " ", text).strip(" ")


@given(TEXTS)
@EXAMPLES
def test_escaped_text_is_shown_as_it_was(text: str) -> None:
    assert shown(inline(markdown.escape(text, at_start=True))).strip(" ") == collapsed(text)


@given(TEXTS, TEXTS)
@EXAMPLES
def test_neighbouring_texts_do_not_make_syntax_together(first: str, second: str) -> None:
    source = markdown.escape(first, at_start=True) + markdown.escape("x" + second, at_start=False)
    assert shown(inline(source)).strip(" ") == collapsed(first + "x" + second)


@pytest.mark.parametrize(
    "text", ["1. one", "- a", "+ b", "# h", "> q", "===", "---", "```", "~~~", "a | b", "$5 and $6", r"\(x\)"]
)
def test_the_beginning_of_a_line_is_text(text: str) -> None:
    assert shown(inline(markdown.escape(text, at_start=True))) == text


def test_dollars_and_backslashes_stand_alone_for_scripts_that_look_for_formulas() -> None:
    assert markdown.escape("$5", at_start=True) == r"<span>\$</span>5"
    assert markdown.escape(r"\(", at_start=True) == r"<span>\\</span>("


@given(TEXTS.filter(lambda text: bool(text.strip())))
@EXAMPLES
def test_a_code_span_holds_its_text(text: str) -> None:
    children = inline("x" + markdown.code_span(text) + "y")
    assert [child.type for child in children] == ["text", "code_inline", "text"]
    assert children[1].content == text.replace("\n", " ")


@given(TEXTS, st.sampled_from(["python", "", "c++", "{code-cell}", "a`b"]))
@EXAMPLES
def test_a_fence_holds_its_text(text: str, language: str) -> None:
    (token,) = tokens(markdown.fence(text, language))
    assert (token.type, token.content) == ("fence", text.rstrip("\n") + "\n")
    assert token.info in ("python", "", "c++")


@given(TEXTS, TEXTS, TEXTS, st.sampled_from(["*", "**"]))
@EXAMPLES
def test_emphasis_encloses_its_text_whatever_stands_beside_it(before: str, text: str, after: str, marker: str) -> None:
    content = markdown.escape("e" + text + "e", at_start=False)
    pieces = [
        markdown.escape(before + "x", at_start=True),
        Marked(marker, content),
        markdown.escape("y" + after, at_start=False),
    ]
    children = inline(markdown.joined(pieces))
    assert "".join(c.content for c in children if c.type in ("text", "text_special")).strip(" ") == collapsed(
        before + "x" + "e" + text + "e" + "y" + after
    )
    opened = [c for c in children if c.type in ("em_open", "strong_open") or c.content in ("<em>", "<strong>")]
    assert len(opened) == 1


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["a ", Marked("*", "b"), " c"], "a *b* c"),
        (["a", Marked("**", "b:"), "c"], "a<strong>b:</strong>c"),
        ([Marked("**", "b:"), " c"], "**b:** c"),
        ([Marked("*", "a"), Marked("*", "b")], "<em>a</em>*b*"),
        (["x", Math("$y$"), "2"], "x<span>$y$</span>2"),
        (["x", Math("$y$"), " 2"], "x$y$ 2"),
    ],
)
def test_pieces_are_joined_by_what_stands_beside_them(pieces: list[markdown.Piece], expected: str) -> None:
    assert markdown.joined(pieces) == expected


@given(st.from_regex(r"https://example\.org/[!-~é ]{0,30}", fullmatch=True))
@EXAMPLES
def test_a_link_leads_where_it_should(url: str) -> None:
    children = inline(markdown.link("label", url))
    assert [child.type for child in children] == ["link_open", "text", "link_close"]
    assert unquote(str(children[0].attrs["href"])) == unquote(url)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "vbscript:x", "file:///etc"]
)
def test_a_link_with_an_odd_scheme_is_only_its_label(url: str) -> None:
    assert markdown.link("label", url) == "label"


@given(TEXTS)
@EXAMPLES
def test_an_attribute_cannot_be_left(text: str) -> None:
    value = markdown.attribute(text)
    assert re.fullmatch(r'"[^"<>\n]*"', value)


def test_lists_quotes_and_tables_keep_their_blocks() -> None:
    assert markdown.quoted("a\n\nb") == "> a\n>\n> b"
    assert markdown.indented("a\n\nb", "10. ") == "10. a\n\n    b"
    assert markdown.pipe_table(["a"], [["b", "c"]]) == "| a |  |\n| --- | --- |\n| b | c |"
