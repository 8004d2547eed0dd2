"""The book's text on a forum: nothing in it is read as markup, and every title can be taken."""

from __future__ import annotations

from dataclasses import replace
from html import escape as html
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sphinxcontrib_d2lbook.forum.discourse import external_id
from sphinxcontrib_d2lbook.forum.interfaces import Section
from sphinxcontrib_d2lbook.forum.post_markdown import WORD_JOINER, escape, first_post, link, plain
from sphinxcontrib_d2lbook.forum.topic_titles import topic_titles

HOSTILE = [
    "</script><script>alert(1)</script>",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "> quoted\n\n# Heading\n\n* list",
    "1. one\n2. two",
    "```\ncode\n```",
    "[poll]\n* a\n[/poll]",
    "@all @here #category :smile: :+1:",
    "`code` **bold** ~~gone~~ __under__ $x_1$ | a | b |",
    "&lt;b&gt; &#64;all \\@all \\\\",
    "\u202egnirts\u202c and \u2067right to left\u2069",
    "quotes \" ' “ ” and a null \x00, a bell \x07, an escape \x1b[31m",
    "<https://evil.example> https://evil.example www.evil.example a@evil.example",
    "line\u2028separator\x85next\ud800half",
]


def rendered(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(markdown)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_shown_as_it_is(text: str) -> None:
    assert_shown(text)


@settings(max_examples=60)
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("\\`*_{}[]()#+-.!<>@:&;~|=\"'$^ \n\t1a\u202e"), st.characters()), max_size=60
    )
)
def test_any_text_is_shown_as_it_is(text: str) -> None:
    assert_shown(text)


def assert_shown(text: str) -> None:
    visible = plain(text, 10_000)
    shown = rendered(escape(visible)).replace(WORD_JOINER, "")
    expected = (
        f"<p>{html(visible.replace(WORD_JOINER, ''), quote=False).replace(chr(34), '&quot;')}</p>\n" if visible else ""
    )
    assert shown == expected


def test_nobody_is_called_by_a_summary() -> None:
    assert escape("@all #tag :smile: 10 : 20") == (
        f"\\@{WORD_JOINER}all \\#{WORD_JOINER}tag \\:{WORD_JOINER}smile\\: 10 \\: 20"
    )


@pytest.mark.parametrize("text", [*HOSTILE, "x" * 4000])
def test_a_first_post_is_a_link_a_book_and_a_quotation(kit: Any, text: str) -> None:
    section = replace(kit.sections(1)[0], title=text, summary=text)
    page = rendered(first_post(section, text))
    assert page.count("<a ") == page.count("<strong>") == 1
    assert page.startswith('<p><strong><a href="https://book.example/go/sec_0/">')
    assert page.count("<p>") == 2
    assert page.count("<blockquote>") == 1
    for tag in ("<script", "<img", "<h1", "<ul", "<ol", "<code", "<em", "<table", 'javascript:alert(1)"'):
        assert tag not in page
    assert len(first_post(section, text)) < 5000


def test_an_address_cannot_leave_its_brackets() -> None:
    page = rendered(link("a", "https://book.example/go/a> <script>alert(1)</script>\n\n[x](javascript:y)/"))
    assert page.count("<a ") == 1
    assert "<script" not in page
    assert page.count("<p>") == 1


def test_a_title_is_the_sections_own_where_it_can_be(kit: Any) -> None:
    long, short, twin, other = kit.sections(4)
    sections = [
        replace(long, title="Linear Regression from Scratch"),
        replace(short, title="Softmax"),
        replace(twin, title="Implementation from Scratch", parent="Softmax"),
        replace(other, title="Implementation from scratch", parent="Perceptrons"),
    ]
    assert list(topic_titles(sections, "A Book of Nets").values()) == [
        "Linear Regression from Scratch",
        "Softmax (A Book of Nets)",
        "Softmax: Implementation from Scratch (A Book of Nets)",
        "Perceptrons: Implementation from scratch (A Book of Nets)",
    ]
    assert topic_titles(sections[::-1], "A Book of Nets") == topic_titles(sections, "A Book of Nets")


@settings(max_examples=60)
@given(
    st.lists(
        st.sampled_from(["", "A", "a", "x" * 4000, "\u202e\n", "A (B)", "A Long Title It Is"]), min_size=1, max_size=6
    ),
    st.sampled_from(["", "B", "y" * 500]),
)
def test_titles_are_unlike_each_other_and_of_a_length_that_is_taken(titles: list[str], book: str) -> None:
    sections = [
        Section(f"s{number}", title, "", f"https://b.example/go/s{number}/", "", "p.md")
        for number, title in enumerate(titles)
    ]
    found = list(topic_titles(sections, book).values())
    assert len({title.casefold() for title in found}) == len(titles)
    assert all(15 <= len(title) <= 255 for title in found)
    assert all(title == " ".join(title.split()) for title in found)


def test_cut_text_ends_at_a_word() -> None:
    assert plain("one two three four", 14) == "one two three…"
    assert plain("x" * 50, 10) == "x" * 9 + "…"
    assert plain("  a \n\t b  ", 10) == "a b"


@pytest.mark.parametrize(
    ("identifier", "prefix", "found"),
    [
        ("sec_linear-1", "", "sec_linear-1"),
        ("sec_a", "d2l-", "d2l-sec_a"),
        ("chapter/page", "", "chapter-page-"),
        ("Sec_A", "", "sec_a-"),
        ("x" * 51, "", "x" * 33 + "-"),
        ("раздел", "", "-"),
    ],
)
def test_every_label_has_an_identifier_that_the_forum_can_keep(identifier: str, prefix: str, found: str) -> None:
    name = external_id(identifier, prefix)
    assert name == found or (name.startswith(found) and len(name) == len(found) + 16)
    assert len(name) <= 50


def test_labels_that_look_alike_to_the_forum_are_told_apart() -> None:
    names = {external_id(label).lower() for label in ("sec_a", "SEC_A", "sec a", "sec/a", "sec.a", "x" * 60, "x" * 61)}
    assert len(names) == 7
