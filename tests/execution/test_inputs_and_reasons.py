"""What a page's code is found to use, and the reasons for running it again."""

from __future__ import annotations

from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.execution import inputs
from sphinxcontrib_d2lbook.execution.plan import why


def test_files_named_in_the_code_are_found(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("1")
    source = "open('data.csv'); open('none.csv'); 'a' * 3; '\\0'; 'x' * 999"
    assert inputs.named_files([source, "%magic\n!ls data.csv", "def ("], tmp_path) == {tmp_path / "data.csv"}


def test_modules_beside_the_page_are_followed(tmp_path: Path) -> None:
    (tmp_path / "first.py").write_text("import second, math")
    (tmp_path / "second.py").write_text("import first")
    (tmp_path / "other.py").write_text("")
    assert inputs.local_modules(["import first"], tmp_path).keys() == {tmp_path / "first.py", tmp_path / "second.py"}


def test_versions_follow_requirements() -> None:
    found = inputs.versions(["import nbclient, json"])
    assert {"nbclient", "nbformat", "jupyter-client"} <= found.keys()
    assert "json" not in found


@pytest.mark.parametrize(
    ("parts", "last", "reason"),
    [
        ({"code of cell 1": "a"}, None, "not run before"),
        ({"code of cell 1": "a"}, {"parts": {"code of cell 1": "a"}}, "its outputs are missing from the store"),
        ({"code of cell 1": "a" * 64}, {"parts": {"code of cell 1": "b" * 64}}, "code of cell 1 changed"),
        ({"numpy": "2.0"}, {"parts": {"numpy": "1.0"}}, "numpy 1.0 -> 2.0"),
        ({"data.csv": "a" * 64}, {"parts": {}}, "data.csv is new"),
        ({}, {"parts": {"data.csv": "a"}}, "data.csv is gone"),
        (
            {"a": "1" * 64, "code of cell 2": "2" * 64},
            {"parts": {"a": "0" * 64, "code of cell 2": "0" * 64}},
            "code of cell 2 changed (and 1 more)",
        ),
    ],
)
def test_the_reason_names_what_changed(parts: dict[str, str], last: dict[str, object] | None, reason: str) -> None:
    assert why(parts, last) == reason
