"""A package that would not work is refused, each fault with page, line and remedy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sphinxcontrib_d2lbook.library.public_objects import saved_objects

TYPED = """\
#@save
from typing import TYPE_CHECKING

#@save
if TYPE_CHECKING:
    from d2l import tools

#@save: tools
import d2l.mxnet
"""

OVERLOADED = """\
#@save
import typing

#@save
@typing.overload
def f(x: int) -> int: ...

#@save
@typing.overload
def f(x: str) -> str: ...

#@save
def f(x):
    \"""Return what it is given.\"""
    return x

#@save
y = f(1)
"""

Refused = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("pages", "place", "words"),
    [
        (
            [["#@save\ndef f(): pass"], ["#@save\ndef f(): pass"]],
            "book/p1.md:9",
            "'f' is saved already at book/p0.md:9; ",
        ),
        ([["#@save\nx = 1\n\n#@save\nx = 2"]], "book/p0.md:12", "'x' is saved already"),
        (
            [["#@save\ndef f():\n    a = 1\n    return a + b"]],
            "book/p0.md:11",
            "'b' is used in a saved block, but is neither",
        ),
        (
            [["b = 1\n#@save\ndef f():\n    return b"]],
            "book/p0.md:11",
            "reads 'b', a variable of its notebook (book/p0.md:8), which",
        ),
        (
            [["for b in range(3):\n    pass", "#@save\ndef f():\n    return b"]],
            "book/p0.md:15",
            "reads 'b', a variable of its notebook (book/p0.md:8)",
        ),
        (
            [["import numpy as np", "#@save\ndef f():\n    return np"]],
            "book/p0.md:14",
            "its import at book/p0.md:8 is not saved to this module; mark that import",
        ),
        (
            [["def g(): pass", "#@save\ndef f():\n    return g"]],
            "book/p0.md:14",
            "defined at book/p0.md:8 without a mark",
        ),
        ([["#@save\nclass A(Base): pass"]], "book/p0.md:9", "'Base' is used"),
        ([["#@save\nx += 1"]], "book/p0.md:9", "'x' is used"),
        ([["#@save\ntable['a'] = 1"]], "book/p0.md:9", "'table' is used"),
        ([["#@save\ndef f():\n    display(1)"]], "book/p0.md:10", "'display' is used"),
        (
            [["#@save\ndef f():\n    return d2l.nothing(1)"]],
            "book/p0.md:10",
            "uses 'nothing' of the package, but nothing saves",
        ),
        ([["from d2l import mxnet as mine\n#@save\ndef f():\n    return mine.no"]], "book/p0.md:11", "uses 'no' of"),
        (
            [["#@save\nimport numpy as np"], ["#@save\nfrom mxnet import np"]],
            "book/p1.md:9",
            "'np' is imported as mxnet.np, but as numpy at",
        ),
        ([["#@save\nimport os\n\n#@save\ndef os(): pass"]], "book/p0.md:12", "'os' is an import too, at book/p0.md:9"),
        ([["#@save\nfrom os import *"]], "book/p0.md:9", "`from os import *`"),
        ([["#@save: random\nx = 1"]], "book/p0.md:9", "a module 'random' would have the name of one of Python's own"),
        (
            [["#@save: class_\nx = 1\n\n#@save: lambda\ny = 1"]],
            "book/p0.md:12",
            "'lambda' cannot be the name of a module",
        ),
        ([["#@save\nd2l = 1"]], "book/p0.md:9", "this defines 'd2l', the name of the package itself"),
        (
            [
                ["from d2l import mxnet as lib"],
                ["from d2l import mxnet as lib\n#@save\ndef f(): pass"],
                ["#@save\nlib = 1"],
            ],
            "book/p2.md:9",
            "this defines 'lib', which is the package itself in book/p1.md",
        ),
        (
            [["#@save\nimport numpy as d2l"]],
            "book/p0.md:9",
            "this imports numpy as 'd2l', the name of the package itself",
        ),
        (
            [["#@save\nfrom mxnet import np"], ["#@save: __init__\ndef np(): pass"]],
            "book/p1.md:9",
            "'np' would hide mxnet.np, which d2l.np is by the import at book/p0.md:9; give",
        ),
        (
            [["#@save\nfrom mxnet import np"], ["#@save: __init__\nimport numpy as np"]],
            "book/p1.md:9",
            "'np' would hide mxnet.np",
        ),
        (
            [["#@save\nfrom d2l import tools\n\n#@save: tools\nfrom d2l.mxnet import f", "#@save\ndef f(): pass"]],
            "book/p0.md:9",
            "import each other in a circle: mxnet (book/p0.md:9) -> tools (book/p0.md:12) -> mxnet; let one of them",
        ),
        (
            [
                ["#@save: __init__\nfrom d2l.mxnet import f\n\n#@save\nfrom d2l import g"],
                ["#@save\ndef f(): pass", "#@save: __init__\ndef g(): pass"],
            ],
            "book/p0.md:12",
            "in a circle: __init__ (book/p0.md:9) -> mxnet (book/p0.md:12) -> __init__",
        ),
        ([["#@save\n__all__ = []"]], "book/p0.md:9", "'__all__' is written by the build"),
        ([["#@save: __init__\nimport mxnet"]], "book/p0.md:9", "'mxnet' would hide the package's module"),
        (
            [["#@save: __init__\nx = 1"], ["#@save\nx = 1"]],
            "book/p0.md:9",
            "'x' is saved to the module 'mxnet' too, at book/p1.md:9",
        ),
        (
            [["#@save\nutils = 1\n\n#@save: utils\nx = 1"]],
            "book/p0.md:9",
            "'utils' is the name of a module of the package",
        ),
        ([["#@save replaces\nx = 1"]], "book/p0.md:9", "nothing saved before defines 'x'"),
        (
            [["#@save\na, b = 1, 2\n\n#@save replaces\na = 3"]],
            "book/p0.md:12",
            "defined together with b at book/p0.md:9",
        ),
        ([["#@save\nclass A(B): pass\n\n#@save\nclass B(A): pass"]], "book/p0.md:9", "need each other while"),
        ([["#@save\nx = 1\nreturn"]], "book/p0.md:10", "cannot stand in a module ('return' outside function)"),
        ([["#@save\nx = await f()"]], "book/p0.md:9", "cannot stand in a module"),
        ([["#@save\nx = (1"]], "book/p0.md:9", "not valid Python"),
        ([["#@save"]], "book/p0.md:8", "nothing follows this mark"),
        (
            [["#@save: tools\nimport os\n\n#@save\ndef f():\n    return os"]],
            "book/p0.md:13",
            "'os' is used in a block saved to d2l.mxnet, but its import at book/p0.md:9 is saved to d2l.tools only; ",
        ),
        (
            [["#@save: tools\ndef g(): pass\n\n#@save\ndef f():\n    return g()"]],
            "book/p0.md:13",
            "but is saved to another module, d2l.tools, at book/p0.md:9; save `from d2l.tools import g` to d2l.mxnet",
        ),
        (
            [["#@save: tools\ndef g(): pass"], ["#@save\ndef f():\n    return g()"]],
            "book/p1.md:10",
            "but is saved to another module, d2l.tools, at book/p0.md:9",
        ),
        (
            [["#@save: tools\ndef g(): pass\n\n#@save\ndef f():\n    return d2l.g()"]],
            "book/p0.md:13",
            "uses 'g' of d2l.mxnet, but it is saved to another module, d2l.tools, at book/p0.md:9",
        ),
        (
            [["#@save\ndef train(): pass\n\n#@save\ndef f():\n    return d2l.trian(1)"]],
            "book/p0.md:13",
            "but nothing saves it in d2l.mxnet; did you mean 'train'?",
        ),
        (
            [["#@save\ndef train(): pass\n\n#@save\ndef f():\n    return trian(1)"]],
            "book/p0.md:13",
            "nor built in; did you mean 'train'?",
        ),
        (
            [["#@save\nimport sys\n\n#@save\nd2l = sys.modules[__name__]"]],
            "book/p0.md:12",
            "'d2l' is the module itself already, by a line that the build writes; remove this one",
        ),
        ([["#@save\nx = 1\n\n#@save\nglobal x"]], "book/p0.md:12", "`global x` outside of a function changes nothing"),
        ([["#@save\nx = 1\n\n#@save\ndel x"]], "book/p0.md:12", "this deletes 'x'"),
        ([["x = 1\n\n#@save\ndel x"]], "book/p0.md:11", "this deletes 'x'"),
        ([["#@save\nfor i in range(3):\n    pass\n\n#@save\nif i:\n    del i"]], "book/p0.md:14", "this deletes 'i'"),
        (
            [["#@save\nfrom typing import overload\n\n#@save\n@overload\ndef f(x: int) -> int: ..."]],
            "book/p0.md:12",
            "how 'f' can be called (`@overload`), but no block saves the function itself",
        ),
        (
            [["#@save: tools\nx = 1\n\n#@save: Tools\ny = 1"]],
            "book/p0.md:9",
            "the module 'tools' differs from 'Tools' (at book/p0.md:12) only in capital letters",
        ),
    ],
)
def test_refusal(refused: Refused, pages: list[list[str]], place: str, words: str) -> None:
    problems = refused(*pages)
    assert any(problem.startswith(f"{place}: ") and words in problem for problem in problems), problems
    assert len(problems) == 1


