"""A distribution outside this one brings an output, and it has all that the built-in ones have."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.outputs.base import address_fault
from tests.conftest import NOTEBOOK, Project

pytestmark = pytest.mark.long

PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'
PAGES = {
    "index.md": "# A Tiny Book\n\n```{toctree}\n:numbered:\n\nfirst\nsecond/page\n```\n",
    "first.md": "(sec_first)=\n# First\n\nSee {numref}`fig_a`.\n\n"
    "```{figure} a.svg\n:name: fig_a\n:alt: A square\n\nA square.\n```\n\n## Inner\n\nText.\n",
    "second/page.md": NOTEBOOK + "# Second\n\nAfter {numref}`sec_first`.\n\n```{code-cell}\n6 * 7\n```\n",
    "a.svg": PICTURE,
}
TEXT = """\
1 First
*******

See Figure 1.1.

   [image: A square][image]Figure 1.1 A square.


1.1 Inner
=========

Text.


2 Second
********

After Chapter 1.

   6 * 7

   42
"""
LISTED = "d2lbook_outputs = ['html', 'plaintext']\n"
WRONG = (
    "import textbook_output\n"
    "right = textbook_output.section_number\n"
    "textbook_output.section_number = lambda env, docname, anchor: right(env, docname, anchor).replace('1.1', '1.7')\n"
)
"""Has the output print another number than the table has."""
TABS = (
    "import textbook_output\n"
    "textbook_output.Translator.depart_paragraph = lambda self, node: self.end_state(end=['\\t'])\n"
)
"""Has it write tabs, which its check refuses."""
ELSEWHERE = (
    "import textbook_output\n"
    "from sphinxcontrib_d2lbook.outputs.base import Download\n"
    "offer = Download('texts/{docname}.txt', '.txt', 'Download the text', 'fas fa-file-lines')\n"
    "textbook_output.PlainTextOutput.downloads = lambda self, config: [offer]\n"
)
"""Has it offer files at addresses that may be those of another output."""
UPWARDS = (
    "import textbook_output\n"
    "textbook_output.PlainTextOutput.site_files = "
    "lambda self, written: {'../text.txt': written.folder / 'a-book.txt'}\n"
)
"""Has the website carry a file outside of the folder of downloads."""


@pytest.fixture
def book(textbook: Path, project: Project) -> Project:
    project.write(PAGES)
    return project


@pytest.fixture(scope="module")
def built(textbook_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A book with the output, built by the command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(textbook_site))
        project: Any = Project(tmp_path_factory.mktemp("open"))
        project.write(PAGES)
        project.conf += LISTED
        project.done = project.run("book")
        project.again = project.run("book")
        project.verbose = project.run("book", "-v")  # another command, which does not leave at once
        yield project


def text(project: Project, folder: str = "book/plaintext") -> str:
    return (project.build_folder / folder / "a-book.txt").read_text("utf-8")


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_the_book_is_built_with_it(built: Any) -> None:
    assert (built.done.returncode, built.done.stderr) == (0, "")
    assert text(built).endswith(TEXT)
    report = json.loads((built.build_folder / "book/report.json").read_text("utf-8"))
    assert {name: output["state"] for name, output in report["outputs"].items()} == {
        "html": "unchanged",
        "plaintext": "unchanged",
    }
    assert report["outputs"]["plaintext"]["files"] == 1


def test_pages_offer_it_for_download(built: Any) -> None:
    site = built.build_folder / "book/html"
    page = (site / "second/page.html").read_text("utf-8")
    assert 'href="../_downloads/a-book.txt"' in page
    assert "Download the book as plain text" in page
    assert "fas fa-file-lines" in page
    assert (site / "_downloads/a-book.txt").read_text("utf-8") == text(built)


def test_numbers_json_says_where_things_are_in_it(built: Any) -> None:
    rows = json.loads((built.build_folder / "book/numbers.json").read_text("utf-8"))["numbers"]
    assert {row["plaintext"] for row in rows} == {"a-book.txt"}
    assert {(row["pdf"], row["notebook"]) for row in rows} == {(None, None)}


def test_what_is_unchanged_is_not_written_again(built: Any) -> None:
    assert "nothing has changed since the last build" in built.again.stdout
    assert "nothing new for html, plaintext" in built.verbose.stdout


def test_another_version_of_its_code_is(textbook_site: Path, built: Any) -> None:
    file = textbook_site / "textbook_output.py"
    file.write_text(file.read_text("utf-8") + "\n# another version\n", "utf-8")
    done = built.run("book", "-v")
    assert done.returncode == 0
    assert "book: nothing new for html\n" in done.stdout
    assert "book: plaintext written" in done.stdout


def test_a_child_that_is_started_anew_writes_the_same(built: Any) -> None:
    before = text(built)
    shutil.rmtree(built.build_folder / "book/plaintext")
    done = built.run("book", "-D", "d2lbook_processes=spawn")
    assert (done.returncode, done.stderr) == (0, "")
    assert text(built) == before


def test_it_builds_alone_whether_it_is_listed_or_not(book: Project) -> None:
    done = book.run("plaintext")
    assert (done.returncode, done.stderr) == (0, "")
    assert text(book, "plaintext").endswith(TEXT)
    assert "The text is in _build/plaintext" in done.stdout


def test_a_wrong_number_in_it_gives_2(book: Project) -> None:
    book.conf += LISTED + WRONG
    done = book.run("book")
    assert done.returncode == 2
    said = "the outputs do not agree: first: 'first#inner' has the number 1.1 in the table, but the heading in "
    assert f"{said}{book.build_folder / 'book/plaintext/a-book.txt'} shows the number 1.7" in done.stderr
    assert done.stderr.count("the outputs do not agree") == 1


def test_a_wrong_number_gives_2_where_it_is_built_alone(book: Project) -> None:
    book.conf += WRONG
    done = book.run("plaintext")
    assert done.returncode == 2
    assert "shows the number 1.7" in done.stderr


def test_its_check_runs_in_a_whole_book(book: Project) -> None:
    book.conf += LISTED + TABS
    done = book.run("book")
    assert done.returncode == 2
    assert "the output 'plaintext' failed:" in done.stderr
    assert "a-book.txt:15: a tab, which not all see alike" in done.stderr
    assert (book.build_folder / "book/html/index.html").is_file()


def test_the_site_loses_files_that_no_output_names_any_longer(book: Project) -> None:
    downloads = book.build_folder / "book/html/_downloads"
    conf = book.conf
    book.conf = conf + LISTED
    assert book.run("book").returncode == 0
    (downloads / "by-hand.txt").write_text("mine", "utf-8")
    assert names(downloads) == ["a-book.txt", "by-hand.txt"]
    book.conf = conf + LISTED + TABS
    assert book.run("book").returncode == 2  # what failed is not known to be gone
    assert names(downloads) == ["a-book.txt", "by-hand.txt"]
    book.conf = conf.replace("A Book", "A Renamed Book") + LISTED
    assert book.run("book").returncode == 0
    assert names(downloads) == ["a-renamed-book.txt", "by-hand.txt"]
    book.conf = conf + "d2lbook_outputs = ['html']\n"
    assert book.run("book").returncode == 0
    assert names(downloads) == ["by-hand.txt"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (ELSEWHERE, "the address 'texts/{docname}.txt' of a download does not begin with 'plaintext/'"),
        (UPWARDS, "the address '../text.txt' of a download does not begin with 'plaintext/'"),
    ],
)
def test_an_address_that_is_not_its_own_is_refused(book: Project, change: str, fault: str) -> None:
    book.conf += LISTED + change
    done = book.run("book")
    assert done.returncode == 2
    assert f"the output 'plaintext' of textbook-output 1.0 cannot be used: {fault}" in done.stderr


@pytest.mark.parametrize("address", ["book.txt", "made/{docname}.txt", "made/{docname}/page.txt", "made/all.txt"])
def test_addresses_that_an_output_can_have(address: str) -> None:
    assert address_fault("made", address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "{docname}.txt",
        "other/{docname}.txt",
        "madeup/{docname}.txt",
        "other/all.txt",
        "/all.txt",
        "../all.txt",
        "made/../all.txt",
        "made//all.txt",
        "made/",
        "..",
        "",
    ],
)
def test_addresses_that_it_cannot_have(address: str) -> None:
    assert f"the address {address!r} of a download" in address_fault("made", address)


def test_its_check_joins_those_that_conf_py_can_choose(book: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    book.conf += TABS
    assert book.run("plaintext").returncode == 0  # "auto" leaves such checks to whole books and to CI
    book.conf += "d2lbook_checks = ['tabs']\n"
    done = book.run("plaintext")
    assert done.returncode == 2
    assert "a tab, which not all see alike" in done.stderr
    book.conf += "d2lbook_checks = ['tab']\n"
    done = book.run("plaintext")
    assert "takes any of 'numbers', 'codes', 'tabs', not 'tab'" in done.stderr


def test_a_build_that_looks_at_conf_py_alone_imports_no_output() -> None:
    program = (
        "import sys, sphinxcontrib_d2lbook.lifecycle.unchanged_build, sphinxcontrib_d2lbook.config\n"
        "print([name for name in sys.modules if name.startswith('sphinxcontrib_d2lbook.outputs')])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
