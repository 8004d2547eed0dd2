"""`.ci/html_faults.py` tells what is wrong in pages of ours from what others write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.ci_programs import load

program = load("html_faults")


def message(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "error", "url": "file:/site/in/page.html", "lastLine": 7, "message": text, **more}


def test_a_fault_is_told_with_page_and_line() -> None:
    assert list(program.faults([message("Stray end tag “p”.")], Path("/site"))) == [
        "in/page.html:7: Stray end tag “p”."
    ]


@pytest.mark.parametrize(
    "one",
    [
        message("Attribute “scriptlevel” not allowed on element “mtable” at this point."),
        message("Element “p” not allowed as child of element “summary” in this context. (Suppressing …)"),
        message("The first element is empty.", type="info"),
    ],
)
def test_what_others_write_and_remarks_are_no_faults(one: dict[str, Any]) -> None:
    assert list(program.faults([one], Path("/site"))) == []


def test_only_pages_are_checked(tmp_path: Path) -> None:
    for name in ("index.html", "in/a.html", "_static/webpack-macros.html", "go/sec_a/index.html"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", "utf-8")
    assert [file.relative_to(tmp_path).as_posix() for file in program.pages(tmp_path)] == ["in/a.html", "index.html"]


def test_a_missing_checker_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert program.main([str(tmp_path / "vnu.jar"), str(tmp_path)]) == 2
    assert f"error: {tmp_path / 'vnu.jar'}: nothing is there" in capsys.readouterr().err
