"""A package that would not work is refused, each fault with page, line and remedy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

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
        ([["b = 1\n#@save\ndef f():\n    return b"]], "book/p0.md:11", "'b' is used"),
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
        ([["#@save\nd2l = 1"]], "book/p0.md:9", "'d2l' is the name of the package itself"),
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
    ],
)
def test_refusal(refused: Refused, pages: list[list[str]], place: str, words: str) -> None:
    problems = refused(*pages)
    assert any(problem.startswith(f"{place}: ") and words in problem for problem in problems), problems
    assert len(problems) == 1


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
        "#@save\nfrom __future__ import annotations\n\n#@save\nclass A:\n    b: B\n\n#@save\nclass B(A): ...",
    ],
)
def test_what_python_allows_is_not_refused(library: Callable[..., object], source: str) -> None:
    library([source])
