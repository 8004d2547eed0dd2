"""What commands of packages, of MathJax and of plain TeX stand for, and what is refused rather than set wrongly."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
import typst

from sphinxcontrib_d2lbook.mathematics import convert, latex_source, typst_helpers
from sphinxcontrib_d2lbook.mathematics.amsmath_rewrite import defined_in, is_definition
from sphinxcontrib_d2lbook.mathematics.macros import Value, from_mathjax

SAME = [
    # Columns of arrays.
    (r"\begin{array}{@{}ccc|c@{}} 1 & 2 & 3 & 4 \end{array}", r"\begin{array}{ccc|c} 1 & 2 & 3 & 4 \end{array}"),
    (r"\begin{array}{*{3}{c}} 1 & 2 & 3 \end{array}", r"\begin{array}{ccc} 1 & 2 & 3 \end{array}"),
    (r"\begin{array}{*{2}{r|}l} 1 & 2 & 3 \end{array}", r"\begin{array}{r|r|l} 1 & 2 & 3 \end{array}"),
    (r"\begin{array}{l p{3cm}} x & \text{a word} \end{array}", r"\begin{array}{ll} x & \text{a word} \end{array}"),
    (r"\begin{array}{lm{3cm}} x & a word, $y$ \end{array}", r"\begin{array}{ll} x & \text{a word, $y$} \end{array}"),
    (r"\begin{array}{lp{3cm}} x & y^2 \end{array}", r"\begin{array}{ll} x & y^2 \end{array}"),
    (r"\begin{array}{>{-}c<{!}} a \\ b \end{array}", r"\begin{array}{c} - a! \\ - b! \end{array}"),
    (r"\begin{array}[t]{w{c}{1cm}} a \end{array}", r"\begin{array}{c} a \end{array}"),
    (r"\begin{array}{c} a \\ \hline\hline b \end{array}", r"\begin{array}{c} a \\ \hline b \end{array}"),
    # Delimiters, arrows, fractions.
    (r"\left< x \right>", r"\left\langle x \right\rangle"),
    (r"\bigl< x \bigr>", r"\bigl\langle x \bigr\rangle"),
    (r"\left\lt x \middle> y \right\gt", r"\left\langle x \middle\rangle y \right\rangle"),
    (r"\buildrel a \over = b", r"\mathrel{\overset{ a }{=}} b"),
    (r"\cfrac[c]{1}{2}", r"\cfrac{1}{2}"),
    (r"\cfrac[l]{1 + 2}{2}", r"\cfrac{1 + 2}{2}"),
    (r"\root 3 \of x", r"\sqrt[3]{x}"),
    (r"\nicefrac12", r"{}^{1}\!/{}_{2}"),
    (r"\alpha*x", r"\alpha * x"),
    (r"x^\rm{th}", r"x^{\rm th}"),
    # Tables of plain TeX, mathtools and IEEEtrantools.
    (r"\pmatrix{a & b \cr c & d}", r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}"),
    (r"\begin{matrix} a \cr b \end{matrix}", r"\begin{matrix} a \\ b \end{matrix}"),
    (r"\eqalign{a &= b \cr c &= d}", r"\begin{aligned} a &= b \\ c &= d \end{aligned}"),
    (r"\begin{pmatrix*}[r] a & b \end{pmatrix*}", r"\left(\begin{array}{rr} a & b \end{array}\right)"),
    (r"\begin{cases*} a & if $x$ \\ b \end{cases*}", r"\begin{cases} a & \text{if $x$} \\ b \end{cases}"),
    (r"\begin{IEEEeqnarray}{rCl} a & = & b \end{IEEEeqnarray}", r"\begin{array}{rcl} a & = & b \end{array}"),
    (r"\begin{matrix} a & b \\ \hdotsfor{2} \end{matrix}", r"\begin{matrix} a & b \\ \dots & \dots \end{matrix}"),
    # MathJax.
    (r"\bbox[2pt]{x}", "x"),
    (r"\bbox[border: 1px solid]{x}", r"\boxed{x}"),
    (r"\class{a}{x} + \cssId{b}{y}", "x + y"),
    (r"\unicode{x263a} + \unicode{9786}", "☺ + ☺"),
    (r"\textcolor[rgb]{1,0,0}{x}", r"\textcolor{#f00}{x}"),
    (r"\color{crimson}{x}", r"\color{#dc143c}{x}"),
    (r"\text{a \textbf{b $x$} c_d}", r"\text{a }\textbf{b }x\text{ c\_d}"),
    # mhchem.
    (r"\ce{H2O}", r"\mathrm{H}_{2}\mathrm{O}"),
    (r"\ce{SO4^2-}", r"\mathrm{SO}_{4}^{2-}"),
    (r"\ce{NH4+}", r"\mathrm{NH}_{4}^{+}"),
    (r"\ce{[AgCl2]-}", r"[\mathrm{AgCl}_{2}]^{-}"),
    (r"\ce{^{227}_{90}Th+}", r"{}^{227}_{90}\mathrm{Th}^{+}"),
    (r"\ce{^14_6C}", r"{}^{14}_{6}\mathrm{C}"),
    (r"\ce{2H2 + O2 -> 2H2O}", r"2\,\mathrm{H}_{2}{}+{}\mathrm{O}_{2}\xrightarrow{{}}2\,\mathrm{H}_{2}\mathrm{O}"),
    (r"\ce{A <=>[x][$y$] B}", r"\mathrm{A}\xrightleftharpoons[y]{\mathrm{x}}\mathrm{B}"),
    (r"\ce{CuSO4.5H2O}", r"\mathrm{CuSO}_{4}{\cdot}5\,\mathrm{H}_{2}\mathrm{O}"),
    (r"\ce{CH3-CH=CH#N}", r"\mathrm{CH}_{3}{-}\mathrm{CH}{=}\mathrm{CH}{\equiv}\mathrm{N}"),
    (r"\ce{1/2 O2 (g)}", r"\tfrac{1}{2}\,\mathrm{O}_{2}\,\mathrm{(g)}"),
    (r"\ce{Ba^2+ + Cl- -> X v}", r"\mathrm{Ba}^{2+}{}+{}\mathrm{Cl}^{-}\xrightarrow{{}}\mathrm{X}\downarrow"),
    (r"\ce{Na+(aq)}", r"\mathrm{Na}^{+}\,\mathrm{(aq)}"),
    (r"\ce{A ->[k_1] B}", r"\mathrm{A}\xrightarrow{\mathrm{k}_{1}}\mathrm{B}"),
    (r"\pu{100 ^\circ C}", r"100\,\mathrm{{}^{\circ}C}"),
    (r"\pu{123 kJ/mol}", r"123\,\mathrm{kJ}/\mathrm{mol}"),
    # siunitx.
    (r"\SI{1.5e-3}{\kilo\gram\per\metre\squared}", r"1.5 \times 10^{-3}\,\mathrm{kg}\,\mathrm{m}^{-2}"),
    (r"\qty{3}{\volt}", r"3\,\mathrm{V}"),
    (r"\unit{kg.m.s^{-1}}", r"\mathrm{kg}\,\mathrm{m}\,\mathrm{s}^{-1}"),
    (r"\si{\square\metre\per\second}", r"\mathrm{m}^{2}\,\mathrm{s}^{-1}"),
    (r"\num{12345.6789}", r"12\,345.6789"),
    (r"\num{-1.23(4)e5}", r"-1.23(4) \times 10^{5}"),
    (r"\num{2.0 +- 0.1}", r"2.0 \pm 0.1"),
    (r"\SIrange{1}{2}{\mm}", r"1\,\mathrm{mm}\text{ to }2\,\mathrm{mm}"),
    (r"\SI{20}{\degreeCelsius}", r"20\,{}^{\circ}\mathrm{C}"),
    (r"\ang{12;3;4}", r"12{}^{\circ}3{}^{\prime}4{}^{\prime\prime}"),
    # physics.
    (r"\dv{f}{x}", r"\frac{\mathrm{d}f}{\mathrm{d}x}"),
    (r"\dv[2]{f}{x}", r"\frac{\mathrm{d}^{2}f}{\mathrm{d}x^{2}}"),
    (r"\dv{x} f", r"\frac{\mathrm{d}}{\mathrm{d}x} f"),
    (r"\pdv{f}{x}{y}", r"\frac{\partial^{2}f}{\partial x\partial y}"),
    (r"\pdv[2]{f}{x}", r"\frac{\partial^{2}f}{\partial x^{2}}"),
    (r"\abs{x} + \norm{y}", r"\left\lvert x\right\rvert + \left\lVert y\right\rVert"),
    (r"\qty(\frac{a}{b})", r"\left(\frac{a}{b}\right)"),
    (r"\comm{a}{b}", r"\left[a,b\right]"),
    (r"\braket{a}{b}", r"\left\langle a\middle|b\right\rangle"),
    (r"\mel{a}{B}{c}", r"\left\langle a\middle|B\middle|c\right\rangle"),
    (r"\vb{a} \times \vb*{b}", r"\mathbf{a} \times \boldsymbol{b}"),
    (r"\mqty(a & b \\ c & d)", r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}"),
    (r"a \qq{if} b", r"a \quad\text{if}\quad b"),
]  # fmt: skip


def shape(mathml: str) -> str:
    """A formula's MathML without its source, and without rows that only group."""
    root = ET.fromstring(re.sub(r"<annotation.*?</annotation>", "", mathml))
    return _shape(root)


