"""Comments mark blocks, by one grammar."""

from __future__ import annotations

import ast
import io
import tokenize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.notebook import Cell, Notebook
from sphinxcontrib_d2lbook.notebook.ipython_source import parse_cell
from sphinxcontrib_d2lbook.notebook.save_marks import MarkedBlock, MarkGrammar, _marks, default_patterns, marked_blocks

GRAMMAR = MarkGrammar(default_patterns("d2l"))
LINE = 10
"""Where the cell begins in its file."""


def marks(source: str, grammar: MarkGrammar = GRAMMAR, **metadata: object) -> tuple[list[MarkedBlock], list[str]]:
    cell = Cell("code", source, LINE, 0)
    return marked_blocks(Notebook("a", "a.md", (cell,), metadata, True), grammar)


def saved(source: str) -> list[tuple[int, str]]:
    blocks, problems = marks(source)
    assert problems == []
    return [(block.line, block.source) for block in blocks]


@pytest.mark.parametrize(
    "mark",
    [
        "#@save",
        "# @save",
        "# Save to the d2l package",
        "# Save to the d2l package.",
        "# save to the `d2l` package",
        "# Saved in the d2l package for later use",
        "# Saved in the other package for later use.",
        "##@save",
    ],
)
def test_default_marks(mark: str) -> None:
    assert saved(f"{mark}\ndef f():\n    return 1\n") == [(11, "def f():\n    return 1")]
    assert saved(f"x = 1  {mark}\ny = 2") == [(10, "x = 1")]


@pytest.mark.parametrize(
    "comment", ["#@saved", "#@save-it", "# Save to the x package", "# Please save", "s = '#@save'"]
)
def test_what_is_no_mark(comment: str) -> None:
    assert saved(f"{comment}\nx = 1") == []


@pytest.mark.parametrize(
    ("trailer", "module", "replaces"),
    [
        (": mxnet", "mxnet", False),
        (" : mxnet replaces", "mxnet", True),
        (" replaces", "", True),
        (":__init__", "__init__", False),
    ],
)
def test_what_follows_a_mark(trailer: str, module: str, replaces: bool) -> None:
    for mark in ("#@save", "# Save to the d2l package."):
        [block], problems = marks(f"{mark}{trailer}\nx = 1")
        assert (block.module, block.replaces, problems) == (module, replaces, [])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("#@save\nimport a\nimport b\n\nimport c", [(11, "import a\nimport b")]),
        ("#@save\nx = [\n\n]\n# why\ny = 2\n\nz = 3", [(11, "x = [\n\n]\n# why\ny = 2")]),
        ("#@save\n# why\n@dec\nasync def f():\n    pass\nx = 1", [(11, "# why\n@dec\nasync def f():\n    pass")]),
        ("#@save\nx = 1\n#@save\ny = 2", [(11, "x = 1"), (13, "y = 2")]),
        ("@dec  #@save\ndef f():\n    pass", [(10, "@dec\ndef f():\n    pass")]),
        ("@dec\ndef f():  #@save\n    pass", [(10, "@dec\ndef f():\n    pass")]),
        ("class A: pass  #@save", [(10, "class A: pass")]),
        ("a = 1; b = 2  #@save", [(10, "a = 1; b = 2")]),
        ("%matplotlib inline\n!ls 'x\n#@save\nx = 1\n\ny = !ls", [(13, "x = 1")]),
        ("%%time\n#@save\nx = 1", [(12, "x = 1")]),
        ("%%bash\n#@save\nls", []),
        ("#@save\nif a:\n    b\nelse:\n    c", [(11, "if a:\n    b\nelse:\n    c")]),
        (
            "#@save\ntry:\n    import a\nexcept ImportError:\n    a = None",
            [(11, "try:\n    import a\nexcept ImportError:\n    a = None")],
        ),
        ("#@save\ns = 'é'  # é\nt = 1", [(11, "s = 'é'  # é\nt = 1")]),
    ],
)
def test_blocks(source: str, expected: list[tuple[int, str]]) -> None:
    assert saved(source) == expected


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("x = 1\n#@save", 11, "nothing follows this mark"),
        ("#@save\n\nx = 1", 10, "nothing follows this mark"),
        ("#@save\n#@save\nx = 1", 10, "nothing follows this mark"),
        ("def f():\n    #@save\n    x = 1", 11, "inside the statement that begins one line above"),
        ("def f():\n    x = 1  #@save", 11, "in the middle of the statement that begins one line above"),
        ("x = [\n  1,\n]  #@save", 12, "in the middle of the statement that begins 2 lines above"),
        ("x = '''\n'''; y = 1  #@save", 11, "begins in the middle of a line"),
        ("#@save\nx = 1  #@save", 11, "saves what the mark one line above saves already"),
        ("#@save mxnet\nx = 1", 10, "after the mark stands 'mxnet'"),
        ("#@save: 1x\nx = 1", 10, "'1x' cannot be the name of a module"),
        ("x = 1\n#@save\ndef f(:\n", 12, "not valid Python"),
        ("#@save\nx = 1\n!ls\n", 12, "only IPython understands"),
        ("#@save\nx = 1\nfor i in x:\n    pass", 12, "without a blank line between"),
    ],
)
def test_faults_name_place_and_remedy(source: str, line: int, words: str) -> None:
    blocks, problems = marks(source)
    assert len(problems) == 1
    assert problems[0].startswith(f"a.md:{line}: ")
    assert words in problems[0]
    assert ";" in problems[0] or ":" in problems[0].partition(": ")[2]
    del blocks


