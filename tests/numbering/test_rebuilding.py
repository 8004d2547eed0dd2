"""A book that is edited and built again is, byte for byte, what a build from nothing makes of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NOTEBOOK
from tests.numbering.authors import Author

SHARED = "prf_realtyp_to_countertyp = {'lemma': 'theorem'}\nversion = release = '1'\n"
OWN_LIST = "templates_path = []\n"
"""One process builds many times here, and the theme adds to the list that is Sphinx's default."""


def tree(folder: Path) -> dict[str, bytes]:
    """All files but those that tell of the build itself."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in ("report.json", ".buildinfo", ".buildinfo.bak")
    }


def differences(book: Any, builder: str, **options: Any) -> list[str]:
    """Files of the build folder that a build from nothing writes otherwise, or not at all."""
    kept = tree(book.build_folder / builder)
    book.build_folder = book.folder / "_anew"
    shutil.rmtree(book.build_folder, ignore_errors=True)
    book.build(builder, **options)
    anew = tree(book.build_folder / builder)
    book.build_folder = book.folder / "_build"
    return sorted(name for name in kept.keys() | anew.keys() if kept.get(name) != anew.get(name))


@pytest.mark.long
def test_every_kind_of_edit_gives_what_a_clean_build_gives(project: Any) -> None:
    project.conf += SHARED + OWN_LIST + "html_theme = 'alabaster'\n"
    author = Author(3)
    author.write(project)
    project.build()
    assert project.warnings == ""
    for edit in (author.insert_figure, author.retitle, author.insert_section):
        edit()
        author.write(project)
        project.build()
    assert differences(project, "html", parallel=2) == []
    for edit in (author.move_chapter, author.rename_page, author.delete_page):
        edit()
    author.write(project)
    project.build()
    assert differences(project, "html") == []


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2))
def test_random_edits_of_the_website(project: Any, seed: int) -> None:
    project.conf += SHARED + OWN_LIST
    author = Author(seed)
    done = []
    for count in range(12):
        author.write(project)
        project.build()
        assert differences(project, "html", parallel=1 + count % 2) == [], done
        done.append(author.edit())


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 101))
def test_random_edits_of_all_outputs(project: Any, seed: int) -> None:
    project.conf += SHARED
    author = Author(seed)
    done = []
    for count in range(6):
        author.write(project)
        assert project.run("book").returncode == 0
        kept = tree(project.build_folder / "book")
        project.build_folder.rename(project.folder / "_kept")
        assert project.run("book", "-j", str(1 + count % 2)).returncode == 0
        anew = tree(project.build_folder / "book")
        shutil.rmtree(project.build_folder)
        (project.folder / "_kept").rename(project.build_folder)
        assert sorted(name for name in kept.keys() | anew.keys() if kept.get(name) != anew.get(name)) == [], done
        done.append(author.edit())


SMALL = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\none\ntwo\nthree\n```\n",
    "one.md": "(sec_one)=\n# One\n\n```{figure} a.svg\n:name: fig_one\n\nA square.\n```\n",
    "two.md": "# Two\n\nSee {numref}`fig_one`, and a [page](three.md).\n",
    "three.md": "# Three\n\n![](sub/a.svg)\n",
    "a.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
    "sub/a.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'/>",
}
NEW_FIGURE = "```{figure} a.svg\n\nBefore it.\n```\n\n"


@pytest.fixture
def small(project: Any) -> Any:
    project.conf += "html_theme = 'basic'\n" + OWN_LIST
    project.write(SMALL)
    return project


def text(book: Any, name: str) -> str:
    return str((book.build_folder / "html" / name).read_text(encoding="utf-8"))


def times(book: Any) -> dict[str, int]:
    return {
        name: (book.build_folder / "html" / name).stat().st_mtime_ns for name in ("one.html", "two.html", "three.html")
    }


def test_a_new_figure_rewrites_the_pages_that_refer_to_later_ones_and_no_others(small: Any) -> None:
    small.build()
    before = times(small)
    small.write({"one.md": SMALL["one.md"].replace("```{figure}", NEW_FIGURE + "```{figure}")})
    small.build()
    assert "Figure 1.2" in text(small, "two.html")
    assert {name for name, time in times(small).items() if time != before[name]} == {"one.html", "two.html"}


def test_a_site_learns_what_changed_while_another_output_was_built(small: Any) -> None:
    """The environment is shared: after the second build it has the new number, which the site has not."""
    small.build()
    small.write({"one.md": SMALL["one.md"].replace("```{figure}", NEW_FIGURE + "```{figure}")})
    small.build("notebooks")
    small.build()
    assert "Figure 1.2" in text(small, "two.html")


def test_a_new_title_or_order_reaches_the_links_to_neighbours(small: Any) -> None:
    small.build()
    small.write({"three.md": SMALL["three.md"].replace("# Three", "# Drei")})
    small.build()
    assert "Drei" in text(small, "two.html")
    small.write({"index.md": SMALL["index.md"].replace("two\nthree", "three\ntwo")})
    small.build()
    assert 'href="three.html"' in text(small, "one.html")


def test_a_page_that_is_gone_leaves_nothing_behind(small: Any) -> None:
    small.write({"three.md": SMALL["three.md"] + "\nUnmistakable {download}`sub/a.svg`.\n"})
    small.build()
    html = small.build_folder / "html"
    assert (html / "_images" / "a1.svg").is_file()
    for name in ("three.md", "sub/a.svg"):
        (small.source / name).unlink()
    small.write({"index.md": SMALL["index.md"].replace("three\n", ""), "two.md": "# Two\n"})
    small.build()
    left = {path.relative_to(html).as_posix() for path in html.rglob("*") if path.is_file()}
    assert not [name for name in left if "three" in name or name.endswith("a1.svg")]
    assert not (html / "_downloads").exists()
    assert "unmistak" not in text(small, "searchindex.js")


def test_data_beside_a_notebook_goes_with_its_page(small: Any) -> None:
    cell = "# Two\n\n```{code-cell}\nopen('numbers.txt')\n```\n"
    small.write({"two.md": NOTEBOOK + cell, "numbers.txt": "1\n"})
    small.build("notebooks")
    assert (small.build_folder / "notebooks" / "numbers.txt").is_file()
    small.write({"two.md": "# Two\n"})
    small.build("notebooks")
    assert not (small.build_folder / "notebooks" / "numbers.txt").exists()


def test_images_of_one_name_are_called_alike_in_whatever_order_they_are_read(small: Any) -> None:
    small.write({"three.md": "# Three\n"})
    small.build()
    small.write({"one.md": "# One\n\n![](sub/a.svg)\n", "two.md": "# Two\n\n![](a.svg)\n"})
    small.build()
    assert 'src="_images/a.svg"' in text(small, "two.html")
    assert 'src="_images/a1.svg"' in text(small, "one.html")
    assert "width='8'" in text(small, "_images/a1.svg")
