"""The pages that follow something through the code name files and functions that are there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from .pages import DOCS

PACKAGE = DOCS.parent / "sphinxcontrib_d2lbook"
FLOWS = sorted((DOCS / "development").glob("flow-*.md"))
STEP = re.compile(r"^\| (?P<step>\d+) \| `(?P<file>[^`]+)` \| `(?P<name>[\w.]+)` \| .+\. \|$", re.MULTILINE)
ROW = re.compile(r"^\| \d+ \|", re.MULTILINE)
FILE = re.compile(r"`([\w/]+/[\w/]+\.py)`")
"""A file of the package, as pages of this part name it; a name without a folder is beside one named before."""


@cache
def names_in(file: str) -> frozenset[str]:
    """The functions, classes and methods that a file of the package defines, methods as `Class.method`."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    found = set()
    for node in ast.parse((PACKAGE / file).read_text("utf-8")).body:
        if isinstance(node, kinds):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, kinds)}
    return frozenset(found)


def test_there_are_five_flows() -> None:
    assert len(FLOWS) == 5


@pytest.mark.parametrize("page", FLOWS, ids=lambda page: page.stem)
def test_a_flow_names_what_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    steps = list(STEP.finditer(text))
    assert [int(step["step"]) for step in steps] == list(range(1, len(ROW.findall(text)) + 1))
    assert [step[0] for step in steps if step["name"] not in names_in(step["file"])] == []


@pytest.mark.parametrize("page", sorted((DOCS / "development").glob("*.md")), ids=lambda page: page.stem)
def test_a_page_on_development_names_files_that_are_there(page: Path) -> None:
    named = set(FILE.findall(page.read_text("utf-8")))
    roots = (PACKAGE, DOCS.parent, DOCS, DOCS / "development")
    assert sorted(file for file in named if not any((root / file).exists() for root in roots)) == []


def test_files_that_are_not_python_are_on_the_page_of_files() -> None:
    others = {
        file.relative_to(PACKAGE).as_posix()
        for file in PACKAGE.rglob("*")
        if file.is_file() and file.suffix not in (".py", ".pyc")
    }
    text = (DOCS / "development" / "files.md").read_text("utf-8")
    rows = re.findall(r"^\| `([\w/.]+)` \|", text, re.MULTILINE)
    assert all(any(file.startswith(row) for file in others) for row in rows)
    beside = {"py.typed", "outputs/typst/coverage.txt"}  # a mark of the package, and data of the module beside it
    assert {file for file in others if not file.startswith(tuple(rows))} == beside
