"""A build with the same sources collects nothing again, and comes to the same result."""

from __future__ import annotations

import ast
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.library import Library
from sphinxcontrib_d2lbook.library import extension as room
from sphinxcontrib_d2lbook.library.extension import collected

Page = Callable[[str], str]
CELL = "# T\n\n```{code-cell}\n#@save\nimport os\n\n#@save\ndef %s(): return os\n```\n"
READ = "sphinxcontrib_d2lbook.library.extension.read_notebook"
BUILD = "sphinxcontrib_d2lbook.library.extension.build_library"


@pytest.fixture
def book(project: Any, page: Page) -> Any:
    project.conf += "d2lbook_package = 'pkg'\nnb_execution_mode = 'off'\n"
    project.write({"index.md": "# B\n\n```{toctree}\na\nb\n```\n", "a.md": page(CELL % "f"), "b.md": page(CELL % "g")})
    return project


def collect(book: Any) -> room.Collected:
    with book.app() as app:
        return collected(app)


def memory(book: Any) -> Path:
    return Path(book.build_folder / "doctrees" / "d2lbook")


def test_nothing_is_collected_again(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    first = collect(book)
    monkeypatch.setattr(READ, None)
    monkeypatch.setattr(BUILD, None)
    second = collect(book)
    assert (second.order, second.notebooks) == (first.order, first.notebooks)
    assert second.library.files() == first.library.files()
    assert second.library.symbols == first.library.symbols
    assert second.library.blocks == first.library.blocks


def test_only_changed_pages_are_read_again(book: Any, page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    collect(book)
    seen: list[str] = []
    real = room.read_notebook

    def spy(text: str, docname: str, *arguments: Any, **options: Any) -> Any:
        seen.append(docname)
        return real(text, docname, *arguments, **options)

    monkeypatch.setattr(READ, spy)
    book.write({"b.md": page(CELL % "h")})
    assert "def h" in collect(book).library.files()["__init__.py"]
    assert seen == ["b"]
    (book.source / "b.md").unlink()
    assert "def h" not in collect(book).library.files()["__init__.py"]


@pytest.mark.parametrize(
    "conf",
    [
        "d2lbook_save_marks = ['#@save(?=.import)']",
        "release = '7'",
        "d2lbook_default_module = 'm'",
        "myst_enable_extensions = []",
    ],
)
def test_a_changed_value_counts(book: Any, conf: str) -> None:
    before = memory_key(book)
    book.conf += conf + "\n"
    assert memory_key(book) != before


def memory_key(book: Any) -> str:
    collect(book)
    found = room.recall(memory(book))
    assert found is not None
    return found.key


def test_a_refused_book_is_refused_again(book: Any, page: Page) -> None:
    collect(book)
    book.write({"b.md": page(CELL % "f")})
    for _ in range(2):
        with pytest.raises(BookProblems):
            collect(book)


@pytest.mark.parametrize(
    "spoil", [lambda data: data[:-9], lambda data: b"", lambda data: data[:400] + b"\0" + data[401:]]
)
def test_a_spoiled_memory_is_passed_over(book: Any, spoil: Callable[[bytes], bytes]) -> None:
    first = collect(book)
    file = memory(book) / "remembered" / "collected.pickle"
    file.write_bytes(spoil(file.read_bytes()))
    assert room.recall(memory(book)) is None
    assert collect(book).library.files() == first.library.files()


def test_a_file_that_a_cell_loads_counts(book: Any, page: Page) -> None:
    (book.source / "code.py").write_text("#@save\ndef f(): return 1")
    book.write({"a.md": page("# T\n\n```{code-cell}\n:load: code.py\n```\n")})
    collect(book)
    (book.source / "code.py").write_text("#@save\ndef f(): return 2")
    assert "return 2" in collect(book).library.files()["__init__.py"]


def test_trees_are_made_again_with_their_lines(library: Callable[..., Library]) -> None:
    book = library(
        ["x = 1\n\n#@save\nclass A:\n    def f(self): pass\n\n#@save\n# why\n@add_to_class(A)\ndef f2(self):\n    pass"]
    )
    again = pickle.loads(pickle.dumps(book))
    for old, new in zip(book.modules["mxnet"].items, again.modules["mxnet"].items, strict=True):
        for one, other in zip(old.parts, new.parts, strict=True):
            dumps = [[ast.dump(s, include_attributes=True) for s in part.statements] for part in (one, other)]
            assert dumps[0] == dumps[1]
    assert again.files() == book.files()