def test_what_the_book_does_not_declare(refused: Refused, library: Callable[..., object]) -> None:
    cells = [
        "#@save\nimport os\nimport yaml.nodes as n",
        "#@save\ndef f():\n    from docutils import nodes\n    import surely_not_there",
        "#@save\ntry:\n    import pytest\nexcept ImportError:\n    pytest = None",
    ]
    problems = refused(cells, declared=["Sphinx"])
    assert [problem.partition(";")[0] for problem in problems] == [
        "book/p0.md:10: 'yaml' is imported, which is of the distribution PyYAML, but conf.py does not declare it",
        "book/p0.md:16: 'docutils' is imported, which is of the distribution docutils, but conf.py does not declare it",
        "book/p0.md:17: 'surely_not_there' is imported, which no installed distribution provides",
    ]
    assert problems[0].endswith("add it to d2lbook_requirements: 'PyYAML': \"\"")
    library(cells[:1], declared=["pyyaml"])
    library(cells)


def test_all_problems_come_in_one_go(refused: Refused) -> None:
    pages = [["#@save\n\nx = 1", "#@save\ndef f(): return y"], ["#@save\ndef f(): pass"]]
    assert len(refused(*pages)) == 3


@pytest.mark.parametrize(
    "source",
    [
        "#@save\ndef f(x, *a, k=len):\n    def g():\n        nonlocal x\n        x += 1\n    return [g for y in a]",
        "#@save\nclass A:\n    n = 1\n    m = n\n    def f(self):\n        return super().f(__class__)",
        "#@save\ndef f():\n    global count\n    count = 1\n\n#@save\ndef g():\n    return count",
        "#@save\ndef late():\n    return early()\n\n#@save\ndef early(): pass",
        "#@save\ndef top(x):\n    return x",
        "#@save\ntry:\n    import nothing\nexcept ImportError:\n    nothing = None",
        "#@save\nfrom typing import TYPE_CHECKING\n\n#@save\nif TYPE_CHECKING:\n    import a",
        "#@save\nif (n := 1):\n    pass\n\n#@save\nm = n",
        "#@save\nx = 1\n\n#@save\nx += 1\n\n#@save\nw = [__name__, __file__]\n\ny = z",
        "#@save\ndef f():\n    return d2l.g()\n\n#@save\ndef g(): pass",
        "#@save\nimport a.b\nimport a.c\n\n#@save\nimport a.b\n\n#@save\ny = a",
        "#@save\nx = 1\n\n#@save replaces\nx = 2",
        "#@save\ndef f(a: int, *, b: 'A' = 1) -> None: ...",
        "#@save\ndef f():\n    from d2l import tools\n\n#@save: tools\nfrom d2l.mxnet import f",
        "#@save: __init__\nx = 1\n\n#@save: tools\nfrom d2l import x\n\n#@save\nfrom d2l import tools",
        TYPED,
        "#@save\ntable = {}\n\n#@save\ntable['a'] = 1\n\n#@save\ndel table['a']",
        "#@save\ndef f():\n    global x\n    x = 1\n    y = 2\n    del y",
        OVERLOADED,
        "#@save\nfrom __future__ import annotations\n\n#@save\nclass A:\n    b: B\n\n#@save\nclass B(A): ...",
    ],
)
def test_what_python_allows_is_not_refused(library: Callable[..., object], source: str) -> None:
    library([source])


def test_overloads_stand_before_their_function_and_it_is_what_readers_call(library: Callable[..., Any]) -> None:
    made = library(["#@save\ny = f(1)", *OVERLOADED.split("\n\n")[:-1]])
    text = made.files()["mxnet.py"]
    assert text.index("def f(x: int)") < text.index("def f(x: str)") < text.index("def f(x):") < text.index("y = f(1)")
    assert saved_objects(made)["d2l.mxnet.f"].docstring == "Return what it is given."
    assert made.origin("mxnet.py", ["f"]) == made.modules["mxnet"].items[2].place
    assert made.symbols["d2l.mxnet.y"].uses == {"d2l.mxnet.f"}
