"""The programs that try notebooks and wheel on a reader's terms: what they choose, hide and report."""

import json
import sys
import zipfile
from pathlib import Path

import pytest

from tests.ci_programs import load

notebooks, matrix = load("clean_notebooks"), load("package_matrix")


def notebook(*cells: tuple[str, str]) -> str:
    return json.dumps(
        {
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {},
            "cells": [
                {"cell_type": kind, "id": f"c{k}", "metadata": {}, "source": source}
                | ({"outputs": [], "execution_count": None} if kind == "code" else {})
                for k, (kind, source) in enumerate(cells)
            ],
        }
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for k in range(9):
        (tmp_path / f"n{k}.ipynb").write_text(notebook(("code", "1 + 1")), "utf-8")
    (tmp_path / "text.ipynb").write_text(notebook(("markdown", "# Text")), "utf-8")
    return tmp_path


def test_the_choice_of_notebooks_follows_the_seed_and_leaves_out_those_without_code(folder: Path) -> None:
    choices = [notebooks.chosen(folder, 5, seed) for seed in (0, 0, 1)]
    assert choices[0] == choices[1] != choices[2]
    assert len(set(choices[0])) == 5
    assert sorted(path.stem for path in notebooks.chosen(folder, 99, 0)) == [f"n{k}" for k in range(9)]


def test_the_archive_is_unpacked_into_its_own_folder(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("book/one.ipynb", notebook())
        archive.writestr("book/data/table.csv", "a\n1\n")
    target = tmp_path / "target"
    target.mkdir()
    assert notebooks.unpacked(tmp_path / "all.zip", target) == target / "book"
    assert (target / "book" / "data" / "table.csv").is_file()


def test_the_environment_hides_what_others_put_on_pythons_path() -> None:
    variables = {"PATH": "/bin", "PYTHONPATH": "/elsewhere", "VIRTUAL_ENV": "/venv", "OMP_NUM_THREADS": "3"}
    assert notebooks.clean(variables) == {"PATH": "/bin", "PYTHONNOUSERSITE": "1", "OMP_NUM_THREADS": "3"}


@pytest.mark.parametrize(("source", "result"), [("1 + 1", "passed"), ("1 / 0", "ZeroDivisionError: division by zero")])
def test_a_notebook_that_fails_is_reported_by_its_error(tmp_path: Path, source: str, result: str) -> None:
    path = tmp_path / "one.ipynb"
    path.write_text(notebook(("code", source)), "utf-8")
    assert notebooks.run(Path(sys.executable), path)[0] == result


def test_a_folder_that_is_not_empty_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = folder / "book" / "notebooks"
    book.mkdir(parents=True)
    (book / "x-notebooks.zip").write_bytes(b"")
    with pytest.raises(SystemExit):
        notebooks.main([str(folder), "--book", str(folder / "book")])
    assert "is not empty" in capsys.readouterr().err


def test_a_row_that_is_unknown_and_a_book_without_a_wheel_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, said in ((["3.9-1.26"], "there is no row 3.9-1.26"), (["3.12-2"], "has 0 wheels")):
        with pytest.raises(SystemExit):
            matrix.main([str(tmp_path), "--book", str(tmp_path), *arguments])
        assert said in capsys.readouterr().err


def test_a_python_that_cannot_be_had_is_absent_and_not_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "d2l-1-py3-none-any.whl").write_bytes(b"")
    monkeypatch.setattr(matrix, "interpreter", lambda *_: None)
    assert matrix.main([str(tmp_path / "rows"), "3.14-2", "--book", str(tmp_path)]) == 1
    assert json.loads((tmp_path / "rows" / "package-matrix.json").read_text("utf-8")) == {
        "3.14-2": {"result": "absent"}
    }
    assert capsys.readouterr().out == "3.14-2: absent\n"


def test_what_the_wheel_requires_is_read_from_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "d2l-1-py3-none-any.whl", "w") as wheel:
        wheel.writestr(
            "d2l-1.dist-info/METADATA", "Name: d2l\nRequires-Dist: numpy<3,>=1.26\nRequires-Dist: ipython\n\n"
        )
    assert matrix.requirements(tmp_path / "d2l-1-py3-none-any.whl") == ["numpy<3,>=1.26", "ipython"]