def _shape(element: ET.Element) -> str:
    tag = element.tag.rpartition("}")[2]
    inner = (element.text or "").strip() + "".join(_shape(child) for child in element)
    if tag in ("semantics", "math") or (tag == "mrow" and not element.attrib):
        return inner
    return f"<{tag}>{inner}" if inner or element.attrib else ""


@pytest.mark.parametrize(("tex", "same"), SAME)
def test_it_is_set_as_what_it_stands_for(tex: str, same: str) -> None:
    made, other = (convert(item, display=True) for item in (tex, same))
    assert made.problem is None
    assert other.problem is None
    assert shape(made.mathml) == shape(other.mathml)


def test_all_of_it_is_set_by_typst() -> None:
    lines = [f"$ {convert(tex, display=True).typst} $" for tex, _same in SAME]
    assert typst.compile("\n".join([typst_helpers(), *lines]).encode(), format="pdf", ignore_system_fonts=True)


@pytest.mark.parametrize(
    ("tex", "reason"),
    [
        (r"\begin{array}{cq} a & b \end{array}", "q is not a column"),
        (r"\begin{array}{*{x}{c}} a \end{array}", "how often"),
        (r"\begin{array}{c} a \\ \cline{1-1} b \end{array}", "cline"),
        (r"\begin{CD} A @>f> B \end{CD}", "lacks one of its three >"),
        (r"\begin{CD} A @Z B \end{CD}", "@Z is not an arrow"),
        (r"\buildrel a", r"lacks its \over"),
        (r"\unicode{zz}", "not a character"),
        (r"\href{javascript:alert(1)}{x}", "javascript"),
        (r"\href{JavaScript:alert(1)}{x}", "JavaScript"),
        (r"\href{data:text/html,x}{x}", "data"),
        (r"\ce{A =>> B}", "not known"),
        (r"\ce{\foo}", "not understood"),
        (r"\SI{1}{\foo}", "not a unit"),
        (r"\num{abc}", "not a number"),
        (r"\phase{x}", "cannot be drawn"),
        (r"\textcolor[cmyk]{0,0,0,1}{x}", "not a colour"),
        (r"\tensor{a}{b}", "unknown command"),
        (r"B \var(x)", "unknown command"),
        (r"\multicolumn{2}{c}{x}", "unknown command"),
        (r"\eqref{eq-a}", "refers to nothing"),
    ],
)
def test_what_cannot_be_set_is_refused(tex: str, reason: str) -> None:
    formula = convert(tex, display=True)
    assert formula.problem is not None
    assert reason in formula.problem
    assert "merror" in formula.mathml


