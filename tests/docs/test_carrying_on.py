"""What stands at the top of the repository for those who carry the code on is true."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
import yaml

from .pages import DOCS

ROOT = DOCS.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def read(name: str) -> Any:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def test_the_citation_says_what_the_metadata_say() -> None:
    citation = read("CITATION.cff")
    assert set(citation) >= {"cff-version", "message", "title", "authors"}  # what the format requires
    assert citation["title"] == PROJECT["name"]
    assert citation["version"] == PROJECT["version"]
    assert citation["abstract"] == PROJECT["description"]
    assert citation["keywords"] == PROJECT["keywords"]
    assert citation["authors"] == PROJECT["authors"]
    assert citation["repository-code"] == PROJECT["urls"]["Source"]
    assert citation["license"] in PROJECT["license"].split(" AND ")
    heading = rf"^## \[{re.escape(citation['version'])}\] - {citation['date-released']}$"
    assert re.search(heading, (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)


def test_hooks_before_a_commit_are_those_of_the_environment() -> None:
    hooks = [hook for repo in read(".pre-commit-config.yaml")["repos"] for hook in repo["hooks"]]
    assert {repo["repo"] for repo in read(".pre-commit-config.yaml")["repos"]} == {"local"}
    checks = re.search(r"^check:\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert checks
    commands = set(re.findall(r"\$\(RUN\) (.*?)(?: \.)?$", checks[1], re.MULTILINE))
    layers = "pytest -n 0 -q tests/test_architecture.py"
    assert {*(hook["entry"].removeprefix(".venv/bin/python -m ") for hook in hooks), layers} == commands


def test_continuous_integration_runs_what_a_change_must_pass() -> None:
    jobs = read(".github/workflows/ci.yml")["jobs"]
    assert ".ci/run" in [step.get("run") for step in jobs["everything"]["steps"]]


@pytest.mark.parametrize("name", ["bug.yml", "idea.yml"])
def test_forms_of_issues_ask_something(name: str) -> None:
    form = read(f".github/ISSUE_TEMPLATE/{name}")
    assert form["name"]
    assert form["description"]
    kinds = {"markdown": {"value"}, "textarea": {"label"}}
    assert all(kinds[part["type"]] <= set(part["attributes"]) for part in form["body"])
    names = [part["id"] for part in form["body"] if part["type"] != "markdown"]
    assert len(names) == len(set(names)) > 1


def test_the_example_of_a_first_change_starts_from_the_code_as_it_is() -> None:
    """Each line that the page has changed is there in its old form, the new unit left out."""
    page = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    code = (ROOT / "sphinxcontrib_d2lbook" / "elements" / "qrcode.py").read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith(("SIZE", "MILLIMETRES"))]
    assert len(lines) == 2
    for line in lines:
        assert line.replace("|pc", "").replace('"pc": 25.4 / 6, ', "") in code
    tests = (ROOT / "tests" / "elements" / "test_elements_qr.py").read_text("utf-8")
    assert "def test_sizes_are_lengths" in tests
