"""Numbers of sections, figures, equations and theorems, by the book's rules."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sphinxcontrib_d2lbook.numbering.collector import letter
from sphinxcontrib_d2lbook.numbering.table import figure_number, matter, parts, section_number

FIGURE = "```{figure} picture.svg\n:name: fig_%s\n:alt: A square\n\nA square.\n```\n"
EQUATION = "$$ x = %d $$ (eq_%s)\n"
PAGE = "(sec_%s)=\n# Title of %s\n\n## Inner\n\n"
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'

REFERENCES = (
    "See {numref}`sec_deep`, {numref}`sec_three`, {numref}`sec_appendix`, {numref}`fig_three`, {eq}`eq_three`.\n"
)

PAGES = {
    "index.md": """# Root

```{toctree}
preface
```

```{toctree}
:numbered:
:caption: First part

one
two/index
```

```{toctree}
:numbered:
:caption: Second part

three
```

```{toctree}
:matter: appendix

appendix
```

```{toctree}
end
```
""",
    "preface.md": PAGE % ("preface", "preface") + FIGURE % "preface",
    "one.md": PAGE % ("one", "one") + FIGURE % "one" + REFERENCES,
    "two/index.md": "(sec_two)=\n# Two\n\n" + "```{toctree}\ndeep\n```\n",
    "two/deep.md": PAGE % ("deep", "deep") + "```{prf:theorem} T\n:label: thm_deep\n\nText.\n```\n\n"
    "```{exercise} A task\n:label: ex_deep\n\nDo it.\n```\n\n```{exercise}\n:label: ex_plain\n\nDo it.\n```\n",
    "three.md": PAGE % ("three", "three") + FIGURE % "three" + EQUATION % (3, "three") + "{prf:ref}`thm_deep`\n",
    "appendix.md": PAGE % ("appendix", "appendix") + FIGURE % "appendix",
    "end.md": PAGE % ("end", "end") + FIGURE % "end",
    "picture.svg": PICTURE,
    "two/picture.svg": PICTURE,
}


@pytest.fixture
def book(project: Any) -> Any:
    project.write(PAGES)
    return project


def test_chapters_run_on_across_parts_and_appendices_have_letters(book: Any) -> None:
    env = book.build().env
    numbers = {
        name: section_number(env, name)
        for name in ("preface", "one", "two/index", "two/deep", "three", "appendix", "end")
    }
    assert numbers == {
        "preface": "",
        "one": "1",
        "two/index": "2",
        "two/deep": "2.1",
        "three": "3",
        "appendix": "A",
        "end": "",
    }
    assert section_number(env, "three", "#inner") == "3.1"
    assert section_number(env, "appendix", "#inner") == "A.1"
    assert book.warnings == ""


def test_figures_equations_and_theorems_follow_their_chapter(book: Any) -> None:
    env = book.build().env
    assert figure_number(env, "preface", "figure", "fig-preface") == "1"
    assert figure_number(env, "three", "figure", "fig-three") == "3.1"
    assert figure_number(env, "appendix", "figure", "fig-appendix") == "A.1"
    assert figure_number(env, "end", "figure", "fig-end") == "2"
    assert figure_number(env, "three", "displaymath", "equation-eq-three") == "3.1"
    assert figure_number(env, "two/deep", "theorem", "thm_deep") == "2.1"


def test_matter_and_parts(book: Any) -> None:
    env = book.build().env
    assert [matter(env, name) for name in ("preface", "two/deep", "appendix", "end")] == [
        "front",
        "main",
        "appendix",
        "back",
    ]
    assert [(part.title, part.docnames) for part in parts(env)] == [
        ("First part", ("one", "two/index")),
        ("Second part", ("three",)),
    ]


def test_references_print_the_numbers(book: Any) -> None:
    book.build()
    one = (book.build_folder / "html" / "one.html").read_text(encoding="utf-8")
    assert "Section 2.1" in one
    assert "Chapter 3" in one
    assert "Appendix A" in one
    assert "Figure 3.1" in one
    assert "(3.1)" in one
    assert "Theorem 2.1" in (book.build_folder / "html" / "three.html").read_text(encoding="utf-8")


def test_parallel_reading_gives_the_same_numbers(book: Any) -> None:
    serial = book.build(freshenv=True).env
    expected = (dict(serial.toc_secnumbers), dict(serial.toc_fignumbers))
    parallel = book.build(freshenv=True, parallel=2).env
    assert (dict(parallel.toc_secnumbers), dict(parallel.toc_fignumbers)) == expected


@pytest.mark.long
def test_nothing_is_written_again_when_no_number_changed(book: Any) -> None:
    book.run()
    html = book.build_folder / "html"
    always = {html / name for name in ("genindex.html", "search.html", "prf-prf.html")}
    before = {path: path.stat().st_mtime_ns for path in html.rglob("*.html")}
    assert book.run().returncode == 0
    assert {path for path in before if before[path] != path.stat().st_mtime_ns} <= always


def test_a_page_in_two_numbered_toctrees_is_named(book: Any) -> None:
    book.write({"index.md": PAGES["index.md"] + "\n```{toctree}\n:numbered:\n\none\n```\n"})
    book.build()
    assert "one has its section numbers from another toctree already" in book.warnings


def test_a_reference_below_the_numbered_depth_gives_the_title_and_a_warning(book: Any) -> None:
    book.write({"index.md": PAGES["index.md"].replace(":numbered:", ":numbered: 1")})
    book.build()
    assert "one.md" in book.warnings
    assert "'Title of deep' at two/deep.md:2, which 'sec_deep' stands for, has no number" in book.warnings
    one = (book.build_folder / "html" / "one.html").read_text(encoding="utf-8")
    assert "Title of deep</span></a>" in one


def test_an_unknown_matter_is_refused_at_its_place(book: Any) -> None:
    book.write({"index.md": PAGES["index.md"].replace(":matter: appendix", ":matter: middle")})
    book.build()
    assert "index.md" in book.warnings
    assert '"middle" unknown' in book.warnings


@pytest.mark.parametrize(("count", "expected"), [(1, "A"), (26, "Z"), (27, "AA"), (52, "AZ"), (703, "AAA")])
def test_letters(count: int, expected: str) -> None:
    assert letter(count) == expected


def test_the_manifest_lists_every_number_once(book: Any) -> None:
    book.conf += "d2lbook_outputs = ['html', 'pdf']\n"
    assert book.run("book").returncode == 0
    rows = json.loads((book.build_folder / "book" / "numbers.json").read_text(encoding="utf-8"))["numbers"]
    found = {(row["kind"], row["number"]): row for row in rows}
    assert len(found) == len(rows)
    assert found["section", "2.1"]["label"] == "sec_deep"
    assert found["section", "2.1"]["title"] == "Title of deep"
    assert found["equation", "3.1"]["label"] == "eq_three"
    assert found["theorem", "2.1"]["label"] == "thm_deep"
    assert found["figure", "A.1"]["html"] == "appendix.html#fig-appendix"
    assert found["figure", "3.1"]["title"] == "A square."
    titles = {key: row["title"] for key, row in found.items() if key[0] in ("theorem", "exercise")}
    assert titles == {("theorem", "2.1"): "T", ("exercise", "2.1"): "A task", ("exercise", "2.2"): ""}
    assert all(row["pdf"]["page"] > 0 for row in rows)
    assert found["section", "2.1"]["pdf"]["page"] < found["section", "3"]["pdf"]["page"]
