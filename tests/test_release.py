"""`.ci/release.py` refuses a release that does not fit together; its workflow publishes what it has built."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ci_programs import load

ROOT = Path(__file__).parents[1]
CHANGELOG = (
    "# Changelog\n\n## [Unreleased]\n\n## [1.2.0] - 2026-01-31\n\n### Added\n\n- A thing.\n\n## [1.1.0] - 2025-01-01\n"
)
release = load("release")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository that is ready for its release."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1.2.0"\n', "utf-8")
    (tmp_path / "CITATION.cff").write_text('version: 1.2.0\ndate-released: "2026-01-31"\n', "utf-8")
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "All"]):
        identity = ["-c", "user.name=A", "-c", "user.email=a@a.example"]
        subprocess.run(["git", *identity, *words], cwd=tmp_path, check=True)
    return tmp_path


def test_a_release_that_fits_together(root: Path) -> None:
    assert list(release.faults(root, "v1.2.0")) == []
    assert release.notes(CHANGELOG, "1.2.0") == "### Added\n\n- A thing."
    assert release.notes(CHANGELOG, "3.0") == ""


@pytest.mark.parametrize(
    ("file", "old", "new", "tag", "fault"),
    [
        ("pyproject.toml", "1.2.0", "1.3.0", "v1.2.0", "the version in pyproject.toml is 1.3.0: it takes v1.3.0"),
        ("CITATION.cff", "1.2.0", "1.1.0", "", "CITATION.cff does not name version 1.2.0"),
        ("CHANGELOG.md", "2026-01-31", "2026-02-01", "", "has no heading ## [1.2.0] - 2026-01-31"),
        ("CHANGELOG.md", "[Unreleased]\n", "[Unreleased]\n\n- Late.\n", "v1.2.0", "has 1 lines under [Unreleased]"),
        ("CHANGELOG.md", "A thing", "Things", "", "files are not committed:\n M CHANGELOG.md"),
    ],
)
def test_what_does_not_fit_is_said(root: Path, file: str, old: str, new: str, tag: str, fault: str) -> None:
    path = root / file
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    assert any(fault in found for found in release.faults(root, tag)), list(release.faults(root, tag))


def test_only_the_jobs_that_publish_may_write_and_they_run_nothing_of_the_repository() -> None:
    workflow: Any = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text("utf-8"))
    assert workflow[True] == {"push": {"tags": ["v*"]}}  # YAML reads the key `on` so
    jobs = workflow["jobs"]
    assert {name: job.get("permissions") for name, job in jobs.items()} == {
        "build": None,
        "pypi": {"id-token": "write"},
        "github": {"contents": "write"},
    }
    assert workflow["permissions"] == {"contents": "read"}
    for name in ("pypi", "github"):
        assert not any("checkout" in step.get("uses", "") for step in jobs[name]["steps"])
        assert jobs[name]["needs"] in jobs
    assert any(".ci/release.py --tag" in step.get("run", "") for step in jobs["build"]["steps"])
