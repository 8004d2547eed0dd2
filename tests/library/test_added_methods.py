"""`@d2l.add_to_class(C)`: later sections add methods, and the package holds one whole class."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.library import Library
from sphinxcontrib_d2lbook.library.added_methods import indented
from sphinxcontrib_d2lbook.library.object_dependencies import normalised
from sphinxcontrib_d2lbook.notebook.code_names import read_code

ADDED = "#@save\n@d2l.add_to_class(A)\n"

Make = Callable[..., Library]
Refused = Callable[..., list[str]]

ADD = """#@save
def add_to_class(Class):
    def wrapper(obj):
        setattr(Class, obj.__name__, obj)
    return wrapper"""
CLASS = "#@save\nclass A:\n    '''Doc.'''\n    n = 1\n    def f(self):\n        return 1"


MARKED = """\
#@save
# how
@d2l.add_to_class(A)
@staticmethod
def g(x, y=TABLE):
    \"""One
    two.\"""
    # why
    return \"""a
  b\""", x"""


def module(library: Library) -> str:
    return library.files()["mxnet.py"]


def test_the_package_holds_one_whole_class(library: Make) -> None:
    book = library(
        [ADD, CLASS],
        ["#@save\nTABLE = {}"],
        [
            MARKED,
        ],
        ["from d2l import mxnet as m\n#@save\n@m.add_to_class(m.A)\nasync def h(self): return self.f()"],
    )
    assert """\
class A:
    '''Doc.

    Defined in :numref:`sec_0`.
    '''
    n = 1
    def f(self):
        return 1

    # From book/p2.md, sec_2
    # how
    @staticmethod
    def g(x, y=TABLE):
        \"\"\"One
        two.

        Defined in :numref:`sec_2`.
        \"\"\"
        # why
        return \"\"\"a
  b\"\"\", x

    # From book/p3.md, sec_3
    async def h(self): return self.f()
""" in module(book)
    assert module(book).index("TABLE = {}") < module(book).index("class A")
    assert [block.names for block in book.blocks] == [("add_to_class",), ("A",), ("TABLE",), ("A.g",), ("A.h",)]
    assert book.modules["mxnet"].definitions.keys() == {"add_to_class", "A", "TABLE"}


def test_package_and_notebook_agree(library: Make, tmp_path: Path) -> None:
    pages = [
        [ADD, CLASS + "\n    def __repr__(self):\n        return 'A' + str(self.n)"],
        [ADDED + "def twice(self, k=2):\n    return [self.f()] * k + [A, __name__ is None]"],
        [ADDED + "def thrice(self):\n    return self.twice(3)"],
    ]
    folder = library(*pages).snapshot(tmp_path)
    use = "a = A(); print(a.thrice(), a, sorted(k for k in vars(A) if '__' not in k))"
    in_package = f"import sys; sys.path.insert(0, {str(folder)!r}); from d2l.mxnet import A; {use}"
    cells = "\n".join(cell.replace("d2l.", "") for page in pages for cell in page)
    said = []
    for code in (in_package, f"exec({cells!r}); {use}"):
        done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
        said.append(done.stdout.replace("d2l.mxnet", "__main__"))
    assert said[0] == said[1]
    assert "['f', 'n', 'thrice', 'twice']" in said[0]


@pytest.mark.parametrize(
    "definition", ["class A: pass", "class A: x = 1; y = 2", "class A:\n\tx = 1", "class A: 'Doc.'"]
)
def test_classes_of_any_shape_take_methods(library: Make, definition: str) -> None:
    text = module(library([f"#@save\n{definition}\n\n#@save\n@add_to_class(A)\ndef f(self):\n    return 1"]))
    [found] = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    own = ast.parse(definition).body[0]
    assert isinstance(own, ast.ClassDef)
    expected = ast.parse("def f(self):\n    return 1").body
    is_docstring = definition.endswith("'Doc.'")
    assert normalised(found) == normalised(
        ast.ClassDef("A", [], [], own.body[is_docstring:] + expected, [])
        if not is_docstring
        else ast.ClassDef("A", [], [], own.body + expected, [])
    )


def test_the_decorator_need_not_be_saved(library: Make) -> None:
    assert "add_to_class" not in module(library([CLASS], [ADDED + "def g(self): pass"]))


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([[CLASS], ["#@save replaces\n@d2l.add_to_class(A)\ndef f(self): return 2"]], ["n", "f2"]),
        (
            [
                [CLASS],
                [ADDED + "def g(self): return 3"],
                ["#@save replaces\n@d2l.add_to_class(A)\ndef g(self): return 4"],
            ],
            ["n", "f1", "g4"],
        ),
        ([[CLASS], [ADDED + "def g(self): pass"], ["#@save replaces\nclass A: n = 5"]], ["n"]),
    ],
)
def test_what_is_replaced(library: Make, pages: list[list[str]], expected: list[str]) -> None:
    [found] = [node for node in ast.parse(module(library(*pages))).body if isinstance(node, ast.ClassDef)]
    names = []
    for node in found.body:
        if isinstance(node, ast.FunctionDef):
            assert isinstance(node.body[0], ast.Return)
            names.append(node.name + ast.unparse(node.body[0]).removeprefix("return "))
        elif isinstance(node, ast.Assign):
            names.append(ast.unparse(node.targets[0]))
    assert names == expected


