"""Our walk through a tree meets what `ast.walk` meets, outer nodes first."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.notebook import python

LEAVES = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop)
SOURCES = [
    "x = -a.b[c:d, ::2] if not (e and f) else [g for h in i if j]",
    "match p:\n    case {'q': r, **s} | [t, *u]:\n        pass\n    case W(x=y):\n        pass",
    "async def f(a, /, b: int = 1, *c, d=lambda: 0, **e) -> None:\n    async with a as b:\n        yield f'{c!r:>{d}}'",
    "try:\n    import a.b as c\nexcept* E as e:\n    raise X from e\nelse:\n    del a, b\nfinally:\n    global z",
    Path(python.__file__).read_text("utf-8"),
]


@pytest.mark.parametrize("source", SOURCES)
def test_every_node_once_and_outer_ones_first(source: str) -> None:
    tree = ast.parse(source)
    found = list(python.walk(tree))
    assert len({id(node) for node in found if not isinstance(node, ast.cmpop)}) == sum(
        not isinstance(node, ast.cmpop) for node in found
    )
    assert {id(node) for node in found} == {id(node) for node in ast.walk(tree) if not isinstance(node, LEAVES)}
    place = {id(node): number for number, node in enumerate(found)}
    for node in found:
        for child in ast.iter_child_nodes(node):
            assert isinstance(child, (*LEAVES, ast.cmpop)) or place[id(node)] < place[id(child)]


def test_names_come_in_the_order_of_the_text() -> None:
    names = [node.id for node in python.walk(ast.parse("a = b + c(d)\ne[f] = g")) if isinstance(node, ast.Name)]
    assert names == list("abcdefg")
