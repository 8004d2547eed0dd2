"""Whatever a book saves: the package imports, keeps each definition's meaning, and hangs on nothing but the sources."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.library import Library
from sphinxcontrib_d2lbook.library.object_dependencies import normalised

Make = Callable[..., Library]

FORMS = [
    "async def {0}(x):\n    return x",
    "@functools.cache\ndef {0}(x=1, *, y: int = 2) -> int:\n    '''Doc.'''\n    return x + y",
    "class {0}:\n    n: int = 3\n    def f(self):\n        return {1}",
    "@functools.total_ordering\nclass {0}:\n    def __eq__(self, o): pass\n    def __lt__(self, o): return False",
    "{0} = [1,\n  2]",
    "{0}: int = 5",
    "{0}, {0}_b = 1, 2",
    "if TYPE_CHECKING:\n    {0} = 1\nelse:\n    {0} = 2",
    "try:\n    import surely_not_there as {0}\nexcept ImportError:\n    {0} = None",
    "with contextlib.suppress(ValueError):\n    {0} = int('1')",
    "def {0}():\n    return {1}, d2l.{1}",
    "{0} = ({1}, 'eager')",
]
IMPORTS = (
    "#@save\nimport functools, contextlib\nfrom typing import TYPE_CHECKING\nimport os.path\nfrom os import path as p\n"
)
UNMARKED = [
    "%matplotlib inline",
    "!ls",
    "y = 1\nz = y",
    "%%bash\necho",
    "print('x')\n?print",
    "for i in range(3):\n    i",
]


@st.composite
def books(draw: st.DrawFn) -> tuple[list[str], list[str]]:
    """Cells to save, each with a definition of one form, and the definitions' sources."""
    count = draw(st.integers(1, 6))
    sources = []
    for number in range(count):
        other = f"name_{draw(st.integers(0, max(number - 1, 0)))}" if number else "os"
        sources.append(draw(st.sampled_from(FORMS)).format(f"name_{number}", other))
    before = st.sampled_from(["%time 1\n#@save\n", "#@save\n", "x = 1\n\n#@save\n"])
    return [IMPORTS, *(draw(before) + source for source in sources)], sources


@settings(max_examples=60, deadline=None)
@given(books(), st.data())
def test_the_meaning_is_kept(library: Make, book: tuple[list[str], list[str]], data: st.DataObject) -> None:
    cells, sources = book
    files = library(cells).files()
    found = {normalised(node) for node in ast.parse(files["mxnet.py"]).body}
    for source in sources:
        assert normalised(ast.parse(source).body[0]) in found
    namespace: dict[str, Any] = {"__name__": "d2l.mxnet"}
    sys.modules["d2l.mxnet"] = type(sys)("d2l.mxnet")
    try:
        exec(compile(files["mxnet.py"], "mxnet.py", "exec"), namespace)  # noqa: S102 - to import it is the question
    finally:
        del sys.modules["d2l.mxnet"]
    assert set(namespace["__all__"]) <= namespace.keys()
    assert {f"name_{number}" for number in range(len(sources))} <= set(namespace["__all__"])

    mixed = list(cells)
    for unmarked in data.draw(st.permutations(UNMARKED)):
        mixed.insert(data.draw(st.integers(0, len(mixed))), unmarked)
    assert library(mixed).files() == files


def test_several_marks_in_a_cell_with_magics_and_shell_lines(library: Make) -> None:
    cell = (
        "%matplotlib inline\n!pip list\n#@save\nimport os\n\n#@save\nA: int = 1\n\nfiles = !ls\n"
        "async def f():  #@save\n    return A\n\nB = 2  #@save\nprint(A)\n#@save\n@f\nclass C: pass\n"
    )
    assert [block.names for block in library([cell]).blocks] == [("os",), ("A",), ("f",), ("B",), ("C",)]
    assert [block.line for block in library([cell]).blocks] == [11, 14, 17, 20, 23]


CONF = "extensions = ['sphinxcontrib_d2lbook']\nproject = 'Büch'\nd2lbook_package = 'pkg'\n"
PAGE = "# Ü\n\n```{code-cell}\n#@save\nimport sys, os\nfrom os import sep\n\n#@save\nNAMES = {'é', 'b'}\n```\n"
BUILD = (
    "import os, sys; os.umask(int(sys.argv[2], 8));"
    "from sphinxcontrib_d2lbook.commands.main import main; sys.exit(main(['package', '--write', '-c', sys.argv[1]]))"
)


