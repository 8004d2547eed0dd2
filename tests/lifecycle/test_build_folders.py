"""What a build writes below the source folder is never read as source."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from sphinxcontrib_d2lbook.lifecycle.build_folders import MARK, build_folders
from tests.conftest import NOTEBOOK
from tests.warm_builds import sphinx_build

pytestmark = pytest.mark.long

INDEX = "# Self\n\n```{toctree}\n:numbered:\none\n```\n"
ONE = NOTEBOOK + "(sec-a)=\n# One\n\nSee {numref}`sec-a`.\n\n```{code-cell}\n1 + 1\n```\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """A book with conf.py and all outputs among its pages."""
    (tmp_path / "conf.py").write_text("extensions = ['sphinxcontrib_d2lbook']\nproject = author = 'Self'\n")
    (tmp_path / "index.md").write_text(INDEX)
    (tmp_path / "one.md").write_text(ONE)
    return tmp_path


def run(book: Path, options: Sequence[str]) -> str:
    done = sphinx_build(options, book)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def notebooks(book: Path) -> set[Path]:
    return set(book.rglob("*.ipynb"))


def read(book: Path, builder: str, folder: str, doctrees: str) -> tuple[set[str], str]:
    """The pages that a builder without outputs of its own finds, and its warnings."""
    warning = StringIO()
    with patch_docutils(str(book)), docutils_namespace():
        app = Sphinx(book, book, book / folder, book / doctrees, builder, status=None, warning=warning, freshenv=False)
        app.build()
    return app.env.found_docs, warning.getvalue()


def test_a_build_reads_nothing_that_builds_wrote_before(book: Path) -> None:
    run(book, ["-M", "book", ".", "_build", "-c", "."])
    first = notebooks(book)
    assert first
    run(book, ["-M", "book", ".", "_build", "-c", ".", "-a", "-W"])
    assert notebooks(book) == first

    # Other outputs, other names, doctrees inside and beside: each of these builds finds what the one before it left.
    run(book, ["-W", "-b", "html", ".", "_site"])
    assert (book / "_site" / "_static" / "d2lbook-parts.css").is_file()  # made in the doctrees, which are inside
    run(book, ["-W", "-b", "html", "-d", "my trees", ".", "pages[1]/of * mine"])
    run(book, ["-W", "-b", "notebooks", ".", "for readers"])
    found, warnings = read(book, "dummy", "last", "trees")
    assert (found, warnings) == ({"index", "one"}, "")
    assert {path.parts[len(book.parts)] for path in notebooks(book)} == {
        "_build",
        "_site",
        "for readers",
        "jupyter_execute",
        "my trees",
        "pages[1]",
    } - ({"jupyter_execute"} if not (book / "jupyter_execute").is_dir() else set())


def test_a_folder_of_outputs_is_known_by_its_mark_under_a_new_name(book: Path) -> None:
    read(book, "text", "out", "trees")
    (book / "out" / "page.md").write_text("# Written\n")
    (book / "out").rename(book / "öld [out]")
    found, warnings = read(book, "text", "new", "trees")
    assert (found, warnings) == ({"index", "one"}, "")


def test_pages_beside_an_output_folder_are_read(book: Path) -> None:
    (book / "part").mkdir()
    (book / "part" / "two.md").write_text("# Two\n")
    read(book, "text", "part/out", "part/trees")
    found, _warnings = read(book, "text", "part/out", "part/trees")
    assert found == {"index", "one", "part/two"}


def test_notebooks_that_were_made_for_readers_can_be_a_book(tmp_path: Path) -> None:
    (tmp_path / MARK).touch()
    (tmp_path / "index.md").write_text("# Read\n")
    assert list(build_folders(tmp_path)) == []


def test_bibliographies_of_outputs_are_not_those_of_the_book(book: Path) -> None:
    (book / "books.bib").write_text("@book{a, title={A}, author={B}, year=2000}\n")
    read(book, "text", "out", "trees")
    (book / "out" / "copy.bib").write_text("@book{a, title={A}, author={B}, year=2000}\n")
    _found, warnings = read(book, "text", "out", "trees")
    assert warnings == ""
