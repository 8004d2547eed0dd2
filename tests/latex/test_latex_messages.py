"""What XeLaTeX says is read from its log, and text is escaped for it."""

from __future__ import annotations

import pytest

from sphinxcontrib_d2lbook.outputs.latex import escape, log_messages

LOG = r"""This is XeTeX
./book.tex:12: Undefined control sequence.
<recently read> \nothing
l.12 before \nothing
                     after
Missing character: There is no 日 (U+65E5) in font FreeSerif/OT:script=latn;!
Missing character: There is no 日 in font FreeSerif/OT:script=latn;!
Overfull \hbox (12.5pt too wide) in paragraph at lines 20--22
Overfull \hbox (2.0pt too wide) in paragraph at lines 30--31
Overfull \hbox (40.0pt too wide) detected at line 44
./d2lbook.sty:7: Package keyval Error: odd undefined.
l.7 \odd
! LaTeX Error: File `nothing.sty' not found.
./book.tex:90: Emergency stop.
"""


def test_errors_missing_characters_and_wide_lines_are_found() -> None:
    found = log_messages.read(LOG, "book.tex")
    assert [(fault.text, fault.line, fault.near) for fault in found.faults] == [
        ("Undefined control sequence", 12, r"before \nothing"),
        ("Package keyval Error: odd undefined (d2lbook.sty:7)", 0, r"\odd"),
        ("LaTeX Error: File `nothing.sty' not found", 0, ""),
    ]
    assert found.missing == ("日",)
    assert found.wide == ((20, 12.5), (44, 40.0))


def test_a_line_is_led_back_to_the_page_that_it_comes_from() -> None:
    source = f"head\n{escape.MARKS.mark('one', 3)}text\ntext\n{escape.MARKS.mark('two/index', 7)}text\n"
    assert [escape.MARKS.place_of(source, line) for line in (1, 3, 4, 6)] == [None, "one:3", "one:3", "two/index:7"]


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("a%b#c&d_e^f~g$h", r"a\%b\#c\&d\_e\textasciicircum{}f\textasciitilde{}g\$h"),
        ("\x00a\x1bb\x7fc", "abc"),
        ("\ud800\ufffe", "\ufffd\ufffd"),
        ("a\u2028b\fc", "a\nb\nc"),
        ("a\u202eb\u200bc", "abc"),
    ],
)
def test_no_character_means_anything(text: str, escaped: str) -> None:
    assert escape.escape(text) == escaped


def test_names_of_places_differ_and_are_plain() -> None:
    keys = [("a", "b"), ("a", "B"), ("a/b", ""), ("a", "b_c"), ("a", "b.5f.c"), ("ä", "x"), ("a:b", ""), ("a (1)", "%")]
    names = [escape.destination(*key) for key in keys]
    assert len(set(names)) == len(names)
    assert all(name.isascii() and not set(name) & set("()%\\{}#_^~&$ ") for name in names)