@pytest.mark.long
def test_the_same_bytes_whatever_the_surroundings(tmp_path: Path, page: Callable[[str], str]) -> None:
    """Path, umask, locale, time zone and hash seed leave no trace."""
    sums = []
    for number, (seed, locale, mask) in enumerate([("0", "C", "022"), ("77", "C.UTF-8", "077")]):
        folder = tmp_path / ("x" * number) / "a b"
        (folder / "book").mkdir(parents=True)
        (folder / "conf.py").write_text(CONF, encoding="utf-8")
        (folder / "book" / "index.md").write_text(page(PAGE), encoding="utf-8")
        around = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": locale, "TZ": f"X{number}"}
        command = [sys.executable, "-c", BUILD, str(folder), mask]
        subprocess.run(command, env=around, check=True, capture_output=True, timeout=120)
        files = sorted((folder / "pkg").iterdir())
        sums.append([(file.name, hashlib.sha256(file.read_bytes()).hexdigest()) for file in files])
    assert sums[0] == sums[1]


FAULTS = {
    "a": ("#@save\ndef f(): pass\n\n#@save\nimport os", ""),
    "b": ("#@save\ndef f(): pass", "book/b.md:11: 'f' is saved already at book/a.md:11"),
    "c": ("#@save\ndef c(): return nothing", "book/c.md:11: 'nothing' is used in a saved block, but is neither"),
    "d": ("rate = 1\n#@save\ndef d(): return rate", "book/d.md:12: a saved block reads 'rate', a variable of its"),
    "e": ("#@save\nimport posixpath as os", "book/e.md:11: 'os' is imported as posixpath, but as os at book/a.md:14"),
    "g": ("#@save: random\nx = 1", "book/g.md:11: a module 'random' would have the name of one of Python's own"),
    "h": ("#@save\npkg = 1", "book/h.md:11: this defines 'pkg', the name of the package itself"),
    "i": ("#@save\ndef (:", "book/i.md:11: this cell has a block to save, but is not valid Python"),
    "j": ("#@save\nimport docutils", "book/j.md:11: 'docutils' is imported, which is of the distribution docutils"),
    "k": ("#@save\nclass K(L): pass\n\n#@save\nclass L(K): pass", "book/k.md:11: these need each other while"),
    "l": ("#@save: one\nfrom pkg.two import b\n\n#@save: one\na = 1", "book/l.md:11: modules of the package import"),
    "m": ("#@save: two\nfrom pkg.one import a\n\n#@save: two\nb = 1", ""),
    "n": ("#@save\n@pkg.add_to_class(Nowhere)\ndef n(self): pass", "book/n.md:12: this adds a method to 'Nowhere'"),
}
LOST = ("#@save\ndef lost(): pass", "book/lost.md:10: this block is to be saved, but no toctree reaches its page")


def test_a_book_with_a_fault_of_each_kind(project: Any, page: Callable[[str], str]) -> None:
    """All are told in one go, and Sphinx ends without a traceback."""
    project.conf += "d2lbook_package = 'pkg'\nd2lbook_requirements = {'PyYAML': ''}\n"
    text = "(sec_{0})=\n# T\n\n```{{code-cell}}\n{1}\n```\n"
    pages = {name: cell for name, (cell, _) in FAULTS.items()} | {"lost": LOST[0]}
    project.write({f"{name}.md": page(text.format(name, cell)) for name, cell in pages.items()})
    project.write({"index.md": "# B\n\n```{toctree}\n" + "\n".join(FAULTS) + "\n```\n"})
    done = project.run("package")
    assert done.returncode != 0
    assert "Traceback (most recent" not in done.stderr
    expected = [words for _, words in FAULTS.values() if words] + [LOST[1]]
    lines = [line for line in done.stderr.splitlines() if re.search(r"book/\w+\.md:\d+: ", line)]
    for words in expected:
        assert sum(words in line for line in lines) == 1, (words, done.stderr)
    assert len(lines) == len(expected), done.stderr
    assert all(";" in line or ":" in line.partition(": ")[2] for line in lines)
    assert not (project.folder / "pkg").exists()
