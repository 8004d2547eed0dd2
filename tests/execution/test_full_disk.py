"""The disk is full in the middle of a build: it says so, nothing is half-written, and the next build is a clean one."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.store import Store
from tests.conftest import NOTEBOOK

pytestmark = pytest.mark.long

PAGES = ("one", "two", "three", "four")
SPACE = 2_000_000
"""Bytes of the disk before the book is on it."""
BLOCK = 4096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SPACE}", "none", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"a disk of its own can be had by root alone: {done.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def resize(disk: Path, size: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={size}", str(disk)], check=True)


def write(project: Any, page: Any) -> None:
    project.write({"index.md": "# Book\n\n```{toctree}\n" + "\n".join(PAGES) + "\n```\n"})
    for name in PAGES:
        cell = f"print('{name} ' * 20000)"
        project.write({f"{name}.md": page(f"# {name}\n\n```{{code-cell}}\n{cell}\n```\n")})


def site(project: Any) -> dict[str, bytes]:
    html = project.build_folder / "html"
    return {
        str(path.relative_to(html)): path.read_bytes()
        for path in sorted(html.rglob("*"))
        if path.is_file() and path.name != ".buildinfo"
    }


def blocks(folder: Path) -> int:
    """Bytes that the files of a folder take on a disk."""
    return sum(-(-path.stat().st_size // BLOCK) * BLOCK for path in folder.rglob("*") if path.is_file())


def fill(project: Any, page: Any) -> Any:
    project.conf += "html_theme = 'basic'\nd2lbook_outputs = ['html']\nd2lbook_execution_jobs = 1\n"
    write(project, page)
    project._write_conf()
    return project


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory, new_project: Any) -> Any:
    """The book where there is room."""
    project = fill(new_project(tmp_path_factory.mktemp("clean")), lambda text: NOTEBOOK + text)
    done = project.run("html")
    assert (done.returncode, done.stderr) == (0, "")
    return project


@pytest.mark.parametrize("part", [0.0, 0.03, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.98])
def test_a_full_disk_is_told_and_the_next_build_is_a_clean_one(
    disk: Path, page: Any, new_project: Any, clean: Any, part: float
) -> None:
    """Wherever it happens: the disk has room for a ``part`` of what a build writes."""
    small = fill(new_project(disk / "project"), page)
    needed = blocks(clean.build_folder)
    resize(disk, -(-(shutil.disk_usage(disk).used + int(part * needed)) // BLOCK) * BLOCK)
    done = small.run("html")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "No space left on device" in done.stderr, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    store = Store(small.build_folder / "doctrees" / "d2lbook" / "execution", complain=pytest.fail)
    for file in (store.folder / "entries").glob("*/*"):
        assert file.suffix == ".json", "half of an entry"
        store.load(file)
    for name in PAGES:
        assert all(run.key in store for run in store.runs(name))
    resize(disk, 10 * needed)
    again = small.run("html")
    assert (again.returncode, again.stderr) == (0, ""), again.stdout + again.stderr
    assert site(small) == site(clean)
