"""`{list-of}` lists numbered things in every output, with formulas in captions, and is brought up to date."""

from __future__ import annotations

import re
from pathlib import Path

import pypdf
import pytest

from tests.conftest import Project

FIGURE = "```{{figure}} dot.svg\n:name: {name}\n\n{caption}\n```\n\n"
DOT = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/></svg>"
PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\nz\na\nlists\n```\n",
    "z.md": "# Z\n\n"
    + FIGURE.format(name="f-z", caption="First $x^2$ of all")
    + ":::{prf:lemma} Of Zorn\nWords.\n:::\n",
    "a.md": "# A\n\n"
    + FIGURE.format(name="f-a", caption="Second & last")
    + "```{table} Some numbers\n\n| a |\n|---|\n| 1 |\n```\n",
    "lists.md": "# Lists\n\n```{list-of} figures\n:name: the-figures\n```\n\n```{list-of} tables\n```\n\n"
    "```{list-of} statements\n```\n\n```{list-of} code\n```\n\n[Here](#the-figures)\n",
    "dot.svg": DOT,
}


def entries(project: Project) -> list[tuple[str, str]]:
    """Address and text of each entry on the page with the lists."""
    text = (project.build_folder / "html" / "lists.html").read_text("utf-8")
    lists = "".join(re.findall(r'<ul class="d2lbook-list-of[^>]*>.*?</ul>', text, re.DOTALL))
    text = re.sub(r"<annotation.*?</annotation>", "", lists, flags=re.DOTALL)
    items = re.findall(r'<li><p><a[^>]*href="([^"]*)"[^>]*>(.*?)</p></li>', text, re.DOTALL)
    return [(href, re.sub(r"<[^>]*>", "", words)) for href, words in items]


@pytest.fixture
def written(project: Project) -> Project:
    project.write(PAGES)
    project.build()
    assert project.warnings == ""
    return project


def test_lists_have_what_is_numbered_in_reading_order(written: Project) -> None:
    assert entries(written) == [
        ("z.html#f-z", "Figure 1.1 First x2 of all"),
        ("a.html#f-a", "Figure 2.1 Second &amp; last"),
        ("a.html#id1", "Table 2.1 Some numbers"),
        ("z.html#lemma-0", "Lemma 1.1 Of Zorn"),
    ]


def test_a_list_follows_captions_and_numbers_of_other_pages(written: Project) -> None:
    written.write({"z.md": PAGES["z.md"].replace("of all", "of many")})
    written.build()
    assert entries(written)[0] == ("z.html#f-z", "Figure 1.1 First x2 of many")
    written.write({"index.md": PAGES["index.md"].replace("z\na", "a\nz")})
    written.build()
    assert [words for _href, words in entries(written)][:2] == [
        "Figure 1.1 Second &amp; last",
        "Figure 2.1 First x2 of many",
    ]


def test_a_build_without_changes_writes_no_list(written: Project) -> None:
    file = written.build_folder / "html" / "lists.html"
    before = file.stat().st_mtime_ns
    written.build()
    assert file.stat().st_mtime_ns == before


def test_lists_are_in_print_and_in_notebooks(written: Project) -> None:
    written.build("pdf")
    assert written.warnings == ""
    (file,) = Path(written.build_folder, "pdf").glob("*.pdf")
    text = "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)
    assert text.count("Second & last") == 2
    written.build("notebooks")
    assert written.warnings == ""


def test_another_kind_is_refused_with_those_that_there_are(project: Project) -> None:
    project.write({"index.md": "# Root\n\n```{list-of} pictures\n```\n"})
    project.build()
    assert "index.md:3: ERROR: there is no list of 'pictures'; write one of figures, tables, statements, code" in (
        project.warnings
    )
