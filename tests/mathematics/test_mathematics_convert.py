"""TeX to MathML and Typst: what is understood, what is refused, and that no text breaks either."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.mathematics import Formula, convert, convert_many, typst_helpers

NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"

FRAGMENTS = [
    "x", "y_1", "^2", "_{ij}", "{", "}", "\\", "\\\\", "&", "#", "$", "@", "%\n", "\\%", "\\#", "\"", "'", "`", "~",
    ";", ",", "(", ")", "[", "]", "|", "/", "<", ">", "=", "-", "+", "</math>", "]]>", "<!--", "\\frac", "{a}", "{b}",
    "\\sqrt", "\\text{", "\\text{a $x$ b}", "\\text{#let x = 1}", "\\begin{aligned}", "\\end{aligned}",
    "\\begin{cases}", "\\end{cases}", "\\begin{matrix}1&2\\\\3&4\\end{matrix}", "\\left(", "\\right)", "\\left.",
    "\\middle|", "\\bigl[", "\\hat", "\\underbrace{a}_b", "\\xrightarrow{f}", "\\overset{a}{=}", "\\not=",
    "\\sum_{i=1}^n", "\\int\\limits_0", "\\max_x", "\\operatorname*{arg}", "\\mathbf{w}", "\\mathrm{if}",
    "\\mathcal{B}", "\\color{red}", "\\textcolor{#ff0000}{z}", "\\boxed{q}", "\\cancel{q}", "\\phantom{q}",
    "\\mathrlap{q}", "\\rule{1em}{2pt}", "\\substack{i\\\\j}", "\\label{a}", "\\tag*{1}", "\\quad", "\\!", "\\,",
    "\\ldots", "\\cdots", "'", "1,000", "0.5", "\u65e5\u672c", "\u03b1", "\u2264", "\U0001d431", "\u0000", "\u0085",
    "\ud800", "\ue001", "\u0338", "\u202e", "\ufeff", "\n\n", " ", "\\foo", "\\R", "\\pair{a}{b}", "\\endless",
    "\\mathop{A}", "\\limits", "\\mathrel{R}", "\\smash{x}", "\\verb", "\\def\\x{\\x}\\x", "\\u{41}",
]  # fmt: skip
MACROS: dict[str, str | tuple[str, int]] = {
    "R": r"\mathbb{R}",
    "pair": (r"\langle #1, #2 \rangle", 2),
    "endless": r"\endless x",
}
HOSTILE = st.one_of(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join), st.text(max_size=40))


def inline(tex: str, **macros: str | tuple[str, int]) -> Formula:
    formula = convert(tex, display=False, macros=macros)
    assert formula.problem is None, formula.problem
    return formula


def displayed(tex: str) -> Formula:
    formula = convert(tex, display=True)
    assert formula.problem is None, formula.problem
    return formula


def compiled(formulas: list[Formula]) -> int:
    """How many pages one compilation of all of them has."""
    lines = [f"$ {item.typst} $" if item.display else f"a ${item.typst}$ b\n" for item in formulas]
    return len(typst.compile(("\n".join([typst_helpers(), *lines])).encode(), format="pdf", ignore_system_fonts=True))


def test_a_backslash_at_the_end_of_a_line_is_a_space() -> None:
    assert convert("a\\\nb", display=False).typst == convert("a\\ b", display=False).typst


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(HOSTILE, st.booleans()), min_size=8, max_size=8))
def test_any_text_gives_well_formed_mathml_and_typst_that_compiles(requests: list[tuple[str, bool]]) -> None:
    formulas = convert_many(requests, macros=MACROS)
    for formula in formulas:
        math = ET.fromstring(formula.mathml)
        assert math.tag == NAMESPACE + "math"
        assert (math.get("display") == "block") == formula.display
        assert "\n" not in formula.problem if formula.problem else True
    assert compiled(formulas)


@pytest.mark.parametrize(
    "tex",
    [
        "\\sqrt " * 5000 + "x",
        "{" * 5000 + "}" * 5000,
        "\\left(" * 3000 + "\\right)" * 3000,
        "x^{" * 70 + "}" * 70,
        "\\frac1" * 400 + "2",
    ],
)
def test_deep_nesting_is_refused_and_shown(tex: str) -> None:
    formula = convert(tex, display=True)
    assert formula.problem
    assert "merror" in formula.mathml
    assert compiled([formula])


def test_source_is_kept_as_annotation() -> None:
    tex = 'a < b & "c" </math> ]]>'
    annotation = ET.fromstring(convert(tex, display=False).mathml).find(f".//{NAMESPACE}annotation")
    assert annotation is not None
    assert annotation.get("encoding") == "application/x-tex"
    assert annotation.text == tex


def test_problem_names_the_command_without_colours_and_shows_the_tex() -> None:
    formula = convert(r"a + \nosuchcommand{x}", display=False)
    assert formula.problem is not None
    assert r"\nosuchcommand" in formula.problem
    assert "\x1b" not in formula.problem
    assert r"a + \nosuchcommand{x}" in formula.mathml
    assert formula.typst == r'mono("a + \\nosuchcommand{x}")'


@pytest.mark.parametrize("tex", ["{a", "a}", r"\frac{a}", r"\text{a $x}", r"\begin{matrix} a"])
def test_malformed_tex_is_a_problem(tex: str) -> None:
    assert convert(tex, display=True).problem


@pytest.mark.parametrize(
    ("tex", "same"),
    [
        (
            r"\begin{align} a &= b \label{x} \\ c &= d \tag{2} \nonumber \end{align}",
            r"\begin{aligned} a &= b \\ c &= d \end{aligned}",
        ),
        (r"\begin{align*} a &= b \end{align*}", r"\begin{aligned} a &= b \end{aligned}"),
        (r"\begin{split} a &= b \end{split}", r"\begin{aligned} a &= b \end{aligned}"),
        (r"\begin{alignat}{2} a &= b \end{alignat}", r"\begin{aligned} a &= b \end{aligned}"),
        (r"\begin{aligned}[t] a &= b \end{aligned}", r"\begin{aligned} a &= b \end{aligned}"),
        (r"\begin{gather} a \\ b \end{gather}", r"\begin{gathered} a \\ b \end{gathered}"),
        (r"\begin{equation} a \label{eq:a} \end{equation}", "a"),
        (r"a \\[2pt] b", r"\begin{gathered} a \\ b \end{gathered}"),
        (r"a &= b \\ c &= d", r"\begin{aligned} a &= b \\ c &= d \end{aligned}"),
        ("a\n\nb", r"\begin{gathered} a \\ b \end{gathered}"),
        (r"a % \frac{" + "\n + b", "a + b"),
        (r"\label{a{b}c} x", "x"),
        (r"\mbox{if $x$}", r"\text{if $x$}"),
    ],
)
def test_environments_labels_and_comments_are_reduced(tex: str, same: str) -> None:
    assert displayed(tex).typst == displayed(same).typst


def test_label_inside_a_text_is_not_touched_by_a_search() -> None:
    assert r"\label" not in displayed(r"a \label{x} b").typst
    assert inline(r"\text{\{label\}}").typst == '"{label}"'


def test_macros_are_expanded_with_their_arguments() -> None:
    assert inline(r"\pair{a}{\R}", **MACROS).typst == inline(r"\langle a, \mathbb{R} \rangle").typst
    assert convert(r"\v{a}", display=False, macros={"v": [r"\mathbf{#1}", 1]}).typst == inline(r"\mathbf{a}").typst
    endless = convert(r"\endless", display=False, macros=MACROS)
    assert endless.problem is not None
    assert "never ends" in endless.problem


@pytest.mark.parametrize(
    ("tex", "code"),
    [
        ("x_i^2", "attach(x, b: i, t: 2)"),
        (r"\frac{a}{b}", "frac(a, b)"),
        (r"\text{#let $x$}", '"#let "x'),
        (r"|x|", r'class("normal", \|)x class("normal", \|)'),
        (r"\lVert x \rVert", r'class("opening", \‖)x class("closing", \‖)'),
        (r"1{,}000", r'1 class("normal", \,)000'),
        (r"\mathcal{B}", "cal(B)"),
        (r"\operatorname*{argmin}_w L", 'attach(op("argmin", limits: #false), b: w)L'),
        (r"\left( a \middle| b \right]", r'lr(\(a class("normal", mid(\|))b\])'),
        (r"a \; b", "a thick b"),
        (r"a = \, b", 'a=""thin b'),
        (r"\hat{x}", "accent(x, hat)"),
        (r"\color{red}{x}", 'mmlcolor("#FF0000", x)'),
        (r"a \dots b", 'a thin class("normal", …)thin b'),
        (r"x_{1 \dots n}", 'attach(x, b: 1 class("normal", …)n)'),
        (r"\mathbf{A12}", '𝐀"𝟏𝟐"'),
        (r"\boldsymbol{12\mathcal{L}}", '"𝟏𝟐"𝓛'),
        (r"\mathrm{SO}_4 + 1", 'attach(class("normal", "SO"), b: 4) +1'),
        (r"\smash{x}", "mmlsmash(display(x))"),
        (r"\hphantom{x}", "mmlflat(mmlhide(x))"),
        (r"\varGamma \Gamma Γ", "𝛤 upright(Γ)upright(Γ)"),
        (r"\text{a--b \% c}", '"a–b % c"'),
        (r"\textit{words}", 'mmlitalic("words")'),
    ],
)
def test_typst_of(tex: str, code: str) -> None:
    assert inline(tex).typst == code


def test_text_is_never_code() -> None:
    formula = inline(r'\text{"); panic("x") #panic("y") \$}')
    assert compiled([formula])
    assert formula.typst.startswith('"\\");')


def test_displayed_function_has_limits_and_inline_has_scripts() -> None:
    assert "limits: #true" in displayed(r"\max_x f").typst
    assert "limits: #false" in inline(r"\max_x f").typst


def test_what_mathml_core_lacks_is_a_class() -> None:
    mathml = inline(r"\cancel{x} \boxed{y}").mathml
    assert "menclose" not in mathml
    assert "math-strike-up" in mathml
    assert "math-box" in mathml


def test_dots_over_a_letter_are_moved_to_their_place_on_the_website() -> None:
    formula = inline(r"\dddot{x} \ddot{y}")
    assert '<mrow><mspace width="0.46em"></mspace><mo>\u20db</mo></mrow></mover>' in formula.mathml
    assert formula.mathml.count("<mspace") == 1
    assert formula.typst == "accent(x, dot.triple)accent(y, dot.double)"
