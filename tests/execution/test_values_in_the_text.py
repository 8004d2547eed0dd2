"""Values that stand in the text, by MyST-NB's `{eval}`: planned and stored with the page, and equal to its own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.extension import page_reports
from sphinxcontrib_d2lbook.execution.inline_values import Value, expressions, value_at
from tests.conftest import NOTEBOOK

NAMES = r"^[a-zA-Z_][a-zA-Z0-9_]*$"
PAGE = """# Page

Before all, there is nothing.

```{code-cell}
from pathlib import Path
value = Path("data.txt").read_text().strip()
number = 1
```

The value is {eval}`value`, the number {eval}`number`.

```{code-cell}
number = 2
number
```

Now it is {eval}`number`; {eval}`missing` is not there, and {eval}`1 + 1` is no name.

```{eval} number
```

```{code-cell}
:tags: [remove-cell]

number = 3
```

```{eval:figure} figure
A drawing.
```

```{code-cell}
from IPython.display import SVG
figure = SVG("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><circle r='4'/></svg>")
_ = number
```

```{eval:figure} figure
:name: drawn

A drawing.
```
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the mean {eval}`mean` and {eval}`mean`, {eval:text}`other_1`", ["mean", "other_1"]),
        ("{eval}``name`` {eval}` name `", ["name"]),
        ("{eval}`1 + 1` {eval}`os.remove('x')` {glue}`name` {evaluate}`name`", []),
        ("```{eval} name\n```\n\n:::{eval:figure} other\n:::\n> ````{eval} quoted\n", ["name", "other", "quoted"]),
        ("", []),
    ],
)
def test_expressions_of_a_text(text: str, found: list[str]) -> None:
    assert expressions(text, NAMES) == found


def test_other_expressions_where_they_are_allowed() -> None:
    assert expressions("{eval}`1 + 1` {eval}`f('x')`", r"^.*$") == ["1 + 1", "f('x')"]


def test_the_value_at_a_place() -> None:
    first, second = ({"text": "1"},), ({"text": "2"},)
    known = {"x": [Value(1, first), Value(3, second)]}
    assert [value_at(known, "x", shown) for shown in range(5)] == [first, first, second, second, second]
    assert value_at(known, "y", 0) is None


def write(project: Any, text: str = PAGE) -> None:
    project.write({"index.md": NOTEBOOK + text, "data.txt": "forty-two\n"})


def shown(project: Any) -> str:
    page = (project.build_folder / "html/index.html").read_text("utf-8")
    return str(re.search(r"<article.*</article>|<section.*</section>", page, re.DOTALL)[0])  # type: ignore[index]


def reason(project: Any) -> str | None:
    report = page_reports(project.build())["index"]
    return report.reason if report.execution != "cached" else None


def test_the_page_is_as_myst_nb_alone_makes_it(project: Any, new_project: Any, tmp_path: Path) -> None:
    write(project)
    project.conf += "html_theme = 'alabaster'\n"
    project.build()
    theirs = new_project(tmp_path / "theirs")
    write(theirs)
    theirs.conf = "extensions = ['myst_nb']\nproject = 'A Book'\nhtml_theme = 'alabaster'\n"
    theirs.conf += "nb_execution_mode = 'inline'\nnumfig = True\nnumfig_format = {'figure': 'Figure %s'}\n"
    theirs.build(confoverrides={})
    ours, plain = (
        re.sub(r"<[^>]*>|\s+", " ", re.sub(r"(?s)<div class=\"discussion.*", "", shown(one))).split()
        for one in (project, theirs)
    )
    assert "forty-two" in ours
    assert " ".join(ours).count("Now it is 2") == 1
    assert ours == plain
    assert "expression 'missing'" in project.warnings or "name 'missing' is not defined" in project.warnings


def test_a_page_runs_again_for_what_it_uses_and_not_for_its_prose(project: Any) -> None:
    write(project)
    assert reason(project) == "not run before"
    assert reason(project) is None
    project.write({"data.txt": "forty-three\n"})
    assert "data.txt" in str(reason(project))
    assert "forty-three" in shown(project)
    write(project, PAGE.replace("Before all", "First of all"))
    project.write({"data.txt": "forty-three\n"})
    assert reason(project) is None
    write(project, PAGE.replace("Now it is {eval}`number`", "Now it is {eval}`value`"))
    project.write({"data.txt": "forty-three\n"})
    assert reason(project) == "expressions in the text changed"
    assert "Now it is forty-three" in re.sub("<[^>]*>", "", shown(project))


def test_code_cells_are_numbered_as_without_values(project: Any) -> None:
    write(project, PAGE + "\n```{code-cell}\n1 / 0\n```\n")
    project.build()
    assert "code cell 5 failed with ZeroDivisionError" in project.warnings


def test_the_readers_notebook_has_no_cells_for_values(project: Any) -> None:
    write(project)
    project.run("notebooks")
    text = next(project.build_folder.glob("notebooks/*.ipynb")).read_text("utf-8")
    assert '"source": "number"' not in text
    assert "value-" not in text
    assert "forty-two" in text


def test_values_are_in_the_committed_outputs(project: Any) -> None:
    project.conf += "d2lbook_store = 'stored'\n"
    write(project)
    project.build()
    before = shown(project)
    shutil.rmtree(project.build_folder)
    project.conf += "d2lbook_execute = 'never'\n"
    project.build()
    assert shown(project) == before
