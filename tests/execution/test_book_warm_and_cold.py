"""This book's own notebooks come out the same, byte for byte, with copied kernels and with others."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


CLOCK = "perf_counter"
"""What the source of a page names that measures how long something takes."""


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
    assert warm.keys() == cold.keys()
    timed = {name for name, content in warm.items() if CLOCK.encode() in content}
    assert len(timed) < len(warm) / 4
    assert [name for name in warm if name not in timed and warm[name] != cold[name]] == []
    assert [name for name in timed if _without_values(warm[name]) != _without_values(cold[name])] == []


def _without_values(content: bytes) -> list[tuple[str, list[str]]]:
    """Return the source of each code cell with the kinds of its outputs, which may show seconds of this machine."""
    cells = [cell for cell in json.loads(content)["cells"] if cell["cell_type"] == "code"]
    return [("".join(cell["source"]), [output["output_type"] for output in cell["outputs"]]) for cell in cells]
