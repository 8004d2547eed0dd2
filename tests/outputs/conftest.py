"""Distributions that bring outputs of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

TEXTBOOK = Path(__file__).parent / "textbook-output"
ENTRY = "[sphinxcontrib_d2lbook.outputs]\n{name} = {value}\n"


@pytest.fixture(scope="session")
def textbook_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which pip has installed the distribution that makes plain text."""
    folder = tmp_path_factory.mktemp("textbook")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "textbook_output.py"):
        (source / name).write_bytes((TEXTBOOK / name).read_bytes())
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-index"]
    command += ["--no-deps", "--no-build-isolation", "--target", str(folder / "site"), str(source)]
    subprocess.run(command, check=True)
    return folder / "site"


@pytest.fixture
def textbook(textbook_site: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same, on the path of this process and of those that it starts."""
    monkeypatch.syspath_prepend(str(textbook_site))
    monkeypatch.setenv("PYTHONPATH", str(textbook_site))
    return textbook_site


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Install a distribution of one module that brings an output."""
    site = tmp_path / "site"

    def install(distribution: str, name: str, value: str, code: str = "") -> None:
        info = site / f"{distribution.replace('-', '_')}-1.0.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(ENTRY.format(name=name, value=value))
        (site / f"{value.partition(':')[0]}.py").write_text(code)
        monkeypatch.syspath_prepend(str(site))

    return install
