"""What the package offers, and where pages use it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sphinxcontrib_d2lbook.library import Library
from sphinxcontrib_d2lbook.library.code_occurrences import occurrences
from sphinxcontrib_d2lbook.library.public_objects import find, names_saved, saved_in_cells, saved_objects
from sphinxcontrib_d2lbook.notebook import Notebook, read_notebook
from sphinxcontrib_d2lbook.notebook.save_marks import MarkGrammar, default_patterns

SAVED = '''#@save
def train(net, /, lr: float = 0.1, *batches, epochs=(1, 2), **options) -> float:
    """Train.

    net: a model.
    """

#@save
class Net(object):
    """A net."""
    def __init__(self, size=3): self.size = size
    @property
    def width(self): return 1
    async def fit(self, x): pass
    def _hidden(self): pass

#@save
RATE: float = 0.5

#@save
def _private(): pass

#@save
import os
'''


def page(*cells: str) -> Notebook:
    text = "---\nfile_format: mystnb\n---\n# T\n\n" + "".join(f"```{{code-cell}}\n{cell}\n```\n\n" for cell in cells)
    return read_notebook(text, "p", "book/p.md")


@pytest.fixture
def book(library: Callable[..., Library]) -> Library:
    return library([SAVED], ["# Save to the d2l package: data\ndef load(): pass"])


def test_objects_have_signatures(book: Library) -> None:
    found = saved_objects(book)
    assert [(one.qualified, one.shown, one.kind) for one in found.values()] == [
        ("d2l.data.load", "d2l.data.load", "function"),
        ("d2l.mxnet.train", "d2l.train", "function"),
        ("d2l.mxnet.Net", "d2l.Net", "class"),
        ("d2l.mxnet.Net.width", "d2l.Net.width", "method"),
        ("d2l.mxnet.Net.fit", "d2l.Net.fit", "method"),
        ("d2l.mxnet.RATE", "d2l.RATE", "data"),
    ]
    train, net = found["d2l.mxnet.train"], found["d2l.mxnet.Net"]
    assert [(one.name, one.annotation, one.default) for one in train.parameters or ()] == [
        ("net", "", ""),
        ("/", "", ""),
        ("lr", "float", "0.1"),
        ("*batches", "", ""),
        ("epochs", "", "(1, 2)"),
        ("**options", "", ""),
    ]
    assert (train.returns, train.docstring) == ("float", "Train.\n\nnet: a model.")
    assert [one.name for one in net.parameters or ()] == ["size"]
    assert net.bases == ("object",)
    assert found["d2l.mxnet.Net.width"].parameters is None
    assert found["d2l.mxnet.Net.fit"].words == ("async",)
    assert (found["d2l.mxnet.RATE"].value, found["d2l.mxnet.RATE"].annotation) == ("0.5", "float")


@pytest.mark.parametrize(
    ("parameters", "names"),
    [("a, *, b", ["a", "*", "b"]), ("", []), ("*a, b=1", ["*a", "b"]), ("a, /", ["a", "/"])],
)
def test_stars_and_slashes_stand_where_they_stood(library: Any, parameters: str, names: list[str]) -> None:
    found = saved_objects(library([f"#@save\ndef f({parameters}): pass"]))
    assert [one.name for one in found["d2l.mxnet.f"].parameters or ()] == names


def test_what_one_of_two_branches_defines_is_an_object(library: Any) -> None:
    cell = "#@save\ntry:\n    from os import fork\nexcept ImportError:\n    def spawn():\n        '''Other.'''\n"
    found = saved_objects(library([cell]))
    assert {name: one.kind for name, one in found.items()} == {"d2l.mxnet.spawn": "function"}


def test_a_method_added_later_belongs_to_its_class(library: Any) -> None:
    adder = "#@save\ndef add_to_class(c):\n    return lambda f: setattr(c, f.__name__, f)\n\n#@save\nclass Net: pass\n"
    cell = "#@save\n@d2l.add_to_class(Net)\ndef fit(self, x): pass"
    book = library([adder], [cell])
    found = saved_objects(book)
    fit = found["d2l.mxnet.Net.fit"]
    assert (fit.owner, fit.item.label, [one.name for one in fit.parameters or ()]) == ("d2l.mxnet.Net", "sec_1", ["x"])
    assert names_saved(book.blocks[-1], book.about.names) == [("d2l.mxnet.Net.fit", "d2l.Net.fit")]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("train", "d2l.mxnet.train"),
        ("d2l.train", "d2l.mxnet.train"),
        ("mxnet.train", "d2l.mxnet.train"),
        ("d2l.mxnet.train", "d2l.mxnet.train"),
        ("load", "d2l.data.load"),
        ("data.load", "d2l.data.load"),
        ("Net.fit", "d2l.mxnet.Net.fit"),
        ("d2l.Net.fit", "d2l.mxnet.Net.fit"),
        ("Net.none", None),
        ("none", None),
        ("os", None),
        ("d2l", None),
        ("", None),
    ],
)
def test_authors_name_objects(book: Library, name: str, found: str | None) -> None:
    assert find(name, saved_objects(book), book) == found


def spans(book: Library, *cells: str) -> list[tuple[str, str]]:
    """(text that is marked, object), in the order of the text; "?" where the place is not known."""
    notebook = page(*cells)
    found = []
    for use in occurrences(notebook, saved_objects(book), book):
        lines = notebook.cells[use.cell].source.split("\n")
        text = lines[use.span.line - 1][use.span.start : use.span.end] if use.span else "?"
        key = (use.cell, use.span.line, use.span.start) if use.span else (0, 0, 0)
        found.append((key, text, use.symbol.removeprefix("d2l.")))
    return [(text, symbol) for _, text, symbol in sorted(found)]


IMPORT = "from d2l import mxnet as d2l"


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([IMPORT, "d2l.train(1)"], [("d2l.train", "mxnet.train")]),
        (["import d2l", "d2l.train"], [("d2l.train", "mxnet.train")]),
        (["import d2l", "d2l.mxnet.train"], [("d2l.mxnet.train", "mxnet.train")]),
        (["import d2l.data as dd", "dd.load()"], [("dd.load", "data.load")]),
        ([IMPORT, "x = d2l.Net().fit(1)"], [("d2l.Net", "mxnet.Net")]),
        ([IMPORT, "d2l.Net.fit"], [("d2l.Net.fit", "mxnet.Net.fit")]),
        ([IMPORT, "d2l.RATE.real"], [("d2l.RATE", "mxnet.RATE")]),
        ([IMPORT, "s = 'ä'; d2l.train"], [("d2l.train", "mxnet.train")]),
        ([IMPORT, "f'{d2l.RATE}'"], [("d2l.RATE", "mxnet.RATE")]),
        ([IMPORT, "(d2l\n .train)"], [("train", "mxnet.train")]),
        ([IMPORT, "%timeit d2l.train()\nd2l.train"], [("d2l.train", "mxnet.train")]),
        (["from d2l.mxnet import train as fit", "fit()"], [("train", "mxnet.train"), ("fit", "mxnet.train")]),
        (["from d2l import train\nf(train=train)"], [("train", "mxnet.train"), ("train", "mxnet.train")]),
        # What is no use of the package:
        ([IMPORT, "# d2l.train\n'd2l.train'"], []),
        ([IMPORT, "x.d2l.train; d2l.os; d2l.nothing; d2l"], []),
        ([IMPORT, "d2l = 3\nd2l.train"], []),
        ([IMPORT, "def f(d2l): return d2l.train"], []),
        (["from d2l import train", "def train(): pass", "train()"], [("train", "mxnet.train")]),
        ([IMPORT, "d2l.train = 3"], []),
        ([IMPORT, "%%bash\nd2l.train"], []),
        (["x = 1"], []),
    ],
)  # fmt: skip
def test_uses_are_found_by_the_syntax(book: Library, cells: list[str], expected: list[tuple[str, str]]) -> None:
    assert spans(book, *cells) == expected


def test_cells_know_what_they_save(library: Any) -> None:
    cells = ["x = 1", "#@save\na = 1\n\n#@save\ndef b(): pass", "#@save\nimport os"]
    text = "---\nfile_format: mystnb\n---\n# T\n\n" + "".join(f"```{{code-cell}}\n{cell}\n```\n\n" for cell in cells)
    book = library(text.partition("---\n# ")[2].join(["# ", ""]))
    notebook = read_notebook("---\nfile_format: mystnb\n---\n# " + text.partition("---\n# ")[2], "p0", "book/p0.md")
    saved = saved_in_cells(notebook, MarkGrammar(default_patterns("d2l")), book)
    positions = [cell.index for cell in notebook.code_cells]
    assert {positions.index(cell): [block.names for block in blocks] for cell, blocks in saved.items()} == {
        1: [("a",), ("b",)],
        2: [("os",)],
    }
