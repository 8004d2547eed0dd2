"""What a page's code is found to use, and the reasons for running it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.execution import code_inputs
from sphinxcontrib_d2lbook.execution.file_states import state
from sphinxcontrib_d2lbook.execution.reasons import run_reason
from sphinxcontrib_d2lbook.execution.tasks import MISSING, UNSETTLED
from sphinxcontrib_d2lbook.notebook.code_names import read_code


def test_files_named_in_the_code_are_found(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1")
    source = "open('data.csv'); open('none.csv'); 'a' * 3; '\\0'; 'x' * 999"
    cells = [read_code(source), read_code("%magic\n!ls data.csv"), read_code("def (")]
    assert code_inputs.named_files(cells, tmp_path) == {tmp_path / "data.csv"}


def test_modules_beside_the_page_are_followed(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text("import second, math")
    (tmp_path / "second.py").write_text("import first")
    (tmp_path / "other.py").write_text("")
    found = code_inputs.local_modules([read_code("import first")], tmp_path)
    assert found.keys() == {tmp_path / "first.py", tmp_path / "second.py"}


def test_versions_follow_requirements() -> None:
    found = code_inputs.versions(code_inputs.imported([read_code("import nbclient, json")]))
    assert {"nbclient", "nbformat", "jupyter-client"} <= found.keys()
    assert "json" not in found


def test_what_is_imported_from_a_module_may_be_a_module() -> None:
    source = (
        "import a.b\nfrom c import d, e\nfrom f import *\nimport os\ntry:\n    import g\nexcept ImportError:\n    pass"
    )
    assert code_inputs.imported([read_code(source)]) == {"a.b", "c", "c.d", "c.e", "f", "g"}


def test_modules_that_are_imported_by_name_are_found() -> None:
    source = "import importlib as i\na = i.import_module('a.b')\n__import__('c')\ni.import_module('.d', 'e')"
    assert code_inputs.imported([read_code(source), read_code("print(import_module(name), 'f')")]) == {"a.b", "c"}


def test_the_state_of_a_path(tmp_path: Path) -> None:
    file = tmp_path / "file"
    assert state(file) == MISSING
    assert state(file / "below") == MISSING
    file.write_text("one")
    first = state(file)
    assert state(file / "below") == MISSING
    file.write_text("two")
    assert state(file) != first


def test_the_state_of_a_folder_is_its_names(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1")
    first = state(tmp_path)
    (tmp_path / "a").write_text("2")
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "__pycache__").mkdir()
    assert state(tmp_path) == first
    (tmp_path / "b").write_text("")
    assert state(tmp_path) != first
    assert state(tmp_path, {"b"}) == first


A, B = "a" * 64, "b" * 64


@pytest.mark.parametrize(
    ("now", "before", "reason"),
    [
        ({"code of cell 1": A}, None, "not run before"),
        ({"code of cell 1": A}, {"code of cell 1": A}, "its outputs are missing from the store"),
        ({"code of cell 1": A}, {"code of cell 1": B}, "code of cell 1 changed"),
        ({"numpy": "2.0"}, {"numpy": "1.0"}, "numpy 1.0 -> 2.0"),
        ({"data.csv": A}, {}, "data.csv is new"),
        ({}, {"data.csv": A}, "data.csv is gone"),
        ({"data.csv": MISSING}, {"data.csv": A}, "data.csv is gone"),
        ({"data.csv": A}, {"data.csv": MISSING}, "data.csv is new"),
        ({"data.csv": A}, {"data.csv": UNSETTLED}, "data.csv changed while the page ran"),
        ({"d2l.train": A}, {"d2l.train": B}, "d2l.train changed"),
        ({"d2l.epoch": A}, {"d2l.epoch": B}, "d2l.epoch changed (through d2l.train)"),
        ({"d2l.epoch": A}, {}, "d2l.epoch is new (through d2l.train)"),
        ({"page a": "runs again"}, {"page a": A}, "a, on which it depends, runs again"),
        ({"a": A, "code of cell 2": A}, {"a": B, "code of cell 2": B}, "code of cell 2 changed (and 1 more)"),
    ],
)
def test_the_reason_names_what_changed(now: dict[str, str], before: dict[str, str] | None, reason: str) -> None:
    assert run_reason(now, before, {"d2l.epoch": "d2l.train"}) == reason
