"""Solutions stay out of readers' notebooks by choice, and come in notebooks of their own that run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import lxml.html
import nbformat
import pytest
from nbclient import NotebookClient

from tests.conftest import NOTEBOOK, Project

CONF = """extensions = ['sphinxcontrib_d2lbook', 'sphinx_design']
project = 'Solved'
myst_enable_extensions = ['colon_fence', 'dollarmath']
d2lbook_outputs = ['html', 'notebooks']
"""
PAGE = (
    NOTEBOOK
    + """# Sums

```{code-cell}
import math
import random
random.seed(3)
```

Not needed.

```{code-cell}
print("long training")
```

```{code-cell}
def total(numbers):
    return math.fsum(numbers) + offset
```

```{code-cell}
offset, numbers = 1, [1, 2]
```

```{code-cell}
numbers.append(random.random())
```

(sums_exercises)=
## Exercises

:::::{exercise} First
:label: ex_first

Start from this.[^note]

```{code-cell}
start = 2
```
:::::

:::::{exercise}
:label: ex_second

Go on.
:::::

[^note]: A note on it.

## Answers

:::::{solution} ex_first
Here it is.

```{math}
:label: solved

1 + 1
```

```{code-cell}
first = total(numbers) + start
print("first", first > 6)
```

```{code-cell}
:tags: [remove-cell]

checked = first
```
:::::

````{dropdown} Answer
:::::{solution} ex_second
```{code-cell}
print("second", checked == first)
```
:::::
````

## Last

