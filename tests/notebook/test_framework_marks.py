"""Marks that say for which frameworks a cell or a block is, and the page of one framework."""

from __future__ import annotations

import json

import pytest

from sphinxcontrib_d2lbook.common.errors import BookProblems
from sphinxcontrib_d2lbook.notebook import Notebook, Syntax, read_notebook
from sphinxcontrib_d2lbook.notebook.frameworks import page_of_framework, run_name, runs
from tests.conftest import NOTEBOOK
from tests.frameworks_book import FRAMEWORKS, MEANS, alone

KNOWN = Syntax(frameworks=FRAMEWORKS)


def read(text: str, syntax: Syntax = KNOWN, path: str = "page.md") -> Notebook:
    return read_notebook(text, "page", path, syntax=syntax)


def cell(*lines: str) -> str:
    return "\n".join(["```{code-cell}", *lines, "```"])


@pytest.mark.parametrize(
    ("mark", "frameworks"),
    [
        (":framework: numpy", ("numpy",)),
        (":framework: numpy, lists", ("lists", "numpy")),
        (":framework: [numpy, lists]", ("lists", "numpy")),
        (":framework: all", ()),
        ("#@tab numpy", ("numpy",)),
        ("# @tab  numpy ,lists ", ("lists", "numpy")),
        ("%%tab fractions", ("fractions",)),
        ("#@tab all", ()),
    ],
)
def test_a_mark_is_no_part_of_the_cell(mark: str, frameworks: tuple[str, ...]) -> None:
    page = read(f"{NOTEBOOK}{cell(mark, 'x = 1', 'y')}\n")
    (only,) = page.code_cells
    assert (only.source, only.frameworks, dict(only.metadata)) == ("x = 1\ny", frameworks, {})
    assert (NOTEBOOK + cell(mark, "x = 1", "y")).split("\n")[only.line - 1] == "x = 1"
    assert page.frameworks == frameworks
    assert runs(page) == (frameworks or ("",))


@pytest.mark.parametrize("line", ["x = 1  #@tab numpy", "#@table numpy", "# tab numpy", "%tab numpy", "#@tab"])
def test_other_first_lines_are_code(line: str) -> None:
    assert read(f"{NOTEBOOK}{cell(line)}\n").code_cells[0].source == line


def test_without_frameworks_a_tab_is_a_comment() -> None:
    page = read(f"{NOTEBOOK}{cell('#@tab numpy', 'x')}\n", Syntax())
    assert page.code_cells[0].source == "#@tab numpy\nx"
    assert not page.frameworks


def test_a_block_marks_the_cells_in_it_and_blocks_in_it_narrow_it() -> None:
    inner = f"````{{framework}} numpy\n{cell('b')}\n````"
    page = read(
        f"{NOTEBOOK}`````{{framework}} lists, numpy\n{cell('a')}\n\n{inner}\n\n{cell('#@tab all', 'c')}\n`````\n"
    )
    assert [item.frameworks for item in page.code_cells] == [("lists", "numpy"), ("numpy",), ("lists", "numpy")]
    assert [block.frameworks for block in page.blocks] == [("lists", "numpy"), ("numpy",)]


def test_a_page_with_prose_for_frameworks_alone_runs_once() -> None:
    page = read(f"{NOTEBOOK}:::{{framework}} numpy\nProse.\n:::\n\n{cell('x')}\n")
    assert page.frameworks == ("numpy",)
    assert runs(page) == ("",)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (cell(":framework: numpi", "x"), ["page.md:7: there is no framework 'numpi'"]),
        (cell(":framework:", "x"), ["page.md:7: None names no framework"]),
        (cell("#@tab lists,", "x"), ["page.md:7: 'lists,' names no framework"]),
        (":::{framework} torch\nProse.\n:::", ["page.md:6: there is no framework 'torch'"]),
        (
            f"````{{framework}} lists\n{cell(':framework: numpy', 'x')}\n````",
            ["page.md:8: this is for numpy, and stands"],
        ),
        (cell(":framework: numpy", "#@tab lists", "x"), ["page.md:7: this is for lists, and stands"]),
    ],
)
def test_wrong_names_are_told_at_their_lines(text: str, faults: list[str]) -> None:
    with pytest.raises(BookProblems) as caught:
        read(f"{NOTEBOOK}{text}\n")
    assert [problem[: len(fault)] for problem, fault in zip(caught.value.problems, faults, strict=True)] == faults


def test_without_a_configuration_the_option_is_refused() -> None:
    with pytest.raises(BookProblems, match="set d2lbook_frameworks in"):
        read(f"{NOTEBOOK}{cell(':framework: numpy', 'x')}\n", Syntax())


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_view_has_the_cells_of_the_page_alone(framework: str) -> None:
    own, other = page_of_framework(read(MEANS), framework), read(alone(MEANS, framework), Syntax())
    assert [item.source for item in own.code_cells] == [item.source for item in other.code_cells]
    assert [item.tags for item in own.code_cells] == [item.tags for item in other.code_cells]
    assert [item.index for item in own.cells] == list(range(len(own.cells)))
    assert runs(own) == ("",)
    text = "\n".join(item.source for item in own.cells if item.kind == "markdown")
    assert ("Prose for two" in text, "Prose for arrays" in text) == (framework != "numpy", framework == "numpy")


def test_a_view_keeps_the_lines_of_the_file() -> None:
    lines = MEANS.split("\n")
    for item in page_of_framework(read(MEANS), "numpy").code_cells:
        first = item.source.split("\n")[0]
        assert first == "" or lines[item.line - 1].strip() == first.strip()


def test_the_cells_of_a_notebook_in_json_are_marked_alike() -> None:
    cells = [
        {
            "cell_type": "code",
            "metadata": {"framework": "numpy"},
            "source": "a",
            "outputs": [],
            "execution_count": None,
        },
        {"cell_type": "code", "metadata": {}, "source": "#@tab lists\nb", "outputs": [], "execution_count": None},
        {"cell_type": "code", "metadata": {}, "source": "c", "outputs": [], "execution_count": None},
    ]
    text = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
    page = read(text, path="page.ipynb")
    assert [(item.source, item.frameworks) for item in page.code_cells] == [
        ("a", ("numpy",)),
        ("b", ("lists",)),
        ("c", ()),
    ]
    assert read(text, Syntax(), "page.ipynb").code_cells[1].source == "#@tab lists\nb"


def test_names_of_runs() -> None:
    assert (run_name("a/b"), run_name("a/b", "numpy")) == ("a/b", "a/b@numpy")