def test_a_formula_that_becomes_too_long_is_refused() -> None:
    long = r"\def\a#1{#1#1#1#1#1#1#1#1#1#1}" + r"\a{" * 3 + "x" * 100 + "}" * 3
    problem = convert(long, display=False).problem
    assert problem is not None
    assert "too long" in problem


def test_a_diagram_has_its_arrows_and_their_labels() -> None:
    formula = convert(r"\begin{CD} A @>f>> B \\ @VgVV @VVhV \\ C @>>k> D @= E \end{CD}", display=True)
    assert formula.problem is None
    rows = list(ET.fromstring(formula.mathml).iter("{http://www.w3.org/1998/Math/MathML}mtr"))
    texts = [["".join(cell.itertext()) for cell in row] for row in rows]
    assert texts == [["A", "→f", "B"], ["g↓", "", "↓h"], ["C", "→k", "D", "===", "E"]]


def test_an_ampersand_in_a_diagram_leaves_an_object_without_an_arrow() -> None:
    formula = convert(r"\begin{CD} 0 @>>> A @>>> B \\ & @VVV & @| \\ 0 @>>> C @>>> D \end{CD}", display=True)
    assert formula.problem is None
    rows = list(ET.fromstring(formula.mathml).iter("{http://www.w3.org/1998/Math/MathML}mtr"))
    texts = ["".join(cell.itertext()) for cell in rows[1]]
    assert texts[2:] == ["↓", "", "‖"]
    assert texts[:2] == ["", ""]


