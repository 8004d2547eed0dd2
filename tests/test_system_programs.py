"""A machine without Chromium or LaTeX runs what it can, and is told the rest in one block."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests import system_programs

SCRIPT = Path(__file__).parents[1] / ".ci" / "system-packages"


def item(*markers: str) -> Any:
    return SimpleNamespace(get_closest_marker=lambda name: name if name in markers else None, markers=markers)


@pytest.fixture
def deselected(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What is left out on a machine that has no program at all; filled by `collect`."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.setattr(system_programs, "not_run", Counter())
    return []


def collect(items: list[Any], deselected: list[Any]) -> None:
    hook = SimpleNamespace(pytest_deselected=lambda items: deselected.extend(items))
    system_programs.pytest_collection_modifyitems(SimpleNamespace(hook=hook), items)  # type: ignore[arg-type]


def test_tests_that_lack_a_program_are_left_out_and_named_at_the_end(
    deselected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    items = [item(), item("latex", "long"), item("latex"), item("browser"), item("slow")]
    collect(items, deselected)
    assert [one.markers for one in items] == [(), ("slow",)]
    assert [one.markers for one in deselected] == [("latex", "long"), ("latex",), ("browser",)]
    lines: list[str] = []
    reporter: Any = SimpleNamespace(section=lambda title, **_: lines.append(title), write_line=lines.append)
    system_programs.pytest_terminal_summary(reporter)
    assert lines == [
        "not run",
        "1 test of Chromium (chromium)",
        "2 tests of LaTeX (latexmk, xelatex, xdvipdfmx, makeindex)",
        system_programs.REMEDY,
    ]


def test_workers_count_what_they_leave_out_once(deselected: list[Any]) -> None:
    for _ in range(2):
        system_programs.pytest_testnodedown(SimpleNamespace(workeroutput={system_programs.KEY: {"latex": 3}}))
    assert system_programs.not_run == {"latex": 3}


def test_nothing_is_left_out_where_ci_is_set(deselected: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.UsageError, match=r"lacks Chromium .* LaTeX .*sudo bash \.ci/system-packages"):
        collect([item("latex")], deselected)


def test_nothing_is_left_out_where_all_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")
    items = [item("latex"), item("browser")]
    collect(items, [])
    assert len(items) == 2


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of programs that a machine has which lacks all that the suite needs; each notes how it was called."""
    for name, does in {
        "id": "echo 1000",
        "uname": "echo Linux",
        "apt-get": "",
        "sudo": "",
        "grep": "exit 1",
        "ldconfig": "",
    }.items():
        program = tmp_path / name
        program.write_text(f'#!/bin/sh\necho "{name} $@" >> {tmp_path}/called\n{does}\n', "utf-8")
        program.chmod(0o755)
    return tmp_path


def run_script(tools: Path, *arguments: str, **environment: str) -> tuple[int, str, str]:
    variables = {**{name: value for name, value in os.environ.items() if name != "CI"}, "PATH": str(tools)}
    done = subprocess.run(
        ["/bin/bash", SCRIPT, *arguments], capture_output=True, text=True, check=False, env={**variables, **environment}
    )
    return done.returncode, done.stderr, (tools / "called").read_text("utf-8")


def test_programs_are_not_installed_where_that_would_ask_a_question(tools: Path) -> None:
    code, said, called = run_script(tools, "--if-possible")
    assert code == 0
    assert said.startswith("note: installing chromium firefox poppler-utils latexmk")
    assert said.endswith("needs root: sudo bash .ci/system-packages\n")
    assert "apt-get" not in called
    assert run_script(tools)[0] == 2


def test_ci_installs_them_by_sudo(tools: Path) -> None:
    code, said, called = run_script(tools, "--if-possible", CI="true")
    assert (code, said) == (0, "")
    assert "sudo -n apt-get update" in called
    assert "sudo -n env DEBIAN_FRONTEND=noninteractive apt-get install -y" in called


def test_a_failed_installation_stops_only_who_has_asked_for_it(tools: Path) -> None:
    (tools / "sudo").write_text('#!/bin/sh\n[ "$2" = true ]\n', "utf-8")
    assert run_script(tools, "--if-possible", CI="true")[0] == 0
    assert run_script(tools, CI="true")[0] == 2
