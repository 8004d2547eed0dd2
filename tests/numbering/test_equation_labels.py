"""Bare amsmath environments have lasting labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.numbering.equations import labels
from sphinxcontrib_d2lbook.numbering.manifest import manifest

PAGE = r"""# Page

\begin{align}
a &= b \\
c &= d \label{eq_named}
\end{align}

\begin{equation}
e = f
\end{equation}

\begin{equation*}
g = h
\end{equation*}

See {eq}`eq_named`.
"""


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (r"a \label{one} b \label{ two }", ["one", "two"]),
        (r"\frac{a \label{inner}}{b}", ["inner"]),
        (r"% \label{comment}" + "\nx", []),
        (r"\label", []),
        (r"\label{unclosed", []),
        ("}", []),
        ("", []),
        (r"{}_a x^{} \label{after}", ["after"]),
    ],
)
def test_labels_are_read_from_the_tex(tex: str, expected: list[str]) -> None:
    assert list(labels(tex)) == expected


def pages(project: Any) -> dict[Path, bytes]:
    return {path.relative_to(project.build_folder): path.read_bytes() for path in project.build_folder.rglob("*.html")}


def test_they_can_be_referred_to_and_are_the_same_each_time(project: Any) -> None:
    project.write({"index.md": "# Book\n\n```{toctree}\n:numbered:\n\npage\n```\n", "page.md": PAGE})
    project.build(freshenv=True)
    assert project.warnings == ""
    first = pages(project)
    text = (project.build_folder / "html" / "page.html").read_text(encoding="utf-8")
    assert 'href="#equation-eq-named"' in text
    assert "(1.1)" in text
    assert "(1.2)" in text
    assert "(1.3)" not in text
    project.build(freshenv=True)
    assert pages(project) == first


def test_lines_have_their_numbers_with_another_renderer_and_separator_too(project: Any) -> None:
    project.conf += "html_math_renderer = 'mathjax'\nmath_numsep = '-'\n"
    matrix = r"\begin{pmatrix} d \\ \text{(9)} \end{pmatrix}"
    several = rf"\begin{{align}}a &= b \label{{one}} \\ c &= {matrix} \\ e &= f \label{{two}}\end{{align}}"
    project.write(
        {
            "index.md": "# Book\n\n```{toctree}\n:numbered:\n\npage\n```\n",
            "page.md": f"# Page\n\n{several}\n\n$$ g $$ (g)\n",
        }
    )
    project.build()
    assert project.warnings == ""
    text = (project.build_folder / "html" / "page.html").read_text(encoding="utf-8")
    assert r"b&amp;&amp; \text{(1-1)} \\" in text
    assert r"f&amp;&amp; \text{(1-2)}\end{aligned}" in text
    assert text.count('class="eqno"') == 1
    assert 'class="eqno">(1-3)' in text


def test_the_table_names_no_label_that_no_author_gave(project: Any) -> None:
    project.write(
        {
            "index.md": "# Book\n\n```{toctree}\n:numbered:\n\nPage\n```\n",
            "Page.md": "# Page\n\n\\begin{align}\na &= b\n\\end{align}\n\n$$ c $$ (given)\n\n"
            "```{exercise}\nDo it.\n```\n\n```{exercise}\n:label: task\nDo it.\n```\n\n```{prf:lemma}\nTrue.\n```\n",
        }
    )
    with project.app("dummy") as app:
        app.build()
        rows = [(row["kind"], row["number"], row["label"]) for row in manifest(app.env)]
    assert rows == [
        ("equation", "1.1", None),
        ("equation", "1.2", "given"),
        ("exercise", "1.1", None),
        ("exercise", "1.2", "task"),
        ("lemma", "1.1", None),
        ("section", "1", None),
    ]