```{code-cell}
print("last", start)
```
"""
)
PLAIN = "# Plain\n\nText.\n"


def book_of(folder: Path, choice: str) -> Project:
    project = Project(folder)
    project.conf = CONF + f"d2lbook_notebook_solutions = {choice!r}\n"
    project.write({"index.md": "# Book\n\n```{toctree}\n:numbered:\n\npart/page\nplain\n```\n", "part/page.md": PAGE})
    project.write({"plain.md": PLAIN})
    done = project.run("book", "-W", "--keep-going")
    assert (done.returncode, done.stderr) == (0, "")
    return project


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return book_of(tmp_path_factory.mktemp("solved"), "separate")


def notebook(book: Project, name: str) -> Any:
    return json.loads((book.build_folder / f"book/notebooks/{name}.ipynb").read_text("utf-8"))


def text_of(content: Any, kind: str) -> str:
    return "\n\n".join("".join(cell["source"]) for cell in content["cells"] if cell["cell_type"] == kind)


def run(book: Project, name: str) -> list[str]:
    """Run a notebook in a kernel of its own, and return what its cells print."""
    path = book.build_folder / f"book/notebooks/{name}.ipynb"
    content = nbformat.read(path, as_version=4)
    NotebookClient(content, kernel_name="python3", timeout=120).execute()
    outputs = ["".join(item.get("text", "") for item in cell.get("outputs", ())) for cell in content.cells]
    return [text.strip() for text in outputs if text]


def test_the_readers_notebook_has_no_solutions_and_runs(book: Project) -> None:
    page = notebook(book, "part/page")
    assert "Here it is" not in text_of(page, "markdown")
    assert "Answers" not in text_of(page, "markdown")
    assert "Start from this" in text_of(page, "markdown")
    assert "](page-solutions.ipynb)" in text_of(page, "markdown")
    assert "first" not in text_of(page, "code")
    assert "checked" not in text_of(page, "code")
    assert run(book, "part/page") == ["long training", "last 2"]


def test_the_notebook_of_solutions_has_what_it_needs_and_runs(book: Project) -> None:
    solutions = notebook(book, "part/page-solutions")
    text = text_of(solutions, "markdown")
    wanted = ["1 Sums", "# Solutions", "Exercise 1", "Start from this", "Here it is", "Go on", "A note on it"]
    places = [text.index(words) for words in wanted]
    assert places == sorted(places)
    code = text_of(solutions, "code")
    assert "long training" not in code
    assert "last" not in code
    assert run(book, "part/page-solutions") == ["first True", "second True"]
    printed = [cell["outputs"][0]["text"] for cell in solutions["cells"] if cell.get("outputs")]
    assert ["".join(lines).strip() for lines in printed] == ["first True", "second True"]
    kinds = [cell["cell_type"] for cell in solutions["cells"]]
    exercise = next(n for n, cell in enumerate(solutions["cells"]) if "Start from this" in "".join(cell["source"]))
    assert kinds[exercise - 3 : exercise] == ["code"] * 3  # what it needs stands before it


def test_the_website_offers_it_on_pages_that_have_one(book: Project) -> None:
    site = book.build_folder / "book/html"
    links = [
        [link.get("href") for link in lxml.html.parse(str(site / page)).getroot().iter("a")]
        for page in ("part/page.html", "plain.html")
    ]
    assert "../_downloads/notebooks/part/page-solutions.ipynb" in links[0]
    assert (site / "_downloads/notebooks/part/page-solutions.ipynb").is_file()
    assert not [link for link in links[1] if link and "solutions" in link]
    assert not (book.build_folder / "book/notebooks/plain-solutions.ipynb").exists()


def test_numbers_json_names_the_notebook_in_which_a_solution_is(book: Project) -> None:
    rows = json.loads((book.build_folder / "book/numbers.json").read_text("utf-8"))["numbers"]
    places = {row["id"]: row["notebook"] for row in rows}
    assert places["ex_first"] == "part/page.ipynb"
    assert places["equation-solved"] == "part/page-solutions.ipynb"
    assert places["answers"] is None


def test_the_choice_may_change(book: Project) -> None:
    with book.restored():
        book.conf = book.conf.replace("'separate'", "'omit'")
        assert book.run("book", "-W").returncode == 0
        assert "first" not in text_of(notebook(book, "part/page"), "code")
        assert "solutions" not in text_of(notebook(book, "part/page"), "markdown")
        assert not (book.build_folder / "book/notebooks/part/page-solutions.ipynb").exists()
        assert not (book.build_folder / "book/html/_downloads/notebooks/part/page-solutions.ipynb").exists()
        book.conf = book.conf.replace("'omit'", "'include'")
        assert book.run("book", "-W").returncode == 0
        assert "Here it is" in text_of(notebook(book, "part/page"), "markdown")
        assert "first" in text_of(notebook(book, "part/page"), "code")
    assert book.run("book", "-W").returncode == 0


def test_a_cell_that_needs_a_solution_is_told_of(project: Project) -> None:
    project.conf = CONF + "d2lbook_notebook_solutions = 'omit'\n"
    text = (
        f"{NOTEBOOK}# Page\n\n:::{{exercise}}\n:label: ex\n\nDo it.\n:::\n\n:::{{solution}} ex\n"
        "```{code-cell}\nx = 1\n```\n:::\n\n```{code-cell}\nfor i in range(2):\n    y = x + i\n```\n"
    )
    project.write({"index.md": text})
    project.build("notebooks")
    [warning] = project.warnings.splitlines()
    line = text.split("\n").index("for i in range(2):") + 1
    other = text.split("\n").index("x = 1") + 1
    assert f"book/index.md:{line}: WARNING: this cell uses 'x'" in warning
    assert f"book/index.md:{other} defines" in warning


def test_a_page_that_has_the_name_is_not_written_over(project: Project) -> None:
    project.conf = CONF + "d2lbook_notebook_solutions = 'separate'\n"
    project.write({"index.md": "# Book\n\n```{toctree}\na\na-solutions\n```\n", "a-solutions.md": "# Mine\n"})
    project.write(
        {"a.md": f"{NOTEBOOK}# A\n\n:::{{exercise}}\n:label: ex\n\nDo.\n:::\n\n:::{{solution}} ex\nSo.\n:::\n"}
    )
    project.build("notebooks")
    assert "another page is named 'a-solutions'" in project.warnings
    assert "Mine" in (project.build_folder / "notebooks/a-solutions.ipynb").read_text("utf-8")
