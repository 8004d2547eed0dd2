"""One build writes every output, skips what is unchanged, finishes what can be finished, and reports."""

from __future__ import annotations

import json
import re
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common import forks
from sphinxcontrib_d2lbook.outputs.book.stamps import Ledger
from tests.conftest import Project

MARK = "# Save to the tiny package"
PAGES = {
    "index.md": "# A Tiny Book\n\n```{toctree}\n:numbered:\n\nfirst\nsecond/page\n```\n",
    "first.md": (
        "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n(sec_first)=\n# First\n\n"
        "$$ a^2 + b^2 = c^2 $$ (eq_first)\n\n```{code-cell}\n" + MARK + "\ndef twice(x):\n"
        '    """Double x."""\n    return 2 * x\n```\n\n```{code-cell}\ntwice(21)\n```\n'
    ),
    "second/page.md": (
        "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n(sec_second)=\n# Second\n\n"
        "As in {numref}`sec_first`, by {eq}`eq_first`.\n\n```{code-cell}\nimport tiny\n\ntiny.twice(4)\n```\n"
    ),
}


def fill(project: Any) -> Any:
    project.write(PAGES)
    project.conf += "d2lbook_package = 'tiny'\nversion = release = '1.0'\n"
    return project


@pytest.fixture
def new_book(project: Any) -> Any:
    """The book, before anything was built."""
    return fill(project)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The book after builds without a change: what the command said in each, what the first and the last one gave."""
    project: Any = fill(Project(tmp_path_factory.mktemp("built")))
    project.first = project.run("book")
    project.first_report = report(project)
    project.first_tree = tree(project.build_folder / "book", but=("report.json",))
    project.second = project.run("book")
    project.third = project.run("book", "-v")  # another command, which does not leave at once
    project.last_report = report(project)
    project.last_tree = tree(project.build_folder / "book", but=("report.json",))
    return project


@pytest.fixture
def book(built: Any) -> Iterator[Any]:
    """The same, for changes that are taken back."""
    with built.restored():
        yield built


def report(book: Any) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((book.build_folder / "book" / "report.json").read_text(encoding="utf-8"))
    return result


def tree(folder: Path, *, but: tuple[str, ...] = ()) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(but)
    }


def test_all_outputs_from_one_command_and_then_nothing_to_do(built: Any) -> None:
    done = built.first
    out = built.build_folder / "book"
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert (out / "html" / "index.html").is_file()
    assert (out / "pdf" / "a-book.pdf").read_bytes().startswith(b"%PDF-")
    assert (out / "notebooks" / "second" / "page.ipynb").is_file()
    assert [path.name for path in (out / "package").glob("*.whl")] == ["tiny_book-1.0-py3-none-any.whl"]
    assert sorted(path.name for path in out.iterdir()) == [
        ".d2lbook-build",
        "html",
        "notebooks",
        "numbers.json",
        "package",
        "pdf",
        "report.json",
    ]
    first = built.first_report
    assert {name: page["execution"] for name, page in first["pages"].items()} == {
        "first": "ran",
        "index": "none",
        "second/page": "ran",
    }
    assert all(output["state"] == "written" and output["bytes"] for output in first["outputs"].values())
    assert first["warnings"] == []

    again = built.second
    assert again.returncode == 0
    assert "nothing has changed since the last build" in again.stdout
    assert "nothing new for html, pdf, notebooks, package" in built.third.stdout
    second = built.last_report
    assert {page["execution"] for page in second["pages"].values()} == {"cached", "none"}
    assert {output["state"] for output in second["outputs"].values()} == {"unchanged"}
    assert built.last_tree == built.first_tree


def test_the_site_carries_the_downloads(built: Any) -> None:
    site = built.build_folder / "book" / "html"
    page = (site / "second" / "page.html").read_text(encoding="utf-8")
    assert 'href="../_downloads/notebooks/second/page.ipynb"' in page
    assert 'href="../_downloads/a-book.pdf"' in page
    assert 'href="../_downloads/a-book-notebooks.zip"' in page
    offered = re.findall(r'class="btn__text-container">([^<]*)<', page)
    assert {"Download the book as a PDF", "Download this page as a notebook", "Download all pages as notebooks"} <= {
        *offered
    }
    assert not [text for text in offered if text.startswith(".")]
    assert (site / "_downloads" / "notebooks" / "second" / "page.ipynb").is_file()
    assert (site / "_downloads" / "a-book.pdf").is_file()
    with zipfile.ZipFile(site / "_downloads" / "a-book-notebooks.zip") as archive:
        names = archive.namelist()
    assert any(name.endswith("second/page.ipynb") for name in names)
    assert any(name.endswith("tiny_book-1.0-py3-none-any.whl") for name in names)


@pytest.mark.long
def test_forked_and_spawned_children_write_the_same(new_book: Any) -> None:
    book = new_book
    assert book.run("book", "-D", "d2lbook_processes=fork").returncode == 0
    forked = tree(book.build_folder / "book", but=("report.json", ".buildinfo"))
    for path in sorted((book.build_folder / "book").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    done = book.run("book", "-D", "d2lbook_processes=spawn")
    assert done.returncode == 0, done.stderr
    spawned = tree(book.build_folder / "book", but=("report.json", ".buildinfo"))
    assert {name for name in forked if forked[name] != spawned.get(name)} == set()
    assert forked.keys() == spawned.keys()


def test_a_process_with_threads_does_not_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "CAN_FORK", True)
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    try:
        assert not forks.may_fork()
    finally:
        done.set()
        thread.join()


def test_an_output_that_fails_leaves_the_others_and_gives_2(book: Any) -> None:
    book.write({"first.md": PAGES["first.md"] + '\n```{raw} typst\n#panic("no paper")\n```\n'})
    done = book.run("book", "-W", "--keep-going")
    assert done.returncode == 2
    assert "the output 'pdf' failed" in done.stderr
    assert "no paper" in done.stderr
    assert (book.build_folder / "book" / "html" / "index.html").is_file()
    assert report(book)["outputs"]["pdf"]["state"] == "failed"
    book.write({"first.md": PAGES["first.md"]})
    assert book.run("book", "-W", "--keep-going").returncode == 0
    assert report(book)["outputs"]["pdf"]["state"] == "written"


def test_a_failing_cell_gives_1_and_everything_else(book: Any) -> None:
    book.write({"second/page.md": PAGES["second/page.md"].replace("tiny.twice(4)", "tiny.thrice(4)")})
    done = book.run("book")
    assert done.returncode == 1
    assert "book/second/page.md:14: WARNING: code cell 1 failed with AttributeError" in done.stderr
    assert done.stderr.rstrip().splitlines()[-1].startswith("book/second/page.md:14: AttributeError:")
    assert report(book)["pages"]["second/page"]["execution"] == "failed"
    assert (book.build_folder / "book" / "pdf" / "a-book.pdf").is_file()


def test_warnings_of_several_outputs_are_shown_once(book: Any) -> None:
    book.write({"first.md": PAGES["first.md"] + "\nSee {ref}`nowhere`.\n"})
    done = book.run("book", "-W", "--keep-going")
    assert done.returncode == 1
    assert done.stderr.count("undefined label: 'nowhere'") == 1
    assert next(text for text in report(book)["warnings"] if "nowhere" in text).endswith("undefined label: 'nowhere'")


def test_a_broken_package_refuses_the_book(book: Any) -> None:
    book.write({"first.md": PAGES["first.md"].replace("return 2 * x", "return factor * x")})
    done = book.run("book")
    assert done.returncode == 2
    assert done.stderr.startswith("Book error: refused: 1 problem\nbook/first.md:15: 'factor' is used")
    assert "Traceback" not in done.stderr
    assert "Traceback" in book.run("book", "-T").stderr


def test_the_site_carries_the_pdf_of_a_renamed_book_alone(book: Any) -> None:
    downloads = book.build_folder / "book" / "html" / "_downloads"
    assert (downloads / "a-book.pdf").is_file()
    book.conf = book.conf.replace("A Book", "Another Book")
    assert book.run("book").returncode == 0
    assert [path.name for path in sorted(downloads.glob("*.*"))] == [
        "another-book-notebooks.zip",
        "another-book.pdf",
        "tiny_book-1.0-py3-none-any.whl",
    ]


def test_a_site_built_alone_has_its_notebooks(book: Any) -> None:
    done = book.run("html")
    assert (done.returncode, done.stderr) == (0, "")
    site = book.build_folder / "html"
    page = (site / "second" / "page.html").read_text(encoding="utf-8")
    assert 'href="../_downloads/notebooks/second/page.ipynb"' in page
    assert "a-book.pdf" not in page
    assert (site / "_downloads" / "notebooks" / "second" / "page.ipynb").is_file()


@pytest.mark.parametrize("name", ["pdf", "notebooks", "package"])
def test_each_output_builds_alone(book: Any, name: str) -> None:
    done = book.run(name)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert any((book.build_folder / name).iterdir())


def test_an_edit_of_a_title_reaches_the_other_pages(book: Any) -> None:
    book.write({"first.md": PAGES["first.md"].replace("# First", "# Renamed")})
    book.run("book")
    assert "Renamed" in (book.build_folder / "book" / "html" / "second" / "page.html").read_text(encoding="utf-8")


def test_what_an_output_owes_survives_until_it_is_written(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.owe("html", frozenset({"a"}))
    ledger.owe("html", frozenset({"b"}))
    assert Ledger(tmp_path).owed("html") == {"a", "b"}
    ledger.record_written("html", "signature")
    assert ledger.owed("html") == frozenset()
    assert ledger.is_up_to_date("html", "signature")
    assert not ledger.is_up_to_date("html", "another")
    ledger.owe("html", frozenset({"c"}))
    assert not ledger.is_up_to_date("html", "signature")


def test_bad_values_are_refused_together(book: Any) -> None:
    book.conf += "d2lbook_outputs = ['html', 'epub']\nd2lbook_cell_timeout = -1\nd2lbook_package = 'not a name'\n"
    done = book.run("book")
    assert done.returncode == 2
    assert "no output 'epub' is installed; there are 'html', 'latex', 'notebooks', 'package', 'pdf'" in done.stderr
    assert "d2lbook_cell_timeout = -1: takes a number above zero" in done.stderr
    assert "d2lbook_package = 'not a name': takes a Python identifier" in done.stderr
