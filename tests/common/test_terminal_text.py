"""What others wrote can be printed, and does not go on for ever."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.common.terminal_text import cut, for_terminal


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain\ttext\nand more", "plain\ttext\nand more"),
        ("\x1b[2J\x1b]0;title\x07", r"\x1b[2J\x1b]0;title\x07"),
        ("\x9b31m \x85", r"\x9b31m \x85"),
        ("one\r\ntwo\rthree\bfour\x00", "one\ntwo\\rthree\\x08four\\x00"),
        ("a\u202eb\u2066c\u200f", r"a\u202eb\u2066c\u200f"),
        ("\udc80", r"\udc80"),
        ("\u05d0 \u4e2d \N{PILE OF POO}", "\u05d0 \u4e2d \N{PILE OF POO}"),
    ],
)
def test_a_terminal_gets_nothing_that_it_obeys(text: str, printed: str) -> None:
    assert for_terminal(text) == printed


@given(st.text(st.characters(codec=None)))
def test_any_text_can_be_printed(text: str) -> None:
    for_terminal(text).encode("utf-8")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("short", "short"),
        ("1\n2\n3", "1\n2\n3"),
        ("1\n2\n3\n4", "1\n2\n3 … (2 more characters)"),
        ("x" * 2000, "x" * 30 + " … (1,970 more characters)"),
    ],
)
def test_long_text_is_cut_and_says_how_much_there_is(text: str, kept: str) -> None:
    assert cut(text, 30, 3) == kept
