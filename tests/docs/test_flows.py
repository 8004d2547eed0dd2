"""The pages that follow something through the code name files and functions that are there."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from .pages import DOCS

PACKAGE = DOCS.parent / "sphinxcontrib_d2lbook"
FLOWS = sorted((DOCS / "development").glob("flow-*.md"))
STEP = re.compile(r"^\| (?P<step>\d+) \| `(?P<file>[^`]+)` `(?P<name>[\w.]+)` \| .+\. \|$", re.MULTILINE)
ROW = re.compile(r"^\| \d+ \|", re.MULTILINE)
FILE = re.compile(r"`([\w/]+/[\w/]+\.py)`")
"""A file of the package, as pages of this part name it; a name without a folder is beside one named before."""


ELSEWHERE = {
    "TaskRunner.run": "in the process that holds the kernels",
    "_execute": "there",
    "cell_failure": "there",
    "clean_outputs": "there",
    "read_log": "there",
    "run": "there",
    "Output.readables": "each output has its own",
    "Sync.run": "a command",
    "read_messages": "the preview",
}
"""Functions that the builds of the test do not call in its process."""
CONF = """
d2lbook_package = "tales"
d2lbook_checks = ["numbers", "codes"]
d2lbook_pdf_output_lines = 5
d2lbook_forum = {"url": "https://forum.example/t/{label}"}
html_baseurl = "https://books.example/"
"""
TREE = "# Root\n\n```{toctree}\n:matter: main\n\none\nbad\n```\n"
ONE = """(sec_one)=
# One

See {numref}`fig_a` and {eq}`eq_a`.

$$x = 1$$ (eq_a)

```{figure} a.svg
:name: fig_a
:alt: A square

A square.
```

```{code-cell}
#@save
def double(x):
    return 2 * x
```

```{code-cell}
from IPython.display import HTML
print("\\n".join("abcdefghij"))
HTML("<b>x</b>")
```

```{discussion}
```
"""
BAD = "(sec_bad)=\n# Bad\n\n```{code-cell}\n1 / 0\n```\n"
SQUARE = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>'


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


@pytest.mark.long
@pytest.mark.slow
def test_builds_go_the_ways_of_the_flows(project: Any, page: Any) -> None:
    """All functions are called that belong to this process; the runner, commands and the preview have others."""
    project.write({"index.md": TREE, "one.md": page(ONE), "bad.md": page(BAD), "a.svg": SQUARE})
    project.conf += CONF
    called: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(str(PACKAGE)):
            called.add((Path(code.co_filename).relative_to(PACKAGE).as_posix(), code.co_qualname))

    for builder in ("html", "pdf", "latex", "notebooks", "package"):
        sys.setprofile(note)
        try:
            project.build(builder, freshenv=True)
        finally:
            sys.setprofile(None)
    steps = [(step["file"], step["name"]) for flow in FLOWS for step in STEP.finditer(flow.read_text("utf-8"))]
    assert [step for step in steps if step not in called and step[1] not in ELSEWHERE] == []
    assert set(ELSEWHERE) <= {name for _, name in steps}


CLASS = re.compile(r"`((?:[A-Z][a-z]+){2,})(?:\.\w+)*(?:\([^`]*\))?`")
"""A name of at least two words, as classes have them."""


def test_classes_that_pages_on_development_name_are_there() -> None:
    known = {name for file in PACKAGE.rglob("*.py") for name in names_in(file.relative_to(PACKAGE).as_posix())}
    named = {
        (page.name, name)
        for page in (DOCS / "development").glob("*.md")
        for name in CLASS.findall(re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL))
    }
    assert len(named) > 20
    assert sorted(one for one in named if one[1] not in known) == []
