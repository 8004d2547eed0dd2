"""The program that prints a table of the book's sections."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.ci_programs import load

table = load("sections_table")

PAGE = """# Page

Three words $a b$ here.

```{code-cell} ipython3
not = counted
```

```{code-cell} ipython3
:tags: [remove-cell, book-check]
hidden
```

```{exercise} One
```

```{solution} one
```
"""


def notebook(printed: str) -> dict[str, Any]:
    output = {"output_type": "stream", "text": [printed]}
    return {"cells": [{"cell_type": "code", "source": [], "outputs": [output]}]}


def build(folder: Path, printed: str, framework: str = "") -> Path:
    """Write what a build leaves of one page; ``framework`` is the first of its frameworks, if it has several."""
    file = f"{framework}/linear-networks/image-data.ipynb".lstrip("/")
    entry = {
        "docname": "linear-networks/image-data",
        "number": "3.6",
        "title": "Images",
        "kind": "section",
        "notebook": {framework: file, "numpy": "elsewhere.ipynb"} if framework else file,
    }
    figure = {**entry, "kind": "figure", "number": "3.1", "title": "A figure"}
    deeper = {**entry, "number": "3.6.1", "title": "What Is in the File"}
    pages = {entry["docname"]: {"execution": "cached", "seconds": 2.25}}
    (folder / "numbers.json").write_text(json.dumps({"numbers": [deeper, entry, figure]}), "utf-8")
    (folder / "report.json").write_text(json.dumps({"pages": pages}), "utf-8")
    texts = {f"notebooks/{file}": json.dumps(notebook(printed)), f"book/{entry['docname']}.md": PAGE}
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    return folder


def test_words_and_cells_are_counted_without_code_and_formulas() -> None:
    words, shown, hidden, exercises, solutions = table.counts(PAGE)
    assert (shown, hidden, exercises, solutions) == (1, 1, 1, 1)
    assert words == 9  # Page Three words X here, exercise One, solution one


@pytest.mark.parametrize("framework", ["", "mxnet"])
def test_a_row_has_what_the_page_printed(tmp_path: Path, framework: str) -> None:
    folder = build(tmp_path, "nearest average   0.672 ± 0.011\nnearest image     0.806 ± 0.009\n", framework)
    [(key, cells)] = table.rows(folder, folder / "book")
    assert key == [3, 6]
    assert cells[:2] == ["3.6", "Images"]
    assert cells[3:7] == ["1 + 1", "1", "1 (1)", "2.2"]
    assert cells[7] == "test accuracy: nearest average 0.672, nearest image 0.806"


def test_a_number_that_the_page_has_lost_is_an_error(tmp_path: Path) -> None:
    folder = build(tmp_path, "nearest average   0.672 ± 0.011\n")
    with pytest.raises(SystemExit, match=r"image-data\.ipynb has nothing that matches"):
        list(table.rows(folder, folder / "book"))