def test_a_link_leads_where_it_says() -> None:
    formula = convert(r"\href{https://example.org/a_b?c=%20#d}{x^2}", display=False)
    assert (
        '<a xmlns="http://www.w3.org/1999/xhtml" class="reference external" href="https://example.org/a_b?c=%20#d">'
        in formula.mathml
    )
    assert 'mmllink("https://example.org/a_b?c=%20#d", attach(x, t: 2))' in formula.typst


def test_the_last_rule_of_an_array_is_as_wide_as_the_others() -> None:
    formula = convert(r"\begin{array}{|c|c|} \hline 1 & 2 \\ \hline 3 & 4 \\ \hline \end{array}", display=True)
    rows = list(ET.fromstring(formula.mathml).iter("{http://www.w3.org/1998/Math/MathML}mtr"))
    assert len(rows) == 2
    assert all("border-bottom" in (cell.get("style") or "") for cell in rows[1])


def test_latex_is_given_what_it_knows() -> None:
    assert latex_source.inline(r"\ce{H2O} \dv{f}{x}") == (
        r"{\mathrm{H}_{2}\mathrm{O}} \frac{\mathrm{d}{f}}{\mathrm{d}{x}}"
    )
    assert latex_source.inline(r"\newcommand{\E}{\mathbb{E}} \E[X]").strip() == r"\mathbb{E}[X]"
    assert latex_source.inline(r"\norm{x}", {"norm": (r"\lVert #1 \rVert", 1)}) == r"\lVert x \rVert"


