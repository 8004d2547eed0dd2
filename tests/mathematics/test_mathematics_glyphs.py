"""Every formula of the corpus shows the same glyphs on the website, in Typst's PDF and in LaTeX's.

Exceptions are listed with their reasons, and each must still be one.
"""

from __future__ import annotations

import re

import pytest

from sphinxcontrib_d2lbook.mathematics import convert
from tests.mathematics.formula_corpus import (
    STROKES,
    all_formulas,
    formulas_by_group,
    latex_pdf,
    mathml_glyphs,
    page_glyphs,
    thin,
    typst_pdf,
    unlike,
)

FORMULAS = all_formulas()
STYLED = re.compile(r"\\(boldsymbol|bm|pmb|text(bf|it|tt|sl|sc)|emph)\b")
"""Formulas with styles that one output takes from letters of their own, and another one from another font."""
OVERLAID = re.compile(r"\\!\\!")
READING = {r"X \perp\!\!\!\perp Y \mid Z": "readers of PDFs take one of two equal glyphs that lie on each other"}
"""Formulas whose text layer cannot be read as it looks."""
TYPED = {'"x" + `y\'': "quotation marks are no mathematics; each engine has its own glyphs for them"}
COMPOSED = {
    r"A \xLeftarrow{a} B \xRightarrow[b]{} C \xleftrightarrow{c} D \xhookrightarrow{i} E \xmapsto{f} F",
    r"A \xrightleftharpoons[k_{-1}]{k_1} B",
    r"\ce{SO4^2-} + \ce{^{227}_{90}Th+} + \ce{A <=>[x][$y$] B}",
}
"""Formulas with arrows that LaTeX puts together from a head, a line and a tail."""


def folded(tex: str, text: str) -> str:
    text = text.replace("𝑖", "𝚤").replace("𝑗", "𝚥") if r"\imath" in tex or r"\jmath" in tex else text
    return thin(text) if STYLED.search(tex) else text


@pytest.fixture(scope="module")
def typst_texts() -> dict[str, str]:
    return dict(zip(FORMULAS, page_glyphs(typst_pdf(FORMULAS)), strict=True))


@pytest.fixture(scope="module")
def latex(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], str]:
    pdf, log = latex_pdf(FORMULAS, tmp_path_factory.mktemp("corpus"))
    return dict(zip(FORMULAS, page_glyphs(pdf), strict=True)), log


def test_the_corpus_is_large_and_of_every_kind() -> None:
    groups = formulas_by_group()
    assert len(set(FORMULAS)) == len(FORMULAS) >= 400
    assert len(groups) >= 25
    assert min(map(len, groups.values())) >= 5


def test_every_formula_is_understood() -> None:
    problems = {tex: convert(tex, display=display).problem for tex in FORMULAS for display in (True, False)}
    assert {tex: problem for tex, problem in problems.items() if problem} == {}


def test_the_website_and_typst_show_the_same(typst_texts: dict[str, str]) -> None:
    found = {
        tex: difference
        for tex in FORMULAS
        if (difference := unlike(folded(tex, mathml_glyphs(tex)), folded(tex, typst_texts[tex])))
    }
    assert found.keys() == READING.keys(), found


@pytest.mark.latex
def test_latex_sets_each_formula_without_a_fault(latex: tuple[dict[str, str], str]) -> None:
    lines = latex[1].splitlines()
    faults = [line for line in lines if line.startswith(("./corpus.tex:", "! ", "Missing character"))]
    assert faults == []


@pytest.mark.latex
def test_latex_and_typst_show_the_same(latex: tuple[dict[str, str], str], typst_texts: dict[str, str]) -> None:
    found = {}
    for tex in FORMULAS:
        theirs = folded(tex, latex[0][tex])
        theirs = theirs.translate(dict.fromkeys(map(ord, STROKES))) if r"\cancel" in tex or "cancel{" in tex else theirs
        if difference := unlike(folded(tex, typst_texts[tex]), theirs, assembled=True):
            found[tex] = difference
    assert found.keys() == READING.keys() | TYPED.keys() | COMPOSED, found
