"""Doctrees, the environment and pages of a site that something else than a build changed are made again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.outputs.book import stamps

PAGES = {
    "index.md": "# Book\n\n```{toctree}\none\ntwo\n```\n",
    "one.md": "# One\n\nText.\n",
    "two.md": "# Two\n\nText.\n",
}
TITLES = {"one": "One", "two": "Two", "index": "Book"}


def cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def garble(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(bytes(byte ^ 0xFF for byte in data))


@pytest.fixture
def book(project: Any) -> Any:
    project.conf += "html_theme = 'basic'\nnb_execution_mode = 'off'\n"
    project.write(PAGES)
    project.build()
    return project


def build(book: Any) -> tuple[list[str], dict[str, bytes]]:
    """Build; which pages were read, and the site."""
    read: list[str] = []
    with book.app() as app:
        app.connect("source-read", lambda app, docname, content: read.append(docname))
        app.build()
    site = book.build_folder / "html"
    return sorted(read), {path.name: path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.mark.parametrize("damage", [cut, empty, garble, Path.unlink])
def test_a_page_is_read_again_for_its_doctree(book: Any, damage: Callable[[Path], None]) -> None:
    read, site = build(book)
    assert read == []
    damage(book.build_folder / "doctrees" / "one.doctree")
    book.write({"two.md": PAGES["two.md"] + "\nMore, and {ref}`One`.\n"})  # one that shows another is read besides
    read, _ = build(book)
    assert read == ["one", "two"]
    book.write({"two.md": PAGES["two.md"]})
    assert build(book) == (["two"], site)


@pytest.mark.parametrize("damage", [cut, empty, garble])
def test_all_pages_are_read_again_for_the_environment(book: Any, damage: Callable[[Path], None]) -> None:
    _, site = build(book)
    damage(book.build_folder / "doctrees" / "environment.pickle")
    assert build(book) == (["index", "one", "two"], site)
    assert "environment.pickle has changed since the last build wrote it" in book.status.getvalue()
    assert build(book) == ([], site)


def test_all_pages_are_read_again_where_nothing_was_noted(book: Any) -> None:
    _, site = build(book)
    cut(book.build_folder / "doctrees" / "d2lbook" / "remembered" / "read.json")
    cut(book.build_folder / "doctrees" / "one.doctree")
    assert build(book) == (["index", "one", "two"], site)
    assert "read is made again: it is damaged" in book.status.getvalue()


@pytest.mark.long
@pytest.mark.parametrize("damage", [cut, empty, garble, Path.unlink])
@pytest.mark.parametrize("name", ["one.html", "_sources/one.md", "searchindex.js", "_static/basic.css", "objects.inv"])
def test_what_is_damaged_in_a_site_is_written_again(book: Any, name: str, damage: Callable[[Path], None]) -> None:
    _, site = build(book)
    damage(next((book.build_folder / "html").glob(f"{name}*")))
    assert build(book) == ([], site)
    assert "not as the last build left it, and written again: " in book.status.getvalue()
    assert book.warnings == ""
    assert build(book) == ([], site)
    assert "written again" not in book.status.getvalue()


def test_what_somebody_put_into_a_site_is_left_alone(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    own = book.build_folder / "html" / "_static" / "own.txt"
    own.write_text("put here by hand")
    monkeypatch.setattr(stamps, "STARTED", own.stat().st_ctime + 1e-3)  # this process began earlier
    build(book)
    own.write_text("changed by hand")
    build(book)
    assert own.read_text() == "changed by hand"
