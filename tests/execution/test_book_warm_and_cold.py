"""This book's own notebooks come out the same, byte for byte, with copied kernels and with others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


def _notebooks(folder: Path, kernels: str) -> dict[str, bytes]:
    values = [f"d2lbook_kernels={kernels}", "d2lbook_package_write=0"]
    options = [word for value in values for word in ("-D", value)]
    command = [sys.executable, "-m", "sphinx", "-M", "notebooks", "book", str(folder), "-c", ".", "-W", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "ran in" in done.stdout
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.glob("notebooks/**/*.ipynb"))}


@pytest.mark.exhaustive
def test_the_book_is_the_same_warm_and_cold(tmp_path: Path) -> None:
    warm, cold = (_notebooks(tmp_path / kernels, kernels) for kernels in ("warm", "cold"))
    assert len(warm) > 5
    assert [name for name in warm if warm[name] != cold[name]] == []
    assert warm.keys() == cold.keys()
