"""`.ci/gpu_pages.py` runs the pages that use a GPU where there is one, and otherwise says that it did not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NOTEBOOK, Project

PROGRAM = Path(__file__).parents[1] / ".ci" / "gpu_pages.py"
ASKS = NOTEBOOK.replace("---\n", "---\nd2lbook:\n  gpus: 1\n", 1)
CELL = "```{code-cell}\nimport os\nprint('GPUs', os.environ['CUDA_VISIBLE_DEVICES'])\n```\n"


def gpu_pages(folder: Path, gpus: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROGRAM), str(folder)]
    return subprocess.run(
        command, env=os.environ | {"CUDA_VISIBLE_DEVICES": gpus}, capture_output=True, text=True, check=False
    )


@pytest.mark.long
def test_pages_run_where_there_is_a_gpu(project: Project) -> None:
    looks = f"{NOTEBOOK}# Looks\n\n```{{code-cell}}\nassert 'num_gpus()'\n```\n"
    project.write({"index.md": "# Book\n\n```{toctree}\nasks\nlooks\nneither\n```\n", "looks.md": looks})
    project.write({"asks.md": f"{ASKS}# Asks\n\n{CELL}", "neither.md": f"{NOTEBOOK}# Neither\n\n{CELL}"})
    project.run("html")  # writes conf.py
    without = gpu_pages(project.folder, "")
    assert (without.returncode, without.stdout) == (0, "not run: this machine has no GPU\n    asks\n    looks\n")
    for _ in range(2):  # also where it has run before
        done = gpu_pages(project.folder, "3")
        assert done.returncode == 0, done.stdout + done.stderr
        rows = [line.split(" | ") for line in done.stdout.splitlines() if line.startswith("| ")][2:]
        assert [(name, end) for name, _, end in rows] == [("| asks", "ran |"), ("| looks", "ran |")]
        assert "GPUs 3" in (project.folder / "_build" / "gpu" / "book" / "html" / "asks.html").read_text("utf-8")
    project.write({"asks.md": f"{ASKS}# Asks\n\n{CELL.replace('import os', '1 / 0')}"})
    failed = gpu_pages(project.folder, "3")
    assert (failed.returncode, "| asks |" in failed.stdout) == (1, True)


def test_a_book_without_such_pages(project: Project) -> None:
    project.write({"index.md": f"{NOTEBOOK}# Book\n\n{CELL}"})
    done = gpu_pages(project.folder, "0,1")
    assert (done.returncode, done.stdout) == (0, "not run: no page uses a GPU\n")
