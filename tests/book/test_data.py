"""The data files of the book are what their descriptions say."""

from __future__ import annotations

import csv
import runpy
from pathlib import Path

from sphinxcontrib_d2lbook.notebook.myst_reader import Syntax, read_notebook
from sphinxcontrib_d2lbook.outputs.notebooks.data_files import data_files

BOOK = Path(__file__).parents[2] / "book"
DATA = BOOK / "data"


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_cars_of_the_competition_are_those_with_a_price() -> None:
    known, asked, judge = (rows(f"cars-{part}.csv") for part in ("known", "asked", "judge"))
    assert [row["car"] for row in asked] == [row["car"] for row in judge] == [str(k + 1) for k in range(67)]
    assert "price" not in asked[0]
    answered = [
        {name: value for name, value in row.items() if name != "car"} | {"price": answer["price"]}
        for row, answer in zip(asked, judge, strict=True)
    ]
    priced = [row for row in rows("automobile.csv") if row["price"]]

    def in_order(cars: list[dict[str, str]]) -> list[list[tuple[str, str]]]:
        return sorted(sorted(car.items()) for car in cars)

    assert len(known) == 134
    assert in_order(known + answered) == in_order(priced)


def test_the_board_of_the_competition_has_a_public_and_a_private_part() -> None:
    boards = [row["board"] for row in rows("cars-judge.csv")]
    assert (boards.count("public"), boards.count("private")) == (33, 34)


def test_the_data_that_a_page_reads_goes_with_the_notebooks() -> None:
    files = {path.name for path in DATA.iterdir()}
    named: set[str] = set()
    taken: set[str] = set()
    syntax = Syntax(frameworks=tuple(runpy.run_path(str(BOOK.parent / "conf.py"))["d2lbook_frameworks"]))
    for path in BOOK.rglob("*.md"):
        notebook = read_notebook(path.read_text("utf-8"), path.stem, str(path), syntax=syntax)
        named |= {name for cell in notebook.code_cells for name in files if name in cell.source}
        taken |= {file.name for file in data_files(notebook, path.parent, BOOK)}
    assert "cars-judge.csv" in named
    assert named <= taken