@pytest.mark.parametrize(
    ("pages", "place", "words"),
    [
        (
            [["class A: pass\n#@save\n@d2l.add_to_class(A)\ndef f(self): pass"]],
            "book/p0.md:11",
            "'A', which no block saves; mark the class",
        ),
        (
            [[ADDED + "def g(self): pass"], [CLASS]],
            "book/p0.md:10",
            "'A', which is defined only later, at book/p1.md:9; move the method after",
        ),
        (
            [[CLASS], [ADDED + "def f(self): pass"]],
            "book/p1.md:10",
            "'A.f' is saved already at book/p0.md:12; give it another name",
        ),
        (
            [[CLASS], [ADDED + "def g(self): pass"], [ADDED + "def g(self): pass"]],
            "book/p2.md:10",
            "'A.g' is saved already at book/p1.md:10",
        ),
        (
            [[CLASS], ["#@save replaces\n@d2l.add_to_class(A)\ndef g(self): pass"]],
            "book/p1.md:10",
            "nothing saved before defines 'A.g'",
        ),
        (
            [[CLASS], ["#@save replaces\n@d2l.add_to_class(A)\ndef n(self): pass"]],
            "book/p1.md:10",
            "no plain method at book/p0.md",
        ),
        ([[CLASS], [ADDED + "def g(self):\n    return super().g()"]], "book/p1.md:11", "write `super(A, self)`"),
        ([[CLASS], [ADDED + "def g(self):\n    self.__x = 1"]], "book/p1.md:11", "'__x' inside a class"),
        ([[CLASS], [ADDED + "def __g(self): pass"]], "book/p1.md:10", "'__g' inside a class"),
        (
            [[CLASS, "#@save\nn = 1"], [ADDED + "def g(self, k=n): pass"]],
            "book/p1.md:10",
            "uses 'n', which inside the class is A.n",
        ),
        (
            [[CLASS], [ADDED + "def g(self):\n    return\n    return lost"]],
            "book/p1.md:12",
            "'lost' is used in a saved block",
        ),
        ([[CLASS], [ADDED + "class B: pass"]], "book/p1.md:9", "is unclear; write `@add_to_class(Class)`"),
        ([[CLASS], ["#@save\n@staticmethod\n@d2l.add_to_class(A)\ndef g(): pass"]], "book/p1.md:10", "is unclear"),
        ([[CLASS], ["#@save\n@d2l.add_to_class(A.B)\ndef g(): pass"]], "book/p1.md:10", "is unclear"),
        (
            [["#@save\nA = 1"], [ADDED + "def g(): pass"]],
            "book/p1.md:10",
            "'A', which is no plain class at book/p0.md:9",
        ),
        (
            [["#@save: tools\nclass A: pass"], [ADDED + "def g(): pass"]],
            "book/p1.md:10",
            "module 'tools', not to 'mxnet'; write `: tools`",
        ),
    ],
)
def test_refusal(refused: Refused, pages: list[list[str]], place: str, words: str) -> None:
    problems = refused(*pages)
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"{place}: ")
    assert words in problems[0]


def test_a_class_inside_a_method_may_use_super(library: Make) -> None:
    cell = "def g(self):\n    class B(A):\n        def f(self):\n            return super().f()\n    return B"
    library([CLASS, ADDED + cell])


def test_a_page_reaches_the_methods_of_a_class(library: Make) -> None:
    pages = [CLASS], ["#@save\ndef used(): pass\n\n#@save\n@d2l.add_to_class(A)\ndef g(self): return used()"]
    book = library(*pages)
    assert "d2l.mxnet.used" in book.reached([read_code("from d2l import mxnet as d2l\nd2l.A")]).symbols
    assert book.symbols["d2l.mxnet.A"].digest != library([CLASS]).symbols["d2l.mxnet.A"].digest


BODIES = st.lists(
    st.sampled_from(
        [
            "x = '''a\n  b'''",
            'y = f"""{x}\n z"""',
            "if x:\n        return (x,\n  x)",
            "# note\n    pass",
            "z = 'a\\\nb'",
            'w = ("a"\n"b")',
        ]
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=60, deadline=None)
@given(BODIES, st.sampled_from(["", "'''Doc.\n\n    More.'''", '"One."']), st.sampled_from(["  ", "    ", "\t"]))
def test_moving_to_the_right_keeps_the_meaning(bodies: list[str], doc: str, indent: str) -> None:
    source = "def f(self, x):\n    " + "\n    ".join([*([doc] if doc else []), *bodies])
    [moved] = ast.parse(f"class A:\n{indented(source, indent)}").body
    assert isinstance(moved, ast.ClassDef)
    [function] = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert normalised(moved.body[0]) == normalised(function)
    method = moved.body[0]
    assert isinstance(method, ast.FunctionDef)
    assert ast.get_docstring(method) == ast.get_docstring(function)
