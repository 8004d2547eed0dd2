"""The package is collected, checked and written before Sphinx reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common.errors import BookError, BookProblems
from sphinxcontrib_d2lbook.library.extension import collected

Page = Callable[[str], str]
INDEX = "# Book\n\n```{toctree}\nb\na\n```\n"
CELL = "# T\n\n```{code-cell}\n#@save\ndef %s(): return 1\n```\n"


@pytest.fixture
def book(project: Any, page: Page) -> Any:
    project.conf += "d2lbook_package = 'pkg'\nnb_execution_mode = 'off'\n"
    project.write({"index.md": INDEX, "a.md": page(CELL % "f"), "b.md": page(CELL % "g")})
    return project


def test_collected_in_reading_order(book: Any) -> None:
    with book.app() as app:
        found = collected(app)
    assert found.order == ["index", "b", "a"]
    assert [block.names for block in found.library.blocks] == [("g",), ("f",)]
    assert found.notebooks["a"].path == "book/a.md"
    text = (book.folder / "pkg" / "__init__.py").read_text()
    assert text.index("def g") < text.index("def f")
    assert "written: pkg/__init__.py, pkg/py.typed" in book.status.getvalue()


def test_a_second_build_writes_nothing(book: Any) -> None:
    with book.app():
        pass
    stamp = (book.folder / "pkg" / "__init__.py").stat().st_mtime_ns
    with book.app():
        pass
    assert (book.folder / "pkg" / "__init__.py").stat().st_mtime_ns == stamp
    assert "written:" not in book.status.getvalue()


def test_a_refused_book_writes_nothing(book: Any, page: Page) -> None:
    book.write({"a.md": page(CELL % "g")})
    with pytest.raises(BookProblems, match=r"book/a\.md:10: 'g' is saved already at book/b\.md:10"), book.app():
        pass
    assert not (book.folder / "pkg").exists()


def test_all_pages_are_read_before_a_refusal(book: Any) -> None:
    broken = "---\nfile_format: mystnb\n---\n\n+++ {\n"
    book.write({"a.md": broken, "b.md": broken})
    (book.source / "c.md").write_bytes(b"# T\n\n\xff\n")
    with pytest.raises(BookProblems) as err, book.app():
        pass
    assert [problem.split(": ")[0] for problem in err.value.problems] == ["book/a.md:5", "book/b.md:5", "book/c.md:3"]


def test_a_mark_outside_the_book_is_refused(book: Any, page: Page) -> None:
    book.write({"lost.md": page(CELL % "h")})
    with pytest.raises(BookProblems, match=r"book/lost\.md:9: .* no toctree reaches its page"), book.app():
        pass


def test_excluded_pages_do_not_count(book: Any, page: Page) -> None:
    book.conf += "exclude_patterns = ['lost.md', '_*']\n"
    book.write({"lost.md": page(CELL % "f"), "_draft/x.md": page(CELL % "f")})
    with book.app() as app:
        assert sorted(collected(app).notebooks) == ["a", "b", "index"]


def test_another_order_in_sphinx_is_an_error(book: Any) -> None:
    book.conf += (
        "def reorder(app, env):\n    env.toctree_includes['index'].reverse()\n"
        "def setup(app):\n    app.connect('env-get-updated', reorder, priority=1)\n"
    )
    with book.app() as app, pytest.raises(BookError, match=r"collected in another order .*: b, a; Sphinx: a, b"):
        app.build()


def test_a_book_that_saves_nothing_gets_no_folder(project: Any, page: Page) -> None:
    project.write({"index.md": page("# T\n\n```{code-cell}\nx = 1\n```\n")})
    with project.app() as app:
        assert not collected(app).library
    assert [path.name for path in project.folder.iterdir() if path.suffix != ".py"] in (
        ["book"],
        ["book", "_build"],
        ["_build", "book"],
    )


def test_the_package_has_a_name_of_its_own(project: Any, page: Page) -> None:
    project.write({"index.md": page("# T\n\n```{code-cell}\n# Save to the a_book package\nx = 1\n```\n")})
    with project.app() as app:
        assert collected(app).library.package == "a_book"
    assert (project.folder / "a_book" / "__init__.py").is_file()


def test_hints_of_marks_are_told_in_each_build_and_refuse_nothing(book: Any, page: Page) -> None:
    short = "# T\n\n```{code-cell}\n#@save\nimport os\n\ndef h(): pass\n```\n"
    other = "# T\n\n```{code-cell}\n# Save to the pgk package\ndef g(): pass\n```\n"
    book.write({"a.md": page(short), "b.md": page(other)})
    for _ in range(2):
        with book.app():
            pass
        said = book.warning.getvalue()
        assert "a.md:9: WARNING: this mark saves the import only: a blank line ends the block" in said
        assert "b.md:9: WARNING: this comment saves nothing: it names the package 'pgk'" in said
        assert "did you mean 'pkg'?" in said


def test_options_that_do_not_exist_are_told(book: Any) -> None:
    book.conf += "d2lbook_pakage = 'x'\nd2lbook_nothing_of_the_kind = 1\nd2lbook_helper = len\n"
    with book.app():
        pass
    said = book.warning.getvalue()
    assert "conf.py:5: WARNING: there is no option 'd2lbook_pakage'; did you mean 'd2lbook_package'" in said
    assert "there is no option 'd2lbook_nothing_of_the_kind'" in said
    assert "d2lbook_helper" not in said
