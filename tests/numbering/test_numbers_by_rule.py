"""Which numbers things get: depth, appendices, counters of theorems, sections or chapters, lines of equations."""

from __future__ import annotations

from typing import Any

import pytest

from sphinxcontrib_d2lbook.mathematics.numbered_lines import labelled_lines, with_numbers
from sphinxcontrib_d2lbook.numbering.subfigures import layout_areas
from sphinxcontrib_d2lbook.numbering.table import figure_number, section_number

BOOK = {
    "index.md": "# Root\n\n```{toctree}\n:matter: main\n\none\ntwo\n```\n\n"
    "```{toctree}\n:matter: appendix\n\nlast\n```\n",
    "one.md": "# One\n\n## A\n\n### B\n\n```{figure} a.svg\n:name: fig_b\n\nB.\n```\n\n## C\n\n"
    "```{figure} a.svg\n:name: fig_c\n\nC.\n```\n",
    "two.md": "# Two\n\n```{prf:theorem}\n:label: thm\n\nT\n```\n\n```{prf:lemma}\n:label: lem\n\nT\n```\n\n"
    "```{prf:theorem}\n:label: end\n\nT\n```\n",
    "last.md": "# Last\n\n```{figure} a.svg\n:name: fig_last\n\nL.\n```\n",
    "a.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
}


@pytest.fixture
def book(project: Any) -> Any:
    project.write(BOOK)
    return project


def env_of(book: Any, conf: str = "") -> Any:
    """The environment after reading; no page is written."""
    book.conf = "extensions = ['sphinxcontrib_d2lbook']\n" + conf
    env = book.build("dummy").env
    assert book.warnings == ""
    return env


def test_sections_have_numbers_down_to_a_depth(book: Any) -> None:
    env = env_of(book)
    assert [section_number(env, "one", anchor) for anchor in ("", "#a", "#b")] == ["1", "1.1", "1.1.1"]
    env = env_of(book, "d2lbook_number_depth = 2\n")
    assert [section_number(env, "one", anchor) for anchor in ("", "#a", "#b")] == ["1", "1.1", ""]
    assert section_number(env, "last") == "A"
    env = env_of(book, "d2lbook_number_depth = 1\n")
    assert [section_number(env, "one", anchor) for anchor in ("", "#a", "#b")] == ["1", "", ""]


def test_figures_count_by_chapter_or_by_section_or_through_the_book(book: Any) -> None:
    def numbers(conf: str) -> list[str]:
        env = env_of(book, conf)
        return [
            figure_number(env, page, "figure", anchor)
            for page, anchor in (("one", "fig-b"), ("one", "fig-c"), ("last", "fig-last"))
        ]

    assert numbers("") == ["1.1", "1.2", "A.1"]
    assert numbers("numfig_secnum_depth = 2\n") == ["1.1.1", "1.2.1", "A.1"]
    assert numbers("numfig_secnum_depth = 0\n") == ["1", "2", "3"]
    assert numbers("d2lbook_number_depth = 1\nnumfig_secnum_depth = 2\n") == ["1.1", "1.2", "A.1"]


def test_appendices_may_go_on_with_the_numbers_of_chapters(book: Any) -> None:
    env = env_of(book, "d2lbook_appendices = 'numbers'\n")
    assert section_number(env, "last") == "3"
    assert figure_number(env, "last", "figure", "fig-last") == "3.1"


def test_theorems_count_by_kind_or_together(book: Any) -> None:
    def numbers(conf: str) -> list[str]:
        env = env_of(book, conf)
        found = env.toc_fignumbers["two"]
        flat = {anchor: number for numbers in found.values() for anchor, number in numbers.items()}
        return [".".join(map(str, flat[anchor])) for anchor in ("thm", "lem", "end")]

    assert numbers("") == ["2.1", "2.1", "2.2"]
    # The pages are read again: their counters are part of what was read.
    assert numbers("prf_realtyp_to_countertyp = {'lemma': 'theorem'}\n") == ["2.1", "2.2", "2.3"]
    assert numbers("") == ["2.1", "2.1", "2.2"]


def test_a_counter_of_no_kind_is_refused(book: Any) -> None:
    book.conf += "prf_realtyp_to_countertyp = {'lemma': 'theorems'}\n"
    done = book.run("dummy")
    assert done.returncode == 2
    assert "there is no 'theorems'; it takes pairs of algorithm" in done.stderr


def test_numbers_that_a_page_has_lost_are_gone_everywhere(book: Any) -> None:
    env_of(book)
    book.write({"index.md": BOOK["index.md"].replace(":matter: main", ":matter: front")})
    env = env_of(book)
    assert section_number(env, "one") == ""
    assert "secnumber" not in env.tocs["one"].pformat()
    assert "secnumber" not in env.titles["one"].attributes