def test_all_faults_of_a_page_are_found() -> None:
    assert len(marks("#@save\n\n#@save: 1x\nx = 1\n\n#@save")[1]) == 3


def test_marks_can_be_configured() -> None:
    grammar = MarkGrammar((r"#\s*keep\b",))
    assert [block.source for block in marks("# keep\nx = 1\n\n#@save\ny = 1", grammar)[0]] == ["x = 1"]


def test_a_pattern_may_say_where_the_comment_begins_and_ends() -> None:
    grammar = MarkGrammar((r"^# keep$",))
    assert [block.source for block in marks("y = 1\n\n# keep\nx = 1\n\n# keep it", grammar)[0]] == ["x = 1"]


def test_cells_of_other_languages_have_no_marks() -> None:
    assert marks("#@save\nx <- 1", kernelspec={"name": "ir", "language": "R"}) == ([], [])


STATEMENTS = st.sampled_from(
    [
        "x = 1",
        "import a.b",
        "def f(a):\n    # inner\n    return a",
        "class C:\n    y = 1",
        "s = '''#@save\n\n'''",
        "@dec\ndef g():\n    pass",
        "%time x",
        "!ls 'a",
        "x = !ls",
        "obj?",
        "# comment",
        "f(\n\n)",
        "a = 1; b = 2",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(STATEMENTS, st.booleans()), max_size=8))
def test_marked_statements_are_found_whole(parts: list[tuple[str, bool]]) -> None:
    """Each marked statement of Python is saved, with its lines, and no other."""
    lines: list[str] = []
    expected = []
    for text, is_marked in parts:
        is_python = text[0] not in "%!#" and "!" not in text and "?" not in text
        if is_marked and is_python:
            lines.append("#@save")
            expected.append((LINE + len(lines), text))
        lines += [*text.split("\n"), ""]
    source = "\n".join(lines)
    assert saved(source) == expected


LINES = st.sampled_from(
    [
        "#@save",
        "  #@save",
        "x = 1",
        "x = 1 #@save",
        "s = '#@save'",
        "s = '''",
        "'''",
        's = f"""',
        '"""',
        's = "\\',
        '"',
        "f(",
        ")",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES, max_size=8).map("\n".join))
def test_marks_are_the_comments_that_tokenize_finds(source: str) -> None:
    """Marks alone on their line are mostly told from strings by the text: with the same result."""
    try:
        ast.parse(source)
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (SyntaxError, tokenize.TokenError):
        return
    expected = [
        (*token.start, not token.line[: token.start[1]].strip())
        for token in tokens
        if token.type == tokenize.COMMENT and token.string.startswith("#@save")
    ]
    found = list(_marks(source, MarkGrammar((r"#@save",))))
    assert [(mark.line, mark.column, mark.alone) for mark in found if not isinstance(mark, tuple)] == expected


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="ab=#@save\n \t()'\"%!?\\:\x00é", max_size=60))
def test_no_text_breaks_the_parser(source: str) -> None:
    code = parse_cell(source)
    if not source.lstrip().startswith("%%"):
        assert code.text.count("\n") == source.count("\n")
    marks(source)
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return
    assert code.tree is not None
    assert ast.dump(code.tree) == ast.dump(tree)


@pytest.mark.parametrize(
    ("source", "masked"),
    [
        ("%matplotlib inline\nimport os\n!ls -l 'it\nx = !ls\nobj?\n?obj\n", {1, 3, 4, 5, 6}),
        ("for a in b:\n    !rm {a} \\\n  foo\n    y = 1\n", {2, 3}),
        ("x = '''\n%foo\n'''\n%bar it's\ny = (1\n% 2)\n", {4}),
        ("a, b = %time f()\nwhat.x??  # help", {1, 2}),
        ("await f()\nx = 5 % 3", set()),
    ],
)
def test_ipython_is_masked(source: str, masked: set[int]) -> None:
    code = parse_cell(source)
    assert code.tree is not None
    assert code.masked == masked
