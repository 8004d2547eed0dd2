"""A build with the same sources collects nothing again, and comes to the same result."""

from __future__ import annotations

import ast
import pickle
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.execution.extension import decide
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


@pytest.mark.parametrize("seed", [0, 1])
def test_edits_of_included_files_count_for_the_pages_that_include_them(book: Any, page: Page, seed: int) -> None:
    chance = random.Random(seed)
    prose = dict.fromkeys(("one", "two", "inner"), 0)
    code = dict.fromkeys(("one", "two", "inner"), 0)
    # File -> the files of whose text it consists; pages include them in this order.
    parts = {"one": ["one", "inner"], "two": ["two"]}
    pages = {"a": ["one", "two"], "b": ["two"]}

    def write() -> None:
        for name in prose:
            inside = "```{include} parts/inner.txt\n```\n" if name == "one" else ""
            cell = f"```{{code-cell}}\n{name} = {code[name]}\n```\n"
            book.write({f"parts/{name}.txt": f"Text {prose[name]}.\n\n{cell}\n{inside}"})

    def digests() -> dict[str, list[str]]:
        with book.app() as app:
            plans = decide(app).session.plans
            return {name: [part for key, part in plans[name].task.parts.items() if "code of" in key] for name in pages}

    def cells_of(name: str) -> list[str]:
        return [f"{part} = {code[part]}" for file in pages[name] for part in parts[file]]

    book.conf = book.conf.replace("nb_execution_mode = 'off'\n", "")
    texts = {
        name: "\n\n".join(f"```{{include}} parts/{file}.txt\n```" for file in files) for name, files in pages.items()
    }
    book.write({f"{name}.md": page(f"# {name}\n\n{text}\n") for name, text in texts.items()})
    write()
    before = digests()
    for _ in range(6):
        name, kind = chance.choice(list(prose)), chance.choice([prose, code])
        kind[name] += 1
        write()
        after = digests()
        sources = {page: [cell.source for cell in collect(book).notebooks[page].code_cells] for page in pages}
        assert sources == {page: cells_of(page) for page in pages}
        shown_on = {page for page, files in pages.items() if any(name in parts[file] for file in files)}
        assert {page for page in pages if after[page] != before[page]} == (shown_on if kind is code else set())
        before = after
