"""A build that would do nothing ends at once; whatever changed, it does not."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Page = Callable[[str], str]
NOTHING = "nothing has changed since the last build"
CELL = "```{code-cell}\nprint(6 * 7)\n```\n"


@pytest.fixture
def book(project: Any, page: Page) -> Any:
    (project.folder.parent / "outside.md").write_text("Included.\n", encoding="utf-8")
    project.write(
        {
            "index.md": "# Book\n\n```{toctree}\none\n```\n\n```{include} ../../outside.md\n```\n",
            "one.md": page("# One\n\n![](a.svg)\n\n" + CELL),
            "a.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
            "_static/own.css": "p {}",
        }
    )
    project.conf += "html_theme = 'alabaster'\nhtml_static_path = ['book/_static']\nd2lbook_outputs = ['html']\n"
    return project


def left_at_once(book: Any, *options: str) -> bool:
    done = book.run("html", *options)
    assert done.returncode == 0, done.stderr
    return NOTHING in done.stdout


@pytest.mark.long
def test_a_second_build_leaves_at_once_unless_something_changed(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not left_at_once(book)
    assert left_at_once(book)
    assert not left_at_once(book, "-E")  # another command, which asks for all besides
    html = book.build_folder / "html"
    changes: dict[str, Callable[[], object]] = {
        "page": lambda: book.write({"one.md": (book.source / "one.md").read_text() + "\nMore.\n"}),
        "image": lambda: book.write({"a.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='9'/>"}),
        "included": lambda: (book.folder.parent / "outside.md").write_text("Changed.\n"),
        "output": lambda: (html / "one.html").unlink(),
        "variable": lambda: monkeypatch.setenv("SOMETHING", "new"),
    }
    for name, change in changes.items():
        change()
        assert not left_at_once(book), name
    assert "Changed." in (html / "index.html").read_text(encoding="utf-8")
    assert "More." in (html / "one.html").read_text(encoding="utf-8")
    assert left_at_once(book)


@pytest.mark.long
def test_what_pages_read_elsewhere_is_looked_at(book: Any, page: Page) -> None:
    """Hidden, linked, beside a `pyvenv.cfg`, in a cache of Python, outside: the walk over the project sees none."""
    outside = book.folder.parent / "elsewhere"
    outside.mkdir()
    (book.source / "linked").symlink_to(outside)
    names = [".data/h.txt", "linked/l.txt", "env/p.txt", "__pycache__/c.txt"]
    cells = "".join(f"```{{code-cell}}\nprint(open('{name}').read())\n```\n\n" for name in names)
    declared = "d2lbook:\n  reads: [../../elsewhere/*.bin]\n"
    book.write(
        {
            **dict.fromkeys(names, "old"),
            "env/pyvenv.cfg": "",
            "one.md": page("# One\n\n" + cells).replace("kernelspec", declared + "kernelspec", 1),
        }
    )
    (outside / "declared.bin").write_bytes(b"old")
    assert not left_at_once(book)
    assert left_at_once(book)
    for path in [*(book.source / name for name in names), outside / "declared.bin", outside / "new.bin"]:
        path.write_bytes(b"new")
        assert not left_at_once(book), path
    assert left_at_once(book)


def test_the_package_that_a_build_writes_is_no_change_but_a_hand_edit_is(book: Any, page: Page) -> None:
    book.conf += "d2lbook_package = 'pkg'\n"
    book.write({"one.md": page("# One\n\n```{code-cell}\n#@save\ndef double(x):\n    return 2 * x\n```\n")})
    assert not left_at_once(book)
    assert left_at_once(book)
    file = book.folder / "pkg" / "__init__.py"
    file.write_text(file.read_text(encoding="utf-8").replace("2 * x", "3 * x"), encoding="utf-8")
    done = book.run("html")
    assert NOTHING not in done.stdout
    assert "pkg/__init__.py" in done.stderr


@pytest.mark.long
def test_what_warned_or_failed_is_built_again(book: Any, page: Page) -> None:
    book.write({"one.md": page("# One\n\n{ref}`nowhere`\n")})
    assert not left_at_once(book)
    assert not left_at_once(book)
    book.write({"one.md": page("# One\n\n```{code-cell}\n1 / 0\n```\n")})
    assert [book.run("html").returncode, book.run("html").returncode] == [1, 1]


def test_the_report_says_that_nothing_ran(book: Any) -> None:
    assert book.run("book").returncode == 0
    done = book.run("book")
    assert NOTHING in done.stdout
    report = json.loads((book.build_folder / "book" / "report.json").read_text(encoding="utf-8"))
    assert report["pages"]["one"]["execution"] == "cached"
    assert report["outputs"]["html"]["state"] == "unchanged"
    (book.build_folder / "book" / "report.json").unlink()
    book.run("book")
    assert json.loads((book.build_folder / "book" / "report.json").read_text(encoding="utf-8")) == report


@pytest.mark.long
def test_an_application_in_a_program_always_builds(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the command may leave: a program that makes a `Sphinx` goes on after it."""
    book.run("html")
    monkeypatch.setattr(os, "getpid", os.getpid)
    assert book.build().statuscode == 0
    assert Path(book.build_folder, "html", "one.html").is_file()
