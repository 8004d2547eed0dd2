"""`sphinx-d2lbook addresses`: what is published, when, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.commands.main import main
from tests.conftest import Project

PAGES = {
    "index.md": "# Root\n\n```{toctree}\n:numbered:\n\none\n```\n",
    "one.md": "(sec_one)=\n# One\n\n$$ a $$ (eq_one)\n\n(sec_two)=\n## Two\n\nText.\n",
}


@pytest.fixture
def book(project: Project) -> Project:
    project.conf += "d2lbook_outputs = ['html']\n"
    project.write(PAGES)
    return project


def run(project: Project, *words: str) -> int:
    return main(["addresses", *words, "-c", str(project.folder), "-s", str(project.source)])


def listed(project: Project) -> Any:
    return json.loads((project.folder / "book-addresses.json").read_text("utf-8"))


def test_the_life_of_an_address(book: Project, capsys: pytest.CaptureFixture[str]) -> None:
    book.build("dummy")
    assert not Path(book.folder, "book-addresses.json").exists()  # a build publishes nothing
    assert run(book) == 1
    assert "sec_two: on the page 'one', not published yet" in capsys.readouterr().out
    assert run(book, "--publish") == 0
    assert listed(book) == {
        "version": 1,
        "published": {"eq_one": "one", "sec_one": "one", "sec_two": "one"},
        "retired": {},
    }
    assert run(book) == 0

    # A page that has changed since the last build may have other labels.
    book.write({"one.md": PAGES["one.md"].replace("(sec_two)=", "(sec_three)=")})
    capsys.readouterr()
    assert run(book, "--publish") == 2
    assert "does not know 'one' as it is now. Build the book first" in capsys.readouterr().err

    # The build stops at what is gone; retiring needs no build.
    assert run(book, "--retire", "sec_two", "sec_three") == 0
    book.build("dummy")
    assert run(book, "--publish") == 0
    assert listed(book) == {
        "version": 1,
        "published": {"eq_one": "one", "sec_one": "one", "sec_three": "one"},
        "retired": {"sec_two": "sec_three"},
    }
    assert run(book) == 0


def test_without_a_build_nothing_is_known(book: Project, capsys: pytest.CaptureFixture[str]) -> None:
    book._write_conf()
    assert run(book, "--publish") == 2
    assert "Build the book first" in capsys.readouterr().err


def test_promises_in_vain_are_not_published_over(book: Project, capsys: pytest.CaptureFixture[str]) -> None:
    book.build("dummy")
    text = '{"published": {"sec_gone": "one"}}'
    (book.folder / "book-addresses.json").write_text(text, "utf-8")
    assert run(book) == 1
    assert "'sec_gone' was published, on the page 'one'" in capsys.readouterr().err
    assert run(book, "--publish") == 2
    assert (book.folder / "book-addresses.json").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--retire", "sec_never", "sec_one"], "'sec_never' was never published"),
        (["--retire", "sec_one", "sec_one"], "is a circle"),
        (["--retire", "sec_one", "sec_old"], "is a circle"),
    ],
)
def test_what_cannot_be_retired_is_refused(
    book: Project, capsys: pytest.CaptureFixture[str], words: list[str], reason: str
) -> None:
    book._write_conf()
    file = book.folder / "book-addresses.json"
    file.write_text('{"published": {"sec_one": "one"}, "retired": {"sec_old": "sec_one"}}', "utf-8")
    before = file.read_text("utf-8")
    assert run(book, *words) == 2
    assert reason in capsys.readouterr().err
    assert file.read_text("utf-8") == before


def test_a_book_that_keeps_no_list_is_told_so(book: Project, capsys: pytest.CaptureFixture[str]) -> None:
    book.conf += "d2lbook_addresses = ''\n"
    book._write_conf()
    assert run(book, "--publish") == 2
    assert "d2lbook_addresses is empty" in capsys.readouterr().err
