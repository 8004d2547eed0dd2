"""What an author is told of comments that look like marks, and of marks that save less than they seem to."""

from __future__ import annotations

from typing import Any

import pytest

from sphinxcontrib_d2lbook.notebook import Cell, Notebook
from sphinxcontrib_d2lbook.notebook.mark_hints import hints
from sphinxcontrib_d2lbook.notebook.save_marks import MarkGrammar, default_patterns

GRAMMAR = MarkGrammar(default_patterns("tales"))
LINE = 10


def told(*cells: str, grammar: MarkGrammar = GRAMMAR, package: str = "tales", **metadata: Any) -> list[tuple[str, str]]:
    code = tuple(Cell("code", source, LINE * (index + 1), index) for index, source in enumerate(cells))
    return [(hint.place, hint.text) for hint in hints(Notebook("a", "a.md", code, metadata, True), grammar, package)]


@pytest.mark.parametrize(
    ("source", "what", "name"),
    [
        ("#@save\nimport a\n\ndef f(): pass", "the import", "f"),
        ("#@save\nimport a\nfrom b import c\n\n\n@dec\nclass C: pass", "the 2 imports", "C"),
        ("#@save\nx = 1\n\nasync def g():\n    pass", "the statement", "g"),
        ("#@save\nx = 1\nimport y\n\ndef g(): pass", "the 2 statements", "g"),
    ],
)
def test_an_unmarked_definition_behind_a_marked_run(source: str, what: str, name: str) -> None:
    [(place, text)] = told(source)
    assert place == "a.md:10"
    assert text == (
        f"this mark saves {what} only: a blank line ends the block, and {name!r} after it is not saved; mark it too, "
        "or write it in a cell of its own"
    )


@pytest.mark.parametrize(
    "cells",
    [
        ["#@save\nimport a\n\n#@save\ndef f(): pass"],
        ["#@save\nimport a\n\ndef f():  #@save\n    pass"],
        ["#@save\nimport a\n\n# An example that is not saved:\ndef f(): pass"],
        ["#@save\nimport a\n\nprint(a)\n\ndef f(): pass"],
        ["#@save\nimport a", "def f(): pass"],
        ["import a  #@save\n\ndef f(): pass"],
        ["#@save\ndef g(): pass\n\ndef f(): pass"],
    ],
)
def test_what_says_what_it_saves(cells: list[str]) -> None:
    assert told(*cells) == []


def test_a_mark_for_another_package_is_told_once_a_page() -> None:
    found = told("x = 1\n# Save to the tale package\ndef f(): pass", "# Saved to the `tale` package\ny = 1")
    [(place, text)] = found
    assert place == "a.md:11"
    assert text == (
        "this comment saves nothing: it names the package 'tale', and this book's is 'tales' (d2lbook_package); did "
        "you mean 'tales'?"
    )
    [(place, text)] = told("# Save in the numpy package.\nx = 1")
    assert (place, text.rpartition("; ")[2]) == ("a.md:10", "write that name, or other words")


@pytest.mark.parametrize(
    "source",
    [
        "# Save to the tales package\nx = 1",
        "# Saved in the other package for later use\nx = 1",
        "# Please save it to the disk",
        "%%bash\n# Save to the other package",
    ],
)
def test_marks_that_are_followed_and_comments_that_are_none(source: str) -> None:
    assert told(source) == []


def test_books_with_marks_of_their_own_and_pages_of_other_languages() -> None:
    assert told("# Save to the other package\nx = 1", package="") == []
    assert told("# Save to the other package\nx = 1", kernelspec={"name": "ir", "language": "R"}) == []
