"""Saved blocks become modules that import, keep their meaning, and change only where the book's code does."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.library import Library
from sphinxcontrib_d2lbook.library.object_dependencies import normalised
from sphinxcontrib_d2lbook.library.package_folder import write_package

Make = Callable[..., Library]

PAGES = [
    ["#@save: __init__\nimport math\nmath.answer = 42", "from d2l import mxnet as d2l"],
    [
        "#@save\nimport sys as system\nfrom os import path as p, sep\nimport json",
        '#@save\nclass Child(Parent):\n    r"""Raw."""',
        "#@save\nclass Parent:\n    'Short.'\n    def f(self):\n        '''Inner.'''\n",
        '#@save\ndef f(x):\n    """One é.\n\n      More.\n    """\n    return d2l.g(x), p, sep',
        '@staticmethod  #@save\ndef g(x): return "no docstring"',
        "#@save: tools\nN = 1  # one\n# two\nM = {}\n\n#@save: tools\nM['a'] = N",
    ],
]


def test_files(library: Make) -> None:
    files = library(*PAGES).files()
    assert sorted(files) == ["__init__.py", "mxnet.py", "py.typed", "tools.py"]
    assert (
        files["tools.py"]
        == '''\
# Generated from the pages of A Book. Do not edit: change the cell in the book and build. [0a67efc2]
"""d2l.tools: code that A Book teaches and saves."""


# From book/p1.md, sec_1 [cb71bb21]
N = 1  # one
# two
M = {}


# From book/p1.md, sec_1 [eafe14c2]
M['a'] = N


# What the module offers [55fee7a9]
__all__ = [
    "M",
    "N",
]
'''
    )
    module = files["mxnet.py"]
    assert (
        "import json\nimport sys\nimport sys as system\nfrom os import path as p, sep\n\nd2l = sys.modules[__name__]"
        in module
    )
    assert module.index("class Parent") < module.index("class Child")
    assert '"""Raw.\n\n    Defined in :numref:`sec_1`.\n    """' in module
    assert "'Short.\\n\\nDefined in :numref:`sec_1`.'" in module
    assert "'''Inner.'''" in module
    assert '"""One é.\n\n      More.\n\n    Defined in :numref:`sec_1`.\n    """' in module
    assert '@staticmethod\ndef g(x): return "no docstring"' in module


def run(folder: Path, code: str) -> str:
    script = f"import sys; sys.path.insert(0, {str(folder)!r}); {code}"
    return subprocess.run([sys.executable, "-I", "-c", script], capture_output=True, text=True, check=True).stdout


def test_the_package_imports(library: Make, tmp_path: Path) -> None:
    folder = library(*PAGES).snapshot(tmp_path)
    code = """
import d2l, math
from d2l import mxnet, tools
assert math.answer == 42 and d2l.f is mxnet.f and d2l.f(1)[0] == "no docstring"
assert d2l.p is mxnet.p and d2l.json and "d2l" not in mxnet.__all__ and d2l.__version__ == "1.0"
assert d2l.mxnet is mxnet and tools.M == {"a": 1}
print(d2l.__all__)
"""
    assert run(folder, f"exec({code!r})") == "['Child', 'Parent', 'f', 'g']\n"


def test_another_book_has_one_module(library: Make, tmp_path: Path) -> None:
    book = library(
        ["import notes as n\n#@save\ndef f(): return n.g()\n\n#@save\ndef g(): return 1"], package="notes", default=""
    )
    assert sorted(book.files()) == ["__init__.py", "py.typed"]
    assert run(book.snapshot(tmp_path), "import notes; print(notes.f(), notes.__all__)") == "1 ['f', 'g']\n"


def test_a_book_without_marks_has_no_package(library: Make) -> None:
    book = library(["x = 1"])
    assert not book
    assert book.files() == {}


def test_the_label_is_that_of_the_section(library: Make) -> None:
    cell = "```{{code-cell}}\n#@save\ndef {}():\n    'Doc.'\n```\n"
    page = (
        cell.format("a")
        + "(one)=\n(top)=\n# T\n"
        + cell.format("b")
        + "(first)=\n## First\n"
        + cell.format("c")
        + "### Deep\n````\n(no)=\n# no\n````\n"
        + cell.format("d")
        + "## Second\n"
        + cell.format("e")
        + "(not-a-heading)=\ntext\n{#third .x}\n## Third\n"
        + cell.format("g")
    )
    labels = {block.names[0]: block.label for block in library(page).blocks}
    assert labels == {"a": None, "b": "top", "c": "first", "d": "first", "e": "top", "g": "third"}
    assert "Defined in :doc:`/p0`." in library(page).files()["mxnet.py"]


def test_a_new_section_changes_nothing(library: Make) -> None:
    text = "(sec)=\n# T\n\n{}```{{code-cell}}\n#@save\ndef f():\n    '''Doc.'''\n```\n"
    before, after = (library(text.format(extra)).files() for extra in ("", "(new)=\n## New\n\nx\n\n(sec2)=\n# T\n"))
    texts = [re.sub(r" \[[0-9a-f]{8}\]$", "", files["mxnet.py"], flags=re.MULTILINE) for files in (before, after)]
    assert texts[0] == texts[1].replace("sec2", "sec")
    moved = library(text.format("much\n\nprose\n\n")).files()
    assert moved == before


def test_replaces(library: Make) -> None:
    text = library(
        ["#@save\ndef f(): return 1", "#@save\ndef g(): return 2", "#@save replaces\ndef f(): return 3"]
    ).files()["mxnet.py"]
    assert "return 1" not in text
    assert text.index("return 2") < text.index("return 3")


@pytest.mark.parametrize("title", ['A "quoted" book', "back\\slash", "two\nlines", "it's", '"""', "# {braces} ü"])
def test_titles_do_not_break_the_files(library: Make, title: str) -> None:
    book = library(["#@save\nx = 1"])
    book = replace(book, about=replace(book.about, title=title, version="1'\"\\"))
    for name, text in book.files().items():
        compile(text, name, "exec")
    assert ast.get_docstring(ast.parse(book.files()["mxnet.py"])) is not None


