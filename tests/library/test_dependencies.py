"""What a notebook reaches in the package: that, and nothing else, makes its outputs stale."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sphinxcontrib_d2lbook.library import Library
from sphinxcontrib_d2lbook.notebook.code_names import read_code

Make = Callable[..., Library]

BASE = [
    "#@save: __init__\nimport math\nmath.x = 1",
    "#@save\nimport os\nfrom a import np\nnp.set()",
    "#@save\ndef leaf(x):\n    return np.exp(x)",
    "#@save\ndef middle(x):\n    return [d2l.leaf(x)]",
    "#@save\ndef top(x):\n    return middle(x)",
    "#@save\ndef other(): return os",
    "#@save\nTABLE = {}\n\n#@save\nTABLE['a'] = other",
    "#@save\ndef wild(name):\n    return getattr(d2l, name)",
    "#@save: tools\ndef helper(): return 1",
    "#@save\nfrom d2l import tools\n\n#@save\ndef uses(): return tools.helper()",
]
ROOT = {"d2l", "d2l.mxnet", "d2l.mxnet.np"}
FRONT = "from d2l import mxnet as d2l\n"


@pytest.fixture(scope="module")
def book(library: Make) -> Library:
    return library(BASE)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("x = 1", set()),
        ("import os\nd2l = 1\nd2l.top", set()),
        (FRONT, ROOT),
        (FRONT + "d2l.leaf(1)", ROOT | {"d2l.mxnet.leaf"}),
        (FRONT + "y = [d2l.top(a).b.leaf for a in x]", ROOT | {f"d2l.mxnet.{n}" for n in ("top", "middle", "leaf")}),
        ("import d2l\nd2l.other()", ROOT | {"d2l.mxnet.other", "d2l.mxnet.os"}),
        ("import d2l.mxnet\nd2l.mxnet.other()", ROOT | {"d2l.mxnet.other", "d2l.mxnet.os"}),
        ("import d2l as book\nbook.mxnet.leaf", ROOT | {"d2l.mxnet.leaf"}),
        ("import d2l.mxnet as m\nm.leaf", ROOT | {"d2l.mxnet.leaf"}),
        ("from d2l.mxnet import leaf as l", ROOT | {"d2l.mxnet.leaf"}),
        ("from d2l import leaf", ROOT | {"d2l.mxnet.leaf"}),
        ("from d2l import tools as t\nt.helper()", ROOT | {"d2l.tools", "d2l.tools.helper"}),
        (FRONT + "d2l.TABLE", ROOT | {f"d2l.mxnet.{n}" for n in ("TABLE", "other", "os")}),
        (FRONT + "d2l.os", ROOT | {"d2l.mxnet.os"}),
        (FRONT + "d2l.unknown", ROOT),
        ("%matplotlib inline\n" + FRONT + "d2l.leaf(1)\n!ls", ROOT | {"d2l.mxnet.leaf"}),
        (FRONT + "label = 'd2l'", ROOT),
    ],
)
def test_reached(book: Library, code: str, expected: set[str]) -> None:
    reach = book.reached([read_code(code)])
    assert not reach.everything
    assert set(reach.symbols) == expected
    assert all(reach.symbols[name] == book.symbols[name].digest for name in reach.symbols)


def test_names_are_known_in_all_cells(book: Library) -> None:
    assert "d2l.mxnet.leaf" in book.reached([read_code(FRONT), read_code("d2l.leaf(1)")]).symbols


def test_an_import_of_a_module_reaches_its_preamble_and_objects(book: Library) -> None:
    assert {"d2l.tools", "d2l.tools.helper"} <= book.reached([read_code(FRONT + "d2l.uses()")]).symbols.keys()


def test_a_module_that_a_saved_block_passes_on_reaches_everything(library: Make) -> None:
    cells = [
        "#@save: tools\ndef helper(): return 1",
        "#@save\nimport d2l.tools as t\n\n#@save\ndef f(): return g(t)\n\n#@save\ndef g(x): return x",
    ]
    assert library(cells).reached([read_code(FRONT + "d2l.f()")]).everything


@pytest.mark.parametrize(
    "code",
    [
        FRONT + "getattr(d2l, name)",
        FRONT + "f(d2l)",
        FRONT + "d2l.wild('leaf')",
        FRONT + "vars(d2l)['leaf']",
        FRONT + "d2l.__dict__",
        FRONT + "other = d2l",
        "from d2l.mxnet import *",
        "import d2l\nm = d2l.mxnet",
        "import importlib\nimportlib.import_module('d2l.mxnet')",
        "__import__('d2l')",
        "import sys\nsys.modules['d2l']",
        "!python -c 'import d2l'",
        "%%bash\npython -m d2l",
        "from d2l import (",
    ],
)
def test_what_escapes_reaches_everything(book: Library, code: str) -> None:
    reach = book.reached([read_code(code)])
    assert reach.everything
    assert reach.symbols.keys() == book.symbols.keys()


def test_digests_follow_the_code_alone(library: Make) -> None:
    def digest(source: str) -> str:
        return library([f"#@save\n{source}"]).symbols["d2l.mxnet.f"].digest

    same = digest("def f(x):\n    'Doc.'\n    return x + 1")
    assert same == digest("def f( x ):  # comment\n    '''Another.'''\n\n    return (x + 1)")
    assert same != digest("def f(x):\n    return x + 2")
    assert same != digest("async def f(x):\n    return x + 1")
    assert digest("class f:\n    def g(self):\n        'a'\n        return 'x'") == digest(
        "class f:\n    def g(self): return 'x'"
    )
    assert digest("f = '1'") != digest("f = 1")


def test_a_modified_table_is_another(library: Make) -> None:
    first, second = (
        library([f"#@save\nT = {{}}\n\n#@save\nT['a'] = {n}"]).symbols["d2l.mxnet.T"].digest for n in (1, 2)
    )
    assert first != second


def test_a_book_without_a_package_is_not_reached(library: Make) -> None:
    assert library(["x = 1"]).reached([read_code("from d2l import *")]).symbols == {}


@pytest.mark.parametrize(
    ("cell", "shows"),
    [
        ("d2l.f(1)", False),
        ("helper = d2l.f(1)  # help", False),
        ("help(d2l.f)", True),
        ("print(d2l.f.__doc__)", True),
        ("from inspect import getsource\nprint(getsource(d2l.f))", True),
        ("d2l.f?", True),
        ("%pinfo d2l.f", True),
        ("d2l.explain()", True),
    ],
)
def test_comments_and_docstrings_count_where_they_are_shown(library: Make, cell: str, shows: bool) -> None:
    def reached(comment: str, *, as_text: bool = False) -> dict[str, str]:
        blocks = [
            f"#@save\ndef f(x):\n    '''Doc {comment}.'''\n    return x  # {comment}",
            "#@save\ndef explain():\n    return f.__doc__",
        ]
        return dict(library(blocks).reached([read_code(FRONT + cell)], as_text=as_text).symbols)

    assert (reached("a") != reached("b")) == shows
    assert reached("a", as_text=True) != reached("b", as_text=True)