def test_unlabelled_theorems_of_two_pages_are_no_twins(book: Any) -> None:
    book.write({"one.md": "# One\n\n```{prf:theorem}\nT\n```\n", "two.md": "# Two\n\n```{prf:theorem}\nT\n```\n"})
    env = env_of(book)
    assert figure_number(env, "two", "theorem", "theorem-0") == "2.1"


LINES = r"\begin{align} a &= b \label{one} \\ c &= \begin{cases} 1 \\ 2 \end{cases} \\ d &= e \label{ two } \end{align}"


@pytest.mark.parametrize(
    ("tex", "expected"),
    [
        (LINES, [(0, "one"), (2, "two")]),
        (r"\begin{gather} a \\ b \label{g} \\ \end{gather}", [(1, "g")]),
        (r"\begin{alignat}{2} a &= b \\ c &= d \label{at} \end{alignat}", [(1, "at")]),
        (r"\begin{align} a &= b \label{only} \end{align}", []),  # one line is the whole
        (r"\begin{equation} \begin{aligned} a \label{x} \\ b \end{aligned} \end{equation}", []),
        (r"\begin{align*} a \label{x} \\ b \end{align*}", []),
        (r"\begin{align} a \\ b", []),
        ("} \\begin{align}", []),
        ("", []),
    ],
)
def test_labelled_lines(tex: str, expected: list[tuple[int, str]]) -> None:
    assert labelled_lines(tex) == expected


def test_a_line_gets_its_number_in_a_column_of_its_own() -> None:
    assert with_numbers(LINES, {0: "(3.1)", 2: "(3.2)"}) == (
        r"\begin{aligned}a &= b&& \text{(3.1)} \\ "
        r"c &= \begin{cases} 1 \\ 2 \end{cases} \\ d &= e&& \text{(3.2)}\end{aligned}"
    )
    ragged = r"\begin{align} a &= b & c &= d \\ e &= f \label{x} \end{align}"
    assert r"e &= f&&&& \text{(1)}" in with_numbers(ragged, {1: "(1)"})
    assert with_numbers("x", {0: "(1)"}) == "x"


@pytest.mark.parametrize("layout", [["AB", "C"], ["AB", "BA"], ["AAB", "ABB"]])
def test_layouts_that_are_no_grid_are_refused(layout: list[str]) -> None:
    with pytest.raises(ValueError, match=r"rectangle|differ"):
        layout_areas(layout)


def test_a_layout_gives_each_area_its_place() -> None:
    assert layout_areas(["AAC", ".BC"]) == {"A": (0, 0, 2, 1), "B": (1, 1, 1, 1), "C": (2, 0, 1, 2)}


@pytest.mark.parametrize(
    ("directive", "fault"),
    [
        (":::{subfigure}\nOnly words.\n:::", "{subfigure} has no image"),
        (":::{subfigure} AB\n![](a.svg)\n:::", "has areas A, B; its 1 images are A"),
        (":::{subfigure} AB|BA\n![](a.svg)\n![](a.svg)\n:::", "is not possible: A is not a rectangle"),
    ],
)
def test_faults_of_subfigures_are_named(book: Any, directive: str, fault: str) -> None:
    book.write({"two.md": f"# Two\n\n{directive}\n"})
    book.build("dummy")
    assert "two.md:3: ERROR" in book.warnings
    assert fault in book.warnings


TABLE = """---
file_format: mystnb
kernelspec:
  name: python3
---
# Two

```{code-cell}
---
mystnb:
  figure:
    caption: A table
    name: tab_out
---
from IPython.display import HTML

HTML("<table><tr><td>1</td></tr></table>")
```

```{code-cell}
---
mystnb:
  figure:
    caption: A drawing
    name: fig_out
---
from IPython.display import SVG

SVG("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
```

{numref}`tab_out` {numref}`fig_out`
"""


def test_outputs_of_cells_are_tables_or_figures(book: Any) -> None:
    book.write({"two.md": TABLE})
    book.build("html")
    assert book.warnings == ""
    text = (book.build_folder / "html" / "two.html").read_text(encoding="utf-8")
    assert '<figure class="d2lbook-table" id="tab-out">' in text
    assert '<span class="caption-number">Table 2.1 </span>' in text
    assert '<span class="caption-number">Figure 2.1 </span>' in text
    body = text[text.index("<article") :]
    assert body.count("Table 2.1") == body.count("Figure 2.1") == 2
