"""`.ci/failed_again.py` lets pass what failed by chance, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).parents[1] / ".ci" / "failed_again.py"
ONCE = """
import pathlib
def test_once():
    mark = pathlib.Path("seen")
    seen = mark.exists()
    mark.touch()
    assert seen
"""
ALWAYS = "def test_always():\n    assert 1 == 2\n"
MANY = "import pytest\n@pytest.mark.parametrize('n', range(4))\ndef test_many(n):\n    assert n < 0\n"


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    # The parts of this run, which pytest-xdist names in variables, are none of the runs inside.
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    return subprocess.run([sys.executable, *arguments], cwd=folder, env=own, capture_output=True, text=True)


@pytest.mark.long
@pytest.mark.parametrize(
    ("files", "code", "said"),
    [
        ({"test_a.py": ONCE}, 0, ""),
        ({"test_a.py": ALWAYS}, 1, "failed twice: test_a.py::test_always"),
        ({"test_a.py": ONCE, "test_b.py": ALWAYS}, 1, "failed twice: test_b.py::test_always"),
        ({"test_a.py": MANY}, 1, "4 tests failed"),
        ({"test_a.py": "import no_such_module\n"}, 1, "failed twice"),
        ({}, 1, "did not come to its end"),
    ],
)
def test_only_what_passes_alone_is_let_pass(tmp_path: Path, files: dict[str, str], code: int, said: str) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    if files:
        assert python(tmp_path, "-m", "pytest", "-n", "0").returncode != 0
    done = python(tmp_path, str(PROGRAM), "")
    assert (done.returncode, said in done.stderr) == (code, True)
    names = tmp_path / "_build" / "failed-at-first.txt"
    assert (names.read_text() if names.exists() else "") == ("" if code else "test_a.py::test_once\n")
