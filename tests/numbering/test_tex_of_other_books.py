r"""`\tag`, `\ref`, `\eqref`, `\intertext`, macros and `math_number_all`, in one book with all its outputs."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from sphinxcontrib_d2lbook.mathematics.intertext import parts
from sphinxcontrib_d2lbook.mathematics.references import lone_reference, references, with_references
from sphinxcontrib_d2lbook.mathematics.tags import Number, Tag, as_printed, as_tag, escaped, plain, tags, without_tags

ONE = r"""# One

$\newcommand{\E}{\mathbb{E}}$

$$ E = mc^2 \tag{Einstein} $$ (eq-a)

$$ F = ma \tag{*} $$

\begin{equation}
p = mv \tag{P}\label{eq-c}
\end{equation}

$$ q = 1 $$ (eq-d)

\begin{align*}
a &= \E[X] \tag*{[A]} \label{eq-s} \\
b &= \RR^n \\
c &= \vc{x} \tag{$B_1$}
\end{align*}

\begin{align}
e &= f \label{eq-e} \\
\intertext{and therefore, because the moon is $r$ound,}
g &= h \label{eq-g}
\end{align}

$$ r = 2 \tag{\ref{eq-d}$'$} $$ (eq-r)

See {eq}`eq-a`, {eq}`eq-c`, {eq}`eq-d`, {eq}`eq-s`, {eq}`eq-r`; \eqref{eq-d} and `\eqref{eq-d}`, $\eqref{eq-g}$ and
$\ref{eq-g}$, \ref{sec-two}; no \eqref{eq-x}.

$$ x \overset{\eqref{eq-d}}{=} y \quad \text{by \ref{eq-e} and \eqref{eq-zz}} $$
"""
TWO = r"""(sec-two)=
# Two

$\E$ is not known here, \eqref{eq-d} is.
"""
SETTINGS = r"""
mathjax3_config = {"tex": {"macros": {"RR": r"\\mathbb{R}", "vc": [r"\\mathbf{#1}", 1]}}}
mathjax4_config = {"tex": {"macros": {"vc": [r"\mathsf{#1}", 1]}}}
d2lbook_math_macros = {"vc": [r"\mathbf{#1}", 1]}
"""
WORDS = "and therefore, because the moon is"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    from tests.conftest import Project

    project = Project(tmp_path_factory.mktemp("tex"))
    project.conf += SETTINGS + "d2lbook_outputs = ['html', 'pdf', 'notebooks']\n"
    project.write({"index.md": "# Book\n\n```{toctree}\n:numbered:\n\none\ntwo\n```\n", "one.md": ONE, "two.md": TWO})
    result = project.run("book")
    assert result.returncode == 0, result.stderr
    return project.build_folder / "book", result.stderr


def shown(book: tuple[Path, str], docname: str = "one") -> str:
    page = (book[0] / "html" / f"{docname}.html").read_text(encoding="utf-8")
    page = re.sub(r"<annotation.*?</annotation>", "", page[page.index("<article") : page.index("</article>")])
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def test_a_tag_is_the_number_and_uses_up_none(book: tuple[Path, str]) -> None:
    rows = json.loads((book[0] / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    numbers = {row["label"]: row["number"] for row in rows if row["kind"] == "equation" and row["label"]}
    assert numbers == {
        "eq-a": "Einstein",
        "eq-c": "P",
        "eq-d": "1.1",
        "eq-s": "[A]",
        "eq-e": "1.2",
        "eq-g": "1.3",
        "eq-r": "1.1′",
    }
    assert sorted(row["number"] for row in rows if row["kind"] == "equation" and not row["label"]) == ["*", "B₁"]


def test_the_site_shows_tags_and_references_by_them(book: tuple[Path, str]) -> None:
    text = shown(book)
    for number in ("(Einstein)", "(*)", "(P)", "(1.1)", "[A]", "(B₁)", "(1.2)", "(1.3)", "(1.1′)"):
        assert number in text
    assert "([A])" in text.partition("See ")[2]  # as `\eqref` prints it
    assert "(Einstein), (P), (1.1), ([A]), (1.1′); (1.1) and \\eqref{eq-d}, (1.3) and 1.3, 2; no \\eqref{eq-x}." in text
    assert "(1.1) is." in shown(book, "two")


def test_the_notebook_shows_them_too(book: tuple[Path, str]) -> None:
    notebook = json.loads((book[0] / "notebooks" / "one.ipynb").read_text(encoding="utf-8"))
    text = "\n".join("".join(cell["source"]) for cell in notebook["cells"])
    for tag in (
        r"\tag{Einstein}",
        r"\tag{*}",
        r"\tag{P}",
        r"\tag{1.1}",
        r"\text{{[}A{]}}",
        r"\text{(B₁)}",
        r"\tag{1.1′}",
    ):
        assert tag.replace("{[}", "[").replace("{]}", "]") in text
    assert text.count(r"\tag") == 7
    assert r"\newcommand{\E}{\mathbb{E}}" in text
    assert r"\newcommand{\RR}{\mathbb{R}}" in text


def test_words_between_lines_are_a_paragraph(book: tuple[Path, str]) -> None:
    page = (book[0] / "html" / "one.html").read_text(encoding="utf-8")
    assert f"<p>{WORDS} <span" in page
    text = shown(book)
    assert text.index("(1.2)") < text.index(WORDS) < text.index("(1.3)")


def test_macros_hold_from_where_they_stand_to_the_end_of_the_page(book: tuple[Path, str]) -> None:
    text = shown(book)
    for letter in "𝔼ℝ𝐱":
        assert letter in text
    assert "newcommand" not in text
    assert "\\E is not known here" in shown(book, "two")


def test_each_label_that_is_not_there_is_warned_of_once_at_its_line(book: tuple[Path, str]) -> None:
    warnings = [line.partition("book/")[2] for line in book[1].splitlines() if "WARNING" in line]
    lines = ONE.splitlines()
    at = {name: next(n for n, line in enumerate(lines, 1) if name in line) for name in ("See {eq}", r"\eqref{eq-zz}")}
    assert len(warnings) == 3
    assert any(line.startswith(f"one.md:{at['See {eq}']}: ") and "'eq-x'; did you mean" in line for line in warnings)
    assert any(line.startswith(f"one.md:{at[chr(92) + 'eqref{eq-zz}']}: ") and "'eq-zz'" in line for line in warnings)
    assert any(line.startswith("two.md:4: ") and "unknown command" in line for line in warnings)


def test_the_pdf_has_them(book: tuple[Path, str]) -> None:
    with pypdfium2.PdfDocument(next((book[0] / "pdf").glob("*.pdf"))) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    for number in ("(Einstein)", "(*)", "(P)", "(1.1)", "[A]", "(1.2)", WORDS.split()[1]):
        assert number in text


def test_all_displayed_formulas_are_numbered_where_sphinx_is_asked_to(project: Any) -> None:
    project.conf += "math_number_all = True\n"
    project.write(
        {
            "index.md": "# Book\n\n```{toctree}\n:numbered:\n\none\nrst\n```\n",
            "one.md": "# One\n\n$$ a $$\n\n$$ b \\tag{B} $$\n\n$$ c $$ (c)\n\n\\begin{align*}\nd\n\\end{align*}\n",
            "rst.rst": "Two\n===\n\n.. math:: e\n\n.. math::\n   :label: f\n\n   f\n",
        }
    )
    project.build()
    assert project.warnings == ""
    numbers = []
    for docname in ("one", "rst"):
        page = (project.build_folder / "html" / f"{docname}.html").read_text(encoding="utf-8")
        numbers += re.findall(r'eqno">(\([^<]*\))', page)
    assert numbers == ["(1.1)", "(B)", "(1.2)", "(2.1)", "(2.2)"]


def test_another_renderer_is_given_numbers_and_no_tags(project: Any) -> None:
    project.conf += "html_math_renderer = 'mathjax'\n"
    project.write(
        {"index.md": "# B\n\n$$ a \\tag{X} $$ (a)\n\n$$ b $$ (b)\n\n$\\newcommand{\\q}{x}$ $c \\text{\\eqref{a}}$\n"}
    )
    project.build()
    assert project.warnings == ""
    page = (project.build_folder / "html" / "index.html").read_text(encoding="utf-8")
    assert "\\tag" not in page
    assert 'eqno">(X)' in page
    assert "\\text{(X)}" in page
    assert "\\newcommand" in page


def test_two_tags_of_one_equation_are_warned_of(project: Any) -> None:
    project.write({"index.md": "# B\n\n$$ a \\tag{X} \\tag{Y} $$\n"})
    project.build()
    assert "index.md:3: WARNING: an equation can have one \\tag" in project.warnings


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"a \tag{X}", [Tag("X", False)]),
        (r"a \tag*{X}", [Tag("X", True)]),
        (r"\tag{$\star$} a", [Tag("⋆", False)]),
        (r"\tag{$P_1$}", [Tag("P₁", False)]),
        (r"\tag{$x^{q}$}", [Tag("x^q", False)]),
        (r"\tag{\textbf{A}~1}", [Tag("A 1", False)]),
        (r"\tag{\ref{a}b}", [Tag(r"\ref{a}b", False)]),
        (r"\tag", []),
        (r"{\tag{X}", []),
    ],
)
def test_tags_are_read_from_the_tex(tex: str, expected: list[Tag]) -> None:
    assert tags(tex) == expected


def test_numbers_are_written_as_they_are_printed() -> None:
    assert (as_printed(Number("1")), as_printed(Number("1", True)), as_printed("")) == ("(1)", "1", "")
    assert (as_tag(Number("1_2")), as_tag(Number("A", True)), as_tag("")) == (r"\tag{1\_2}", r"\tag*{A}", "")
    assert escaped(r"a\b^~") == r"a\textbackslash{}b\textasciicircum{}\textasciitilde{}"
    assert without_tags(r"a \tag*{x} {b}") == "a  {b}"
    assert plain("") == ""


def test_references_in_formulas_are_replaced_where_they_stand() -> None:
    tex = r"a \overset{\eqref{x}}{=} b \text{by \ref{y_1}} \href{z}{\ref}"
    assert references(tex) == [("eqref", "x"), ("ref", "y_1")]
    assert lone_reference(r" \eqref{x} ") == ("eqref", "x")
    assert lone_reference(tex) is None
    replaced: Callable[[Any], str] = lambda reference: f"<{reference.label}>"  # noqa: E731
    assert with_references(tex, replaced) == r"a \overset{\text{<x>}}{=} b \text{by <y\_1>} \href{z}{\ref}"
    assert with_references("{", replaced) == "{"


def test_an_equation_is_split_at_words() -> None:
    tex = r"\begin{align} a &= b \\ \shortintertext{if $x$ is} c &= d \label{c} \end{align}"
    assert [(part.tex.replace("\n", ""), part.words) for part in parts(tex)] == [
        (r"\begin{align*}a &= b\end{align*}", ()),
        ("", (("if ", False), ("x", True), (" is", False))),
        (r"\begin{align}c &= d \label{c}\end{align}", ()),
    ]
    assert parts(r"\begin{align} a \end{align}") == []
    assert parts(r"\intertext{a}") == []
