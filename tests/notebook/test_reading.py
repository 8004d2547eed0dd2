"""Pages become the cells that MyST-NB sees, with their lines."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from myst_nb.core.read import MystMetadataParsingError, is_myst_markdown_notebook, read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig

from sphinxcontrib_d2lbook.common.errors import BookError, BookProblems
from sphinxcontrib_d2lbook.execution.inline_values import page_expressions
from sphinxcontrib_d2lbook.notebook import Syntax, read_notebook
from sphinxcontrib_d2lbook.notebook.directive_options import split_options
from sphinxcontrib_d2lbook.notebook.frameworks import page_of_framework
from sphinxcontrib_d2lbook.notebook.myst_reader import is_notebook

MATTER = "---\nfile_format: mystnb\n---\n"
EXTENSIONS = {"amsmath", "attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"}


def page(text: str, path: str = "book/a.md") -> list[tuple[str, str, int]]:
    return [(cell.kind, cell.source, cell.line) for cell in read_notebook(MATTER + text, "a", path).cells]


def test_cells_have_their_lines() -> None:
    assert page("\n(sec)=\n# Title\n\n```{code-cell}\nx = 1\n```\n~~~{raw-cell}\nr\n~~~\n\nend\n") == [
        ("markdown", "(sec)=\n# Title", 5),
        ("code", "x = 1", 9),
        ("raw", "r", 12),
        ("markdown", "end", 15),
    ]


@pytest.mark.parametrize(
    ("body", "metadata"),
    [
        (":tags: [hide]\n:n: 2\n\nx", {"tags": ["hide"], "n": 2}),
        ("---\ntags: [hide]\n---\nx", {"tags": ["hide"]}),
        ("---\nmystnb:\n  a: 1\n---\n\nx", {"mystnb": {"a": 1}}),
        ("--- \nn: 1\n--- x", {"n": 1}),
        ("\nx", {}),
        ("x", {}),
    ],
)
def test_options_of_a_cell(body: str, metadata: dict[str, object]) -> None:
    text = f"{MATTER}```{{code-cell}} ipython3\n{body}\n```\n"
    [cell] = read_notebook(text, "a", "a.md").cells
    assert (cell.source, dict(cell.metadata)) == ("x", metadata)
    assert text.splitlines()[cell.line - 1].endswith("x")


def test_cells_inside_other_blocks_follow_the_text_that_they_stand_in() -> None:
    text = (
        ":::{note}\n```{code-cell}\nx\n```\n:::\n\n- item\n\n  ```{code-cell}\n  :tags: [a]\n\n  y\n  ```\n\n"
        ":::{code-cell}\nz\n:::\n\n> ~~~{raw-cell}\n> r\n> ~~~\n\n```{code-cell}\nend\n```\n"
    )
    cells = read_notebook(MATTER + text, "a", "book/a.md").cells
    lines = (MATTER + text).splitlines()
    assert [(cell.kind, cell.source, cell.nested) for cell in cells[1:]] == [
        ("code", "x", True),
        ("code", "y", True),
        ("code", "z", True),
        ("raw", "r", True),
        ("code", "end", False),
    ]
    assert [lines[cell.line - 1].strip("> ") for cell in cells[1:]] == ["x", "y", "z", "r", "end"]
    assert cells[2].metadata == {"tags": ["a"]}


NESTS = (
    ("::::{note} Title\n:class: tip\n\n", "", "\n::::"),
    ("````{admonition} T\n---\nclass: tip\n---\n", "", "\n````"),
    ("~~~~{tab-item} One\n", "", "\n~~~~"),
    ("- item\n\n", "  ", ""),
    ("12. item\n\n", "    ", ""),
    ("> quote\n>\n", "> ", ""),
    ("Term\n: definition\n\n", "  ", ""),
)
SHOWN = ("```{code-cell}\nx = {0}\n```", "~~~{code-cell} ipython3\n:tags: [a]\n\nx = {0}\n~~~")


@given(
    st.lists(st.tuples(st.lists(st.sampled_from(NESTS), min_size=1, max_size=2), st.sampled_from(SHOWN)), max_size=4)
)
def test_nested_cells_are_found_at_their_lines(places: list[tuple[list[tuple[str, str, str]], str]]) -> None:
    text = "Text.\n"
    for number, (nests, cell) in enumerate(places):
        block = cell.replace("{0}", str(number))
        for depth, (before, indent, after) in enumerate(reversed(nests)):
            # Outer directives have longer marks than inner ones.
            longer = str.maketrans({":": ":" * (depth + 1), "`": "`" * (depth + 1), "~": "~" * (depth + 1)})
            if indent:
                block = before + "\n".join(f"{indent}{line}" for line in block.splitlines())
            else:
                opening, _, rest = before.partition("{")
                block = f"{opening.translate(longer)}{{{rest}{block}{after.translate(longer)}"
        text += f"\n{block}\n\nBetween.\n"
    cells = read_notebook(MATTER + text, "a", "a.md").cells
    lines = (MATTER + text).splitlines()
    assert [cell.source for cell in cells[1:]] == [f"x = {number}" for number in range(len(places))]
    assert all(cell.nested and lines[cell.line - 1].endswith(cell.source) for cell in cells[1:])


@pytest.mark.parametrize("name", ["code-block", "literalinclude", "math", "raw", "eval-rst", "jupyter-execute"])
def test_cells_in_text_that_is_shown_as_it_stands_are_none(name: str) -> None:
    text = f"````{{{name}}} x\n```{{code-cell}}\nx\n```\n````\n\n```python\n{{code-cell}}\n```\n"
    assert [kind for kind, _, _ in page(text)] == ["markdown"]


def test_a_page_without_front_matter_is_no_notebook() -> None:
    found = read_notebook("# T\n\n```{code-cell}\nx\n```\n", "a", "a.md")
    assert not found.executable
    assert found.cells == ()


def test_code_is_loaded_from_beside_the_page(tmp_path: Path) -> None:
    (tmp_path / "part.py").write_text("a = 1\nb = 2")
    text = MATTER + "```{code-cell}\n:load: part.py\n```\n"
    assert read_notebook(text, "a", "a.md", folder=tmp_path).cells[0].source == "a = 1\nb = 2"
    with pytest.raises(BookProblems, match=r"a\.md:4: `load` names a file that cannot be read"):
        read_notebook(text, "a", "a.md", folder=tmp_path / "none")


def test_all_faults_of_a_page_come_together() -> None:
    text = MATTER + "```{code-cell}\n---\na: [\n---\nx\n```\n\n+++ {\n\n```{code-cell}\n:just\nx\n```\n"
    with pytest.raises(BookProblems) as err:
        read_notebook(text, "a", "book/a.md")
    places = [problem.split(" ")[0] for problem in err.value.problems]
    assert places == ["book/a.md:4:", "book/a.md:11:", "book/a.md:13:"]
    assert all("; " in problem for problem in err.value.problems)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (":tags: hide-input", "`tags` of this code cell is 'hide-input'.*write a list"),
        (":tags: [a, a]", "write a list of different words"),
        (":tags: ['a,b']", "write a list"),
        (":tags: [1]", "write a list"),
        (":name: 3", "`name` of this code cell is 3.*write a word"),
        (":collapsed: 1", "write `true` or `false`"),
        (":scrolled: often", "or `auto`"),
        (":jupyter: [a]", "write names and values"),
        (":day: 2026-11-26", "more than JSON can hold .*put quotes around it"),
    ],
)
def test_options_that_no_notebook_can_hold_are_refused(option: str, words: str) -> None:
    with pytest.raises(BookProblems) as found:
        read_notebook(f"{MATTER}# T\n\n```{{code-cell}}\n{option}\n\nx\n```\n", "a", "book/a.md")
    [problem] = found.value.problems
    line = 1 + f"{MATTER}# T\n\n".count("\n")
    assert re.match(rf"book/a\.md:{line}: .*{words}", problem)
    stub = {"cell_type": "code", "id": "a", "source": "x", "execution_count": None, "outputs": []}
    metadata, _, _ = split_options(f"{option}\n\nx\n")
    if "day" not in metadata:
        with pytest.raises(nbformat.ValidationError):
            nbformat.validate({**stub, "metadata": metadata}, ref="code_cell", version=4)


def test_metadata_of_a_text_are_checked_too() -> None:
    with pytest.raises(BookError, match=r"a\.md:\d+: `tags` of this text cell is 'x'"):
        read_notebook(f'{MATTER}# T\n\n+++ {{"tags": "x"}}\n\nText\n', "a", "a.md")


@pytest.mark.parametrize("matter", ["a: [", "date: 2026-13-41", "- a", "a: !!python/object:x.y {}"])
def test_broken_front_matter_makes_no_notebook(matter: str) -> None:
    assert not read_notebook(f"---\n{matter}\n---\n", "a", "a.md").executable
    assert not read_notebook(f"---\nfile_format: mystnb\n{matter}\n---\n", "a", "a.md").executable


def test_json_notebook_lines() -> None:
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# T\n", "text"]},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": ["x = 1\n", 'y = "\\"source\\":"'],
            "outputs": [],
            "execution_count": None,
        },
    ]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    found = read_notebook(text, "a", "a.ipynb")
    assert found.executable
    assert [cell.line for cell in found.cells] == [10_001, 20_001]


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"cells": 3}', '{"nbformat": 4, "cells": [{"cell_type": "odd"}]}', '{"nbformat": 9}'],
)
def test_a_broken_json_notebook_is_refused(text: str) -> None:
    with pytest.raises(BookError, match=r"^book/a\.ipynb(?:|, cell 1, line 1): "):
        read_notebook(text, "a", "book/a.ipynb")


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ("", "python"),
        ("kernelspec: {name: python3}", "python"),
        ("kernelspec: {name: ir, language: R}", "r"),
        ("kernelspec: {name: julia-1.9}", "julia-1.9"),
        ("kernelspec: nonsense", "python"),
    ],
)
def test_language(metadata: str, language: str) -> None:
    assert read_notebook(f"---\nfile_format: mystnb\n{metadata}\n---\n", "a", "a.md").language == language


FRAGMENTS = st.sampled_from(
    [
        "```{code-cell}",
        "```{code-cell} ipython3",
        "````{code-cell}",
        "~~~{raw-cell}",
        "```",
        "````",
        "~~~",
        ":::",
        ":::{note}",
        "```{note}",
        "```python",
        "+++",
        '+++ {"tags": ["a"]}',
        "---",
        ":tags: [a]",
        ":key: value",
        "x = 1",
        "",
        "",
        "  ",
        "# Heading",
        "(label)=",
        "text *of* a paragraph",
        "- item",
        "  nested",
        "    indented",
        "> quote",
        "$$",
        "\\begin{align}",
        "\\end{align}",
        "term",
        ": definition",
        "{#id}",
        "% comment",
        "<div>",
        "| a | b |",
        "[^1]: note",
        "a\u2028b",
        "é",
        "\tx",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(FRAGMENTS, max_size=25))
def test_cells_are_those_of_myst_nb(lines: list[str]) -> None:
    text = MATTER + "\n".join(lines)
    assert is_notebook(text) == is_myst_markdown_notebook(text)
    config = MdParserConfig(enable_extensions=EXTENSIONS)
    try:
        theirs = read_myst_markdown_notebook(text, config)
    except MystMetadataParsingError:
        with pytest.raises(BookProblems):
            read_notebook(text, "a", "a.md", syntax=Syntax(frozenset(EXTENSIONS)))
        return
    try:
        ours = read_notebook(text, "a", "a.md", syntax=Syntax(frozenset(EXTENSIONS)))
    except BookProblems as err:  # MyST-NB does not read the options of those that stand inside other blocks
        problems, ours = err.problems, None
    if ours is None:
        assert all("the options of this" in problem for problem in problems)
        return
    # Theirs has none of those that stand inside other blocks.
    assert [(c.kind, c.source, dict(c.metadata)) for c in ours.cells if not c.nested] == [
        (c.cell_type, c.source, dict(c.metadata)) for c in theirs.cells
    ]
    rows = text.split("\n")
    for cell in ours.cells:
        if cell.source.strip() and "\u2028" not in text:
            first = next(i for i, line in enumerate(cell.source.split("\n")) if line.strip())
            assert cell.source.split("\n")[first].strip() in rows[cell.line - 1 + first]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "---",
                "...",
                "file_format: mystnb",
                "jupytext:",
                "  text_representation:",
                "    format_name: myst",
                "a: [",
                "jupytext: 3",
                "",
                "x",
            ]
        ),
        max_size=8,
    )
)
def test_what_is_a_notebook_is_what_myst_nb_takes_for_one(lines: list[str]) -> None:
    text = "\n".join(lines)
    try:
        theirs = is_myst_markdown_notebook(text)
    except AttributeError:  # it trusts `jupytext` to be a mapping
        theirs = False
    assert is_notebook(text) == theirs


PIECES = st.recursive(
    st.sampled_from(["cell", "text"]),
    lambda inner: st.tuples(st.sampled_from(["include", "note", "item"]), st.lists(inner, min_size=1, max_size=3)),
    max_leaves=8,
)


def written(piece: object, files: dict[str, str], expected: list[tuple[str, str]], path: str) -> str:
    """The text of a generated piece; included files go into ``files``, cells with their files into ``expected``."""
    if piece == "text":
        return "Some text."
    if piece == "cell":
        expected.append((path, f"x = {len(expected)}"))
        return f"```{{code-cell}}\n{expected[-1][1]}\n```"
    assert isinstance(piece, tuple)
    kind, inner = piece
    if kind == "include":
        name, begin, end = (f"{word}{len(files)}." for word in ("part", "BEGIN", "END"))
        files[name] = ""
        body = "\n\n".join(written(one, files, expected, name) for one in inner)
        files[name] = (
            f"Skipped.\n\n```{{code-cell}}\nskipped\n```\n\n{begin}\n\n{body}\n\n{end}\n\n```{{code-cell}}\n```\n"
        )
        return f"```{{include}} {name}\n:start-after: {begin}\n:end-before: {end}\n```"
    body = "\n\n".join(written(one, files, expected, path) for one in inner)
    if kind == "item":
        return "- item\n\n" + "\n".join(f"  {line}" for line in body.split("\n"))
    mark = ":" * (1 + max([2, *map(len, re.findall(r"^ *(:{3,})", body, re.MULTILINE))]))
    return f"{mark}{{note}}\n{body}\n{mark}"


@given(pieces=st.lists(PIECES, min_size=1, max_size=4))
def test_cells_of_included_files_have_the_order_of_the_page(
    pieces: list[object], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("included")
    files: dict[str, str] = {}
    expected: list[tuple[str, str]] = []
    text = MATTER + "\n\n".join(written(piece, files, expected, "page.md") for piece in pieces)
    for name, content in files.items():
        (folder / name).write_text(content)
    read = read_notebook(text, "page", "page.md", folder=folder, sources=folder)
    cells = [cell for cell in read.cells if cell.kind == "code"]
    assert [(read.path_of(cell), cell.source) for cell in cells] == expected
    lines = {name: content.split("\n") for name, content in {**files, "page.md": text}.items()}
    for cell in cells:
        assert lines[read.path_of(cell)][cell.line - 1].strip() == cell.source
    assert set(read.files) == {str(folder / name) for name in files}


def test_included_cells_have_the_frameworks_of_the_blocks_around_them(tmp_path: Path) -> None:
    (tmp_path / "part.txt").write_text(
        "Both {eval}`x`.\n\n```{code-cell}\nx\n```\n\n:::{framework} b\n"
        "Only b {eval}`y`.\n\n```{code-cell}\ny\n```\n:::\n"
    )
    text = (
        "```{include} part.txt\n```\n\n:::{framework} a\n```{include} part.txt\n:end-before: ':::'\n```\n:::\n\n"
        "```{code-cell}\n#@tab a\nz\n```\n"
    )
    syntax = Syntax(frameworks=("a", "b"))
    read = read_notebook(MATTER + text, "a", "a.md", syntax=syntax, folder=tmp_path, sources=tmp_path)
    cells = [(cell.source, cell.frameworks) for cell in read.code_cells]
    assert cells == [("x", ()), ("y", ("b",)), ("x", ("a",)), ("z", ("a",))]
    assert read.frameworks == ("a", "b")
    for framework, sources, texts in (("a", "x x z", "x x"), ("b", "x y", "x y")):
        page = page_of_framework(read, framework)
        assert " ".join(cell.source for cell in page.code_cells) == sources
        assert " ".join(name for _, _, name in page_expressions(page, ".*")) == texts


def test_a_cell_of_an_included_file_cannot_be_for_a_framework_that_its_block_excludes(tmp_path: Path) -> None:
    (tmp_path / "part.txt").write_text("```{code-cell}\n#@tab b\nx\n```\n")
    text, syntax = ":::{framework} a\n```{include} part.txt\n```\n:::\n", Syntax(frameworks=("a", "b"))
    with pytest.raises(BookProblems, match=r"^part\.txt:2: this is for b, and stands in a block for a"):
        read_notebook(MATTER + text, "a", "a.md", syntax=syntax, folder=tmp_path, sources=tmp_path)
