"""Pages say what has changed since a printing, `{errata}` lists it, and nothing of it is out of date."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from sphinxcontrib_d2lbook.commands.main import main
from sphinxcontrib_d2lbook.common.errors import BookError
from sphinxcontrib_d2lbook.common.file_formats import NewerFormatError
from sphinxcontrib_d2lbook.elements.printings.comparison import compare_cells, compare_libraries, compare_text
from sphinxcontrib_d2lbook.elements.printings.page_contents import (
    CellContents,
    PageContents,
    SectionContents,
    normalized,
)
from sphinxcontrib_d2lbook.elements.printings.record import PrintingRecord, read_record, record_text
from tests.conftest import NOTEBOOK, Project

ONE = """\
(sec_one)=
# One

First words, and {numref}`fig_dot`.

```{code-cell}
a = 1
print(a)
```

```{code-cell}
b = 2
print(object())
```

(sec_two)=
## Two

Other words.

```{figure} dot.svg
:name: fig_dot

A dot
```
"""
PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\none\nlast\nerrata\n```\n",
    "one.md": NOTEBOOK + ONE,
    "last.md": "(sec_last)=\n# Last\n\n$$x$$ (eq_x)\n\nSee {ref}`sec_one` and {eq}`eq_x`.\n",
    "errata.md": "(sec_errata)=\n# Errata\n\n```{errata}\n:name: the-list\n```\n",
    "dot.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>",
}
RECORD = Path("printings") / "2026-11.json"


def lines(file: Path) -> list[str]:
    """The paragraphs of notes and of the list of changes on a page, as text."""
    text = file.read_text("utf-8").partition("<article")[2].partition("</article>")[0]
    shown = re.search(
        r'<div class="[^"]*d2lbook-(changed|errata).*?(?=<p>(First|See|Fine)|</article>|$)', text, re.DOTALL
    )
    parts = re.findall(r"<(?:p|dt)\b[^>]*>(.*?)</(?:p|dt)>", shown[0] if shown else "", re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", "", part).split()) for part in parts]


def record(project: Project, *options: str) -> int:
    return main(["printing", "2026-11", "-c", str(project.folder), "-s", str(project.source), *options])


@pytest.fixture
def printed(project: Project) -> Project:
    """A book whose printing is recorded and named by conf.py."""
    project.write(PAGES)
    project.build()
    assert project.warnings == ""
    assert record(project) == 0
    project.conf += "d2lbook_printing = '2026-11'\n"
    return project


def test_a_book_that_is_as_printed_says_nothing(printed: Project) -> None:
    printed.build()
    assert printed.warnings == ""
    html = printed.build_folder / "html"
    assert lines(html / "one.html") == []
    assert lines(html / "errata.html") == ["Nothing has changed since the printing 2026-11."]


def test_code_results_text_and_numbers_are_told_apart(printed: Project) -> None:
    changed = ONE.replace("print(a)", "print(a + 1)").replace("Other words", "Better words")
    figure = "```{figure} dot.svg\n:name: fig_new\n\nAnother\n```\n\n(sec_two)="
    changed = changed.replace("(sec_two)=", figure).replace(
        "b = 2\n", "import os\nprint(os.environ.get('CHANGED', 0))\n"
    )
    printed.write({"one.md": NOTEBOOK + changed})
    printed.build()
    html = printed.build_folder / "html"
    told = [
        "Code: a = 1; b = 2 → import os",
        "Numbers: Figure 1.1 → Figure 1.2; Figure 1.1 (new)",
        "Text: One; Two",
    ]
    title = "Changed since the printing 2026-11: Code, Numbers, Text"
    assert lines(html / "one.html") == [title, *told, "All changes"]
    assert lines(html / "last.html") == []
    assert lines(html / "errata.html") == ["Changed since the printing 2026-11:", "1 One", *told]
    text = (html / "errata.html").read_text("utf-8")
    page = (html / "one.html").read_text("utf-8")
    assert 'href="one.html#code-cell-1"' in text
    assert 'id="code-cell-1"' in page
    assert 'href="one.html#fig-dot"' in text


@pytest.mark.long
def test_results_that_change_alone_are_told(printed: Project) -> None:
    printed.write({"one.md": NOTEBOOK + ONE.replace("a = 1\n", "a = open('n.txt').read()\n"), "n.txt": "1\n"})
    printed.build()
    assert record(printed, "--replace") == 0
    printed.write({"n.txt": "2\n"})
    printed.build()
    html = printed.build_folder / "html"
    title = "Changed since the printing 2026-11: Results"
    assert lines(html / "one.html") == [title, "Results: a = open('n.txt').read()", "All changes"]


def test_an_inserted_chapter_moves_numbers_and_is_new(printed: Project) -> None:
    printed.write({"index.md": PAGES["index.md"].replace("one\n", "zero\none\n"), "zero.md": "# Zero\n\nFine.\n"})
    printed.build()
    html = printed.build_folder / "html"
    assert lines(html / "zero.html") == ["This page is new since the printing 2026-11."]
    assert lines(html / "last.html")[1:] == [
        "Numbers: Equation (2.1) → Equation (3.1); Chapter 2 → Chapter 3",
        "All changes",
    ]
    assert lines(html / "errata.html")[1:4] == ["1 Zero", "new", "2 One"]


@pytest.mark.long
def test_a_page_that_is_gone_is_listed(printed: Project) -> None:
    printed.write({"index.md": PAGES["index.md"].replace("last\n", "")})
    (printed.source / "last.md").unlink()
    printed.build()
    assert "Pages that are only in print: Last" in lines(printed.build_folder / "html" / "errata.html")


@pytest.mark.long
@pytest.mark.parametrize("builder", ["html", "book"])
def test_pages_follow_the_record(printed: Project, builder: str) -> None:
    printed.conf += "d2lbook_outputs = ['html']\n"
    assert printed.run(builder).returncode == 0
    html = printed.build_folder / builder / ("html" if builder == "book" else "")
    assert lines(html / "last.html") == []
    value = json.loads((printed.folder / RECORD).read_text("utf-8"))
    old = PrintingRecord(
        {name: PageContents(page["title"]) for name, page in value["pages"].items()}, tuple(value["numbers"])
    )
    (printed.folder / RECORD).write_text(record_text(old), "utf-8")
    assert printed.run(builder).returncode == 0
    assert lines(html / "last.html") == ["Changed since the printing 2026-11: Text", "Text: Last (new)", "All changes"]
    printed.conf = printed.conf.replace("d2lbook_printing = '2026-11'\n", "")
    assert printed.run(builder).returncode == 0
    assert lines(html / "last.html") == []
    assert lines(html / "errata.html") == ["There are no errata."]


@pytest.mark.long
def test_other_versions_of_libraries_are_listed(printed: Project) -> None:
    printed.write({"one.md": NOTEBOOK + ONE.replace("a = 1\n", "import nbformat\na = 1\n")})
    printed.build()
    assert record(printed, "--replace") == 0
    now = read_record(printed.folder / RECORD)
    assert list(now.libraries) == ["nbformat"]
    (printed.folder / RECORD).write_text(record_text(replace(now, libraries={"nbformat": "1.0"})), "utf-8")
    printed.build()
    html = printed.build_folder / "html"
    told = f"Libraries: nbformat 1.0 → {now.libraries['nbformat']}"
    assert lines(html / "errata.html") == ["Changed since the printing 2026-11:", told]
    assert lines(html / "one.html") == []


def test_a_build_without_changes_writes_nothing(printed: Project) -> None:
    printed.write({"last.md": PAGES["last.md"] + "\nMore.\n"})
    printed.build()
    files = {file: file.stat().st_mtime_ns for file in (printed.build_folder / "html").glob("*.html")}
    printed.build()
    again = {file for file in files if file.stat().st_mtime_ns != files[file]}
    assert {file.name for file in again} <= {"search.html", "genindex.html", "404.html"}


def test_print_and_notebooks_list_changes_and_the_imprint_names_the_printing(printed: Project) -> None:
    printed.build("pdf")
    (file,) = Path(printed.build_folder, "pdf").glob("*.pdf")
    assert "Printing 2026-11" in text_of(file)
    printed.write({"one.md": NOTEBOOK + ONE.replace("print(a)", "print(a + 1)")})
    printed.build("pdf")
    assert printed.warnings == ""
    assert "With changes since the printing 2026-11" in text_of(file)
    assert "Code: a = 1" in text_of(file)
    assert "All changes" not in text_of(file)
    printed.build("notebooks")
    assert printed.warnings == ""
    notebook = (printed.build_folder / "notebooks" / "errata.ipynb").read_text("utf-8")
    assert "`a = 1`" in notebook


def text_of(file: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(file).pages).split())


def test_a_record_that_is_missing_is_told_with_the_remedy(project: Project) -> None:
    project.write(PAGES)
    project.conf += "d2lbook_printing = 'first'\n"
    with (
        project.app() as app,
        pytest.raises(BookError, match=r"no record of .*first.json\. .*sphinx-d2lbook printing first"),
    ):
        app.build()


def changed_after(value: dict[str, object]) -> str:
    value["libraries"] = {"numpy": "1"}
    return json.dumps(value)


GARBLED = {
    "no JSON: ": lambda value: json.dumps(value)[:-9],
    "it has no 'numbers'": lambda value: json.dumps({key: value[key] for key in value if key != "numbers"}),
    "it was changed after it was written": changed_after,
    "its 'version' is 'x'": lambda value: json.dumps({**value, "version": "x"}),
    "CellContents": lambda value: json.dumps(
        {**value, "pages": {"one": {"title": "", "sections": [], "cells": [["a"]]}}}
    ),
    "'list' object": lambda value: json.dumps({**value, "pages": []}),
}


@pytest.mark.parametrize("fault", GARBLED)
def test_a_garbled_record_is_an_error(tmp_path: Path, fault: str) -> None:
    file = tmp_path / "p.json"
    value = json.loads(record_text(SMALL))
    file.write_text(GARBLED[fault](value), "utf-8")
    with pytest.raises(BookError, match=re.escape(fault)) as caught:
        read_record(file)
    assert str(caught.value).startswith(f"{file}")
    assert "take its last version from version control" in str(caught.value)


ROW = {
    "docname": "one",
    "id": "one",
    "kind": "section",
    "label": None,
    "name": "Chapter 1",
    "number": "1",
    "title": "One",
}
SMALL = PrintingRecord(
    {"one": PageContents("One", (SectionContents("one", "One", "t"),), (CellContents("one", "a = 1", "s", "r"),))},
    (ROW,),
    {"numpy": "2.0"},
)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(record_text(SMALL), "utf-8")
    assert read_record(file) == SMALL


def test_a_record_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    file.write_text(json.dumps({**json.loads(record_text(SMALL)), "version": 2}), "utf-8")
    with pytest.raises(NewerFormatError, match="install a newer one"):
        read_record(file)


def test_the_command_refuses_an_outdated_build_and_another_record(
    printed: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    printed._write_conf()
    printed.write({"last.md": PAGES["last.md"] + "\nMore.\n"})
    assert record(printed) == 2
    assert "does not know 'last' as it is now" in capsys.readouterr().err
    printed.build()
    assert record(printed) == 2
    assert "this printing is recorded, with another content" in capsys.readouterr().err
    assert record(printed, "--replace") == 0
    assert "4 pages, 2 code cells, 6 numbers. Commit it" in capsys.readouterr().out


def test_the_command_takes_names_of_files_only(printed: Project, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["printing", "../x", "-c", str(printed.folder)]) == 2
    assert "'../x' is no name of a printing" in capsys.readouterr().err


@pytest.mark.long
def test_pages_read_by_several_processes_are_compared(printed: Project) -> None:
    printed.write({f"p{n}.md": f"# P{n}\n\nSee.\n" for n in range(6)})
    pages = "\n".join(f"p{n}" for n in range(6))
    printed.write({"index.md": PAGES["index.md"].replace("last\n", f"last\n{pages}\n")})
    done = printed.run("html", "-E", "-j", "2")
    assert done.returncode == 0, done.stderr
    assert lines(printed.build_folder / "html" / "p3.html") == ["This page is new since the printing 2026-11."]


def cell(source: str, results: str = "") -> CellContents:
    return CellContents("s", source, source, results)


@pytest.mark.parametrize(
    ("before", "now", "code", "results"),
    [
        ("ab", "ab", [], []),
        ("ab", "axb", [(None, "x", 1)], []),
        ("ab", "b", [("a", None, -1)], []),
        ("ab", "ac", [("b", "c", 1)], []),
        ("abc", "xyc", [("a", "x", 0), ("b", "y", 1)], []),
        ("abc", "xc", [("a", "x", 0), ("b", None, -1)], []),
    ],
)
def test_cells_are_paired_by_their_code(before: str, now: str, code: object, results: object) -> None:
    found = compare_cells([cell(one) for one in before], [cell(one) for one in now])
    named = [
        [(one.before and one.before.source, one.now and one.now.source, one.position) for one in part] for part in found
    ]
    assert named == [code, results]


def test_cells_with_other_results_are_found_wherever_they_stand() -> None:
    code, results = compare_cells([cell("a", "1"), cell("b", "2")], [cell("x"), cell("a", "1"), cell("b", "3")])
    assert [one.position for one in code] == [0]
    assert [one.position for one in results] == [2]


def test_sections_are_paired_by_their_anchors() -> None:
    before = PageContents(
        "", (SectionContents("a", "A", "1"), SectionContents("b", "B", "2"), SectionContents("c", "C", "3"))
    )
    now = PageContents(
        "", (SectionContents("a", "A", "1"), SectionContents("b", "Bee", "2"), SectionContents("d", "D", "4"))
    )
    found = compare_text(before, now)
    names = [(was and was.title, is_now and is_now.title) for was, is_now in found]
    assert names == [("B", "Bee"), (None, "D"), ("C", None)]


def test_libraries_are_compared_by_their_versions() -> None:
    before: Mapping[str, str] = {"numpy": "1", "scipy": "1", "torch": "2"}
    found = compare_libraries(before, {"numpy": "2", "scipy": "1", "jax": "3"})
    assert found == (("jax", "", "3"), ("numpy", "1", "2"), ("torch", "2", ""))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("<object at 0x7f12ab34cd>", "<object at 0x>"),
        ("a  \nb\n\n", "a\nb"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("0x1f", "0x1f"),
    ],
)
def test_results_are_compared_without_what_differs_from_run_to_run(text: str, shown: str) -> None:
    assert normalized(text) == shown
