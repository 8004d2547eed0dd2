"""TeX of authors becomes TeX that LaTeX sets, with the table's numbers, and nothing that reaches out of the formula."""

from __future__ import annotations

import pytest

from sphinxcontrib_d2lbook.mathematics.latex_source import display, inline
from sphinxcontrib_d2lbook.mathematics.tex_tokens import TexError


@pytest.mark.parametrize(
    ("tex", "number", "expected"),
    [
        ("a = b", "", r"\begin{equation*}a = b\end{equation*}"),
        ("a = b", "1.2", r"\begin{equation*}a = b\tag{1.2}\end{equation*}"),
        (r"a = b \label{x} \tag{7}", "A.1", r"\begin{equation*}a = b\tag{A.1}\end{equation*}"),
        (
            r"\begin{align} a &= b \\ c &= d \nonumber \end{align}",
            "2.1",
            r"\begin{equation*}\begin{aligned}a &= b \\ c &= d\end{aligned}\tag{2.1}\end{equation*}",
        ),
        (
            r"\begin{align*} a &= b \end{align*}",
            "",
            r"\begin{equation*}\begin{aligned}a &= b\end{aligned}\end{equation*}",
        ),
        (r"\begin{equation} a \end{equation}", "3", r"\begin{equation*}a\tag{3}\end{equation*}"),
        (
            r"\begin{alignat}{2} a &= b \end{alignat}",
            "",
            r"\begin{equation*}\begin{alignedat}{2}a &= b\end{alignedat}\end{equation*}",
        ),
        (r"\begin{multline} a \\ b \end{multline}", "4", r"\begin{multline*}a \\ b\tag{4}\end{multline*}"),
        (
            r"\begin{eqnarray} a &=& b \end{eqnarray}",
            "5",
            r"\begin{equation*}\begin{array}{rcl}a &=& b\end{array}\tag{5}\end{equation*}",
        ),
        ("a\n\nb", "", r"\begin{equation*}\begin{gathered}a \\ b\end{gathered}\end{equation*}"),
        (r"a &= b \\ c &= d", "", r"\begin{equation*}\begin{aligned}a &= b \\ c &= d\end{aligned}\end{equation*}"),
        (
            r"\begin{aligned}a\end{aligned}=\begin{cases}1 & x\\2\end{cases}",
            "6",
            r"\begin{equation*}\begin{aligned}a\end{aligned}=\begin{cases}1 & x\\2\end{cases}\tag{6}\end{equation*}",
        ),
        (r"\text{if $x$ holds}", "", r"\begin{equation*}\text{if $x$ holds}\end{equation*}"),
    ],
)
def test_a_formula_has_the_number_that_it_is_given_and_no_other(tex: str, number: str, expected: str) -> None:
    assert display(tex, number) == expected


def test_labelled_lines_have_their_own_numbers() -> None:
    tex = r"\begin{align} a &= b \label{x} \\ c &= d \\ e &= f \label{y} \end{align}"
    assert display(tex, "", {0: "2.1", 2: "2.2"}) == (
        r"\begin{align*}a &= b \tag{2.1} \\ c &= d \\ e &= f \tag{2.2}\end{align*}"
    )
    assert display(r"\begin{alignat}{2} a &= b & c &= d \\ e \end{alignat}", "", {1: "3"}) == (
        r"\begin{alignat*}{2}a &= b & c &= d \\ e \tag{3}\end{alignat*}"
    )
    assert r"\text{(4.1)}" in display(r"\begin{eqnarray} a &=& b \\ c &=& d \label{x} \end{eqnarray}", "", {1: "4.1"})


@pytest.mark.parametrize(
    "tex",
    [
        r"\input{/etc/passwd}",
        r"\text{\input{x}}",
        r"\csname end\endcsname",
        r"\catcode`\$=12",
        r"a $ b",
        r"a \) \input b",
        r"a \] b",
        r"\end{equation*} out",
        r"\begin{aligned} a",
        r"\begin{matrix} a \end{pmatrix}",
        r"\begin{input{x}} a \end{input{x}}",
        r"\text{a $ b}",
        r"\def\x{\x}\x",
        r"\write18{ls}",
        "#1",
        "{",
    ],
)
def test_what_would_reach_out_of_a_formula_is_refused(tex: str) -> None:
    for convert in (inline, display):
        with pytest.raises(TexError):
            convert(tex)


def test_a_blank_line_does_not_end_a_formula() -> None:
    assert "\n" not in inline("a\n\nb") + display("\\frac{a\n\n}{b}")


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"x_\mathcal{B}^\frac12", r"x_{\mathcal{B}}^{\frac{1}{2}}"),
        (r"x_\alpha{b} y_\sqrt[3]{z}", r"x_\alpha{b} y_{\sqrt[3]{z}}"),
        (r"{\bf x} + x^\rm{th}", r"{\mathbf{ x}} + x^{\mathrm{th}}"),
        (r"\begin{matrix}\cal A & b\end{matrix}", r"\begin{matrix}\mathcal{ A }& b\end{matrix}"),
        (r"\text{{\it a} b}", r"\text{{\textit{ a}} b}"),
        ("é + 损 + α", r"\text{é} + \text{损} + α"),
        (r"\llap{a}", r"\mathllap{a}"),
        (r'\text{a "b" $c$}', r"\text{a \textquotedbl{}b\textquotedbl{} $c$}"),
        (r"\textcolor{crimson}{x} \color[rgb]{0,0.5,0} y", r"\textcolor[HTML]{DC143C}{x} \color[HTML]{008000} y"),
        (r"\textcolor{#f80}{x}", r"\textcolor[HTML]{FF8800}{x}"),
        (r"\colorbox{gold}{a $b$}", r"\colorbox[HTML]{FFD700}{a $b$}"),
        (r"\bm{x} \varGamma", r"\boldsymbol{x} \mathit{\Gamma}"),
    ],
)
def test_what_latex_lacks_is_written_in_its_way(tex: str, expected: str) -> None:
    assert inline(tex) == expected


@pytest.mark.parametrize("tex", [r"\textcolor{nosuch}{x}", r"\color[cmyk]{0,0,0,1} x", r"\textcolor{a}b}{x}"])
def test_an_unknown_colour_is_refused(tex: str) -> None:
    with pytest.raises(TexError):
        inline(tex)
