"""The names that code uses, found in one walk, are those that `ast.walk` finds."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.notebook import code_names
from sphinxcontrib_d2lbook.notebook.cells import Cell
from sphinxcontrib_d2lbook.notebook.code_names import ImportedName, NamesUsed, names_of, read_code

SOURCES = [
    "x = -a.b[c:d, ::2] if not (e.f.g and f) else [g.h().i for h in i if j < k.l != m]",
    """
match p.q:
    case {'q': r, **s} | [t, *u] if v.w:
        pass
    case W.X(x=y):
        pass
""",
    """
async def f(a, /, b: int.c = 1, *c, d=lambda: e.f, **e) -> G.H:
    async with a.b as b:
        yield f'{c!r:>{d.e}}'
""",
    """
try:
    import a.b as c, d
    from e.f import g as h, i
    from . import j
except* E.F as e:
    raise X from e.y
else:
    del a.b, b
finally:
    global z
    z: Q.R = 1
""",
    """
@a.b(c)
class D(e.f, metaclass=g):
    x = b'bytes', 'text', ''
    (y := z.w)[i.j] += k
    print(*l, **m.n)
""",
    Path(code_names.__file__).read_text("utf-8"),
    Path(ast.__file__).read_text("utf-8"),
]


def slowly(tree: ast.AST) -> NamesUsed:
    """The same from every node of the tree, one thing after the other."""
    nodes = list(ast.walk(tree))
    attributes = [node for node in nodes if isinstance(node, ast.Attribute)]
    inner = {id(node.value) for node in attributes}
    chains = [
        tuple(ast.unparse(node).split("."))
        for node in attributes
        if id(node) not in inner and all(part.isidentifier() for part in ast.unparse(node).split("."))
    ]
    imports = [
        ImportedName(node.module or "" if isinstance(node, ast.ImportFrom) else one.name, name, one.asname)
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom) and not getattr(node, "level", 0)
        for one in node.names
        for name in [one.name if isinstance(node, ast.ImportFrom) else None]
    ]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    bare = {node.id for node in nodes if isinstance(node, ast.Name) and id(node) not in inner}
    return NamesUsed(
        tuple(imports),
        frozenset(),
        frozenset(text for text in texts if 0 < len(text) <= code_names.LONGEST),
        frozenset(chains),
        frozenset(bare),
    )


@pytest.mark.parametrize("source", SOURCES)
def test_what_a_slow_walk_finds(source: str) -> None:
    tree = ast.parse(source)
    found, expected = names_of([tree]), slowly(tree)
    assert sorted(map(repr, found.imports)) == sorted(map(repr, expected.imports))
    assert (found.strings, found.chains, found.bare) == (expected.strings, expected.chains, expected.bare)


def test_imports_come_in_the_order_of_the_text() -> None:
    source = "if a:\n    import b\nelse:\n    import c as d\nfrom e import f, g as h\ndef i():\n    from j.k import *\n"
    assert read_code(source).names.imports == (
        ImportedName("b", None, None),
        ImportedName("c", None, "d"),
        ImportedName("e", "f", None),
        ImportedName("e", "g", "h"),
        ImportedName("j.k", "*", None),
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import_module('a.b')", {"a.b"}),
        ("x = importlib.import_module('a') or __import__('c')", {"a", "c"}),
        ("import_module('.a', 'b'), import_module(name), import_module(''), f('a')", set()),
    ],
)
def test_modules_that_are_imported_by_their_name_as_a_string(source: str, expected: set[str]) -> None:
    assert read_code(source).names.by_string == expected


def test_lines_of_ipython_are_kept_as_they_are() -> None:
    code = read_code("a.b\n%magic d2l\n!ls x\nc")
    assert code.is_python
    assert code.masked == ("%magic d2l", "!ls x")
    assert code.names.bare == {"c"}


@pytest.mark.parametrize("source", ["def (", "%%bash\nls a", "a\x00b"])
def test_what_is_not_python_names_nothing(source: str) -> None:
    assert read_code(source) == code_names.ParsedCode(source, is_python=False)


def test_a_pickled_cell_need_not_be_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = Cell("code", "import a\na.b", 1, 0)
    code = cell.code
    kept = pickle.dumps(cell)
    monkeypatch.setattr("sphinxcontrib_d2lbook.notebook.cells.read_code", None)
    assert pickle.loads(kept).code == code
