"""TeX in notebooks: numbers as tags, no labels, nothing that Markdown or a quote could spoil."""

from __future__ import annotations

import pytest

from sphinxcontrib_d2lbook.outputs.notebooks import tex


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x^2", "$x^2$"),
        ("  x\n + y ", "$x + y$"),
        ("", ""),
        (r"a % note", "$a$"),
        (r"5\% of x", r"$5\% of x$"),
        ("a % note\n + b", "$a + b$"),
    ],
)
def test_inline(source: str, expected: str) -> None:
    assert tex.inline(source) == expected


def test_a_number_becomes_a_tag_and_the_label_goes() -> None:
    assert tex.display("x = 1 \\label{eq}", "3.4") == "$$\nx = 1 \\tag{3.4}\n$$"


def test_a_tag_of_the_author_stays_alone() -> None:
    assert tex.display("x \\tag{*}", "3.4").count("\\tag") == 1


@pytest.mark.parametrize(
    ("outer", "inner"), [("align", "aligned"), ("align*", "aligned"), ("gather", "gathered"), ("eqnarray", "aligned")]
)
def test_an_environment_that_numbers_lines_becomes_one_formula(outer: str, inner: str) -> None:
    found = tex.display(f"\\begin{{{outer}}}\na &= b \\\\\nc &= d\n\\end{{{outer}}}", "1")
    assert found == f"$$\n\\begin{{{inner}}}\na &= b \\\\\nc &= d\n\\end{{{inner}}} \\tag{{1}}\n$$"


def test_lines_without_an_environment_are_aligned() -> None:
    assert tex.display("a &= b \\\\ c &= d") == "$$\n\\begin{aligned}\na &= b \\\\ c &= d\n\\end{aligned}\n$$"


def test_lines_inside_an_environment_are_left_to_it() -> None:
    source = "A = \\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}"
    assert tex.display(source) == f"$$\n{source}\n$$"


def test_blank_lines_part_formulas() -> None:
    assert tex.display("a = b\n\nc = d") == "$$\n\\begin{gathered}\na = b \\\\\nc = d\n\\end{gathered}\n$$"


def test_in_a_quote_a_display_is_one_line_without_its_comments() -> None:
    assert tex.display("a % first\n + b", "2", one_line=True) == "$$a + b \\tag{2}$$"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"$|x|$", r"$\vert x\vert$"),
        (r"$\|y\|_2$", r"$\Vert y\Vert_2$"),
        (r"$\left|\frac{1}{2}\right|$", r"$\left\vert\frac{1}{2}\right\vert$"),
    ],
)
def test_bars_cannot_end_a_table_cell(source: str, expected: str) -> None:
    assert tex.in_pipe_table(source) == expected


def test_macros_are_defined() -> None:
    found = tex.definitions({"R": r"\mathbb{R}", "norm": (r"\lVert #1 \rVert", 1)})
    assert found == r"$\newcommand{\R}{\mathbb{R}}\newcommand{\norm}[1]{\lVert #1 \rVert}$"
    assert tex.definitions({}) == ""