@pytest.mark.parametrize(
    ("tex", "same"),
    [
        (r"\newcommand{\E}{\mathbb{E}} \E[X]", r"\mathbb{E}[X]"),
        (r"\newcommand\E{\mathbb{E}} \E[X]", r"\mathbb{E}[X]"),
        (r"\newcommand{\p}[2]{#1^{#2}} \p{a}{b}", "a^{b}"),
        (r"\newcommand{\p}[2][x]{#1^{#2}} \p{b} + \p[y]{b}", "x^{b} + y^{b}"),
        (r"\renewcommand{\vec}[1]{\mathbf{#1}} \vec{x}", r"\mathbf{x}"),
        (r"\providecommand*{\q}{a} \providecommand{\q}{b} \q", "a"),
        (r"\def\q{a}\q", "a"),
        (r"\def\p#1#2{#2#1} \p ab", "ba"),
        (r"\global\long\gdef\q{a}\q", "a"),
        (r"\let\q=\alpha \q", r"\alpha"),
        (r"\DeclareMathOperator{\rk}{rk} \rk A", r"\operatorname{rk} A"),
        (r"\DeclareMathOperator*{\argmin}{arg\,min} \argmin_x", r"\operatorname*{arg\,min}_x"),
        (r"\DeclarePairedDelimiter{\of}{\langle}{\rangle} \of{a}", r"\langle a \rangle"),
        (r"\DeclarePairedDelimiter{\of}{\langle}{\rangle} \of*{a}", r"\left\langle a \right\rangle"),
        (r"\def\arraystretch{2}\begin{array}{c} a \end{array}", r"\begin{array}{c} a \end{array}"),
    ],
)  # fmt: skip
def test_macros_are_defined_in_formulas(tex: str, same: str) -> None:
    made, other = (convert(item, display=True) for item in (tex, same))
    assert made.problem is None
    assert shape(made.mathml) == shape(other.mathml)


def test_macros_of_a_formula_hold_in_those_after_it() -> None:
    macros: dict[str, Value] = {"a": "x"}
    for tex in (r"\newcommand{\b}[1][y]{#1}", r"\renewcommand{\a}{z}", r"\newcommand{\broken"):
        macros = defined_in(tex, macros)
    assert convert(r"\a\b\b[w]", display=False, macros=macros).typst == "z y w"
    assert not is_definition(r"\newcommand{\a}{x} \a")
    assert is_definition(r"\newcommand{\a}{x} \def\b{y}")
    assert not is_definition("")


def test_macros_that_grow_without_end_are_refused() -> None:
    doubling = r"\def\a#1{#1#1}" + r"\a{" * 40 + "x" + "}" * 40
    problem = convert(doubling, display=False).problem
    assert problem is not None
    assert "never ends" in problem


@pytest.mark.parametrize(
    ("config", "macros"),
    [
        ({"tex": {"macros": {"RR": r"\mathbb{R}"}}}, {"RR": r"\mathbb{R}"}),
        ({"TeX": {"Macros": {"v": [r"\mathbf{#1}", 1]}}}, {"v": [r"\mathbf{#1}", 1]}),
        ({"tex": {"macros": {"o": ["{#1}{#2}", 2, "x"]}}}, {"o": ["{#1}{#2}", 2, "x"]}),
        ({"tex": {"macros": {"RR": r"\\mathbb{R}"}}}, {"RR": r"\mathbb{R}"}),
        ({"tex": {"macros": {"v": [r"\\mathbf{#1}", 1]}}}, {"v": [r"\mathbf{#1}", 1]}),
        ({"tex": {"macros": {"nl": r"a \\ b"}}}, {"nl": r"a \\ b"}),
        ({"tex": {"macros": {"m": r"\begin{matrix}a\\b\end{matrix}"}}}, {"m": r"\begin{matrix}a\\b\end{matrix}"}),
        ({"tex": {"macros": {"bad": 3}}, "loader": {"load": []}}, {}),
        ({}, {}),
        (None, {}),
    ],
)  # fmt: skip
def test_macros_of_a_configuration_of_mathjax(config: object, macros: dict[str, Value]) -> None:
    assert from_mathjax(config) == macros