def test_the_snapshot_is_used_again(library: Make, tmp_path: Path) -> None:
    first = library(*PAGES).snapshot(tmp_path)
    stamp = (first / "d2l" / "mxnet.py").stat().st_mtime_ns
    assert library(*PAGES).snapshot(tmp_path) == first
    assert (first / "d2l" / "mxnet.py").stat().st_mtime_ns == stamp
    assert library(PAGES[0]).snapshot(tmp_path) != first
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_files_of_others_are_never_touched(library: Make, tmp_path: Path) -> None:
    files = library(*PAGES).files()
    assert write_package(tmp_path, files, "d2l", library(*PAGES).origin) == sorted(files)
    assert write_package(tmp_path, files, "d2l", library(*PAGES).origin) == []
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "own.py").write_text("mine = 1")
    del files["tools.py"]
    assert write_package(tmp_path, files, "d2l", library(*PAGES).origin) == ["tools.py"]
    assert {path.name for path in tmp_path.iterdir()} == {"__init__.py", "mxnet.py", "py.typed", "notes.txt", "own.py"}
    (tmp_path / "mxnet.py").write_text("mine = 1")
    with pytest.raises(BookProblems, match=r"d2l/mxnet\.py:1: .* not a generated one; move it away"):
        write_package(tmp_path, files, "d2l", library(*PAGES).origin)


DOCS = st.text(alphabet="ab é\\\"'\n#{}`", max_size=12)
PREFIXES = st.sampled_from(["", "r", "u", "R"])
QUOTES = st.sampled_from(['"""', "'''", '"', "'"])


@pytest.mark.filterwarnings("ignore:invalid escape")
@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(DOCS, PREFIXES, QUOTES, st.booleans()), min_size=1, max_size=4))
def test_docstrings_never_change_the_code(library: Make, parts: list[tuple[str, str, str, bool]]) -> None:
    cells = []
    for number, (doc, prefix, quotes, is_class) in enumerate(parts):
        head = f"class C{number}:" if is_class else f"def f{number}():"
        source = f"{head}\n    {prefix}{quotes}{doc}{quotes}\n    x = 'é'"
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                compile(source, "", "exec")
        except (SyntaxError, ValueError):
            continue
        cells.append(source)
    if not cells:
        return
    text = library([f"#@save\n{cell}" for cell in cells]).files()["mxnet.py"]
    found = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef | ast.FunctionDef)]
    assert [normalised(node) for node in found] == [normalised(ast.parse(cell).body[0]) for cell in cells]
    for node, cell in zip(found, cells, strict=True):
        old = ast.get_docstring(ast.parse(cell).body[0], clean=False)
        new = ast.get_docstring(node, clean=False)
        if old is not None and new != old:  # several literals in a row stay as they are
            assert new is not None
            assert new.startswith(old.rstrip())
            assert new.rstrip().endswith("Defined in :numref:`sec_0`.")


@settings(max_examples=30, deadline=None)
@given(st.permutations(["a = 1", "print(2)", "%time x", "b = a"]), st.permutations(range(4)))
def test_unmarked_cells_and_their_order_do_not_count(library: Make, unmarked: list[str], places: list[int]) -> None:
    marked = ["#@save\nimport os", "#@save\ndef f(): return os", "#@save\ndef g(): return f"]
    cells = list(marked)
    for place, cell in zip(places, unmarked, strict=True):
        cells.insert(min(place, len(cells)), cell)
    assert library(cells).files() == library(marked).files()
