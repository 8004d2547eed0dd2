"""What is observed of a page, and what is told where it cannot be."""

from __future__ import annotations

import asyncio
import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.file_states import States, state, state_like, written_state
from sphinxcontrib_d2lbook.execution.freshness import Decision
from sphinxcontrib_d2lbook.execution.kernels.access_log import read_log
from sphinxcontrib_d2lbook.execution.kernels.tracer_process import Tracer
from sphinxcontrib_d2lbook.execution.notebook_run import KernelOrigin, run
from sphinxcontrib_d2lbook.execution.plan import PlannedPage
from sphinxcontrib_d2lbook.execution.run_warnings import run_warnings
from sphinxcontrib_d2lbook.execution.session import BuildExecution
from sphinxcontrib_d2lbook.execution.store import Store
from sphinxcontrib_d2lbook.execution.tasks import MISSING, UNSETTLED, PageReport

PROGRAM = "import subprocess\nprint(subprocess.run('cat data/f.txt', shell=True, capture_output=True).stdout)"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root/data").mkdir(parents=True)
    (tmp_path / "root/data/f.txt").write_text("text")
    return tmp_path / "root"


def run_once(one: Any, folder: Path, *, traced: bool) -> Any:
    folder.mkdir()
    (folder / "1").mkdir()
    tracer = Tracer(folder) if traced else None
    try:
        return asyncio.run(run(one, KernelOrigin(), folder / "1", {}, tracer.address if tracer else ""))
    finally:
        if tracer:
            tracer.close()


def test_without_a_tracer_pages_that_start_programs_are_told(root: Path, task: Any, tmp_path: Path) -> None:
    result = run_once(task("page", root, PROGRAM), tmp_path / "scratch", traced=False)
    assert (result.failure, result.unseen) == (None, ("programs cannot be observed: there is no tracer",))
    assert "data/f.txt" not in result.reads
    assert run_once(task("page", root, "print(1)"), tmp_path / "other", traced=False).unseen == ()
    session = BuildExecution(Store(tmp_path / "store"))
    session.plans["page"] = PlannedPage(task("page", root), {}, ())
    session.decisions["page"] = Decision(None, "not run before")
    (one,) = run_warnings(session, {"page": PageReport("ran", None, 0.0, None, unseen=result.unseen)})
    assert (one.level, one.place) == ("warning", "page.md:1")
    assert "there is no tracer; these pages start some: page. " in one.text
    assert list(run_warnings(session, {"page": PageReport("cached", None, 0.0, None, unseen=result.unseen)})) == []


def test_the_network_is_told(root: Path, task: Any, tmp_path: Path) -> None:
    cell = "import socket\ns = socket.socket()\ns.settimeout(0.1)\nprint(s.connect_ex(('192.0.2.1', 9)) != 0)"
    result = run_once(task("page", root, cell), tmp_path / "scratch", traced=True)
    assert result.unseen == ("the network (192.0.2.1)",)


@pytest.mark.skipif(sys.platform != "linux", reason="programs are observed on Linux alone")
def test_a_kernel_that_is_not_of_ipython_is_observed_as_a_program(
    root: Path, task: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "jupyter/kernels/other"
    home.mkdir(parents=True)
    command = f"exec {shlex.quote(sys.executable)} -m ipykernel_launcher -f {{connection_file}}"
    spec = {"argv": ["sh", "-c", command], "display_name": "Other", "language": "python"}
    (home / "kernel.json").write_text(json.dumps(spec))
    monkeypatch.setattr(
        "sphinxcontrib_d2lbook.execution.notebook_run.SPECS.kernel_dirs", [str(tmp_path / "jupyter/kernels")]
    )
    page = task("page", root, "print(open('da' + 'ta/f.txt').read())", kernel="other")
    result = run_once(page, tmp_path / "scratch", traced=True)
    assert (result.failure, result.unseen) == (None, ())
    assert result.reads["data/f.txt"] == state(root / "data/f.txt")


def log_of(folder: Path, *lines: tuple[str, Path | str, Any, Any]) -> Path:
    path = folder / "log"
    path.write_text("".join(json.dumps([kind, str(name), stat, more]) + "\n" for kind, name, stat, more in lines))
    return path


def stat_of(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_mtime_ns, found.st_size, found.st_ino]


def test_what_is_read_before_it_is_written_is_what_it_was_then(root: Path, tmp_path: Path) -> None:
    file = root / "data/f.txt"
    first, stat = state(file), stat_of(file)
    file.write_text("written over")
    used = read_log(log_of(tmp_path, ("r", file, stat, None), ("w", file, stat, first), ("r", file, None, None)), root)
    assert (used.reads, used.writes, used.before) == ({"data/f.txt": first}, ("data/f.txt",), {"data/f.txt": first})
    used = read_log(log_of(tmp_path, ("w", file, stat, first), ("r", file, None, None)), root)
    assert used.reads == {}


def test_what_changes_meanwhile_is_unsettled(root: Path, tmp_path: Path) -> None:
    file = root / "data/f.txt"
    stat = stat_of(file)
    file.write_text("of another")
    used = read_log(log_of(tmp_path, ("r", file, stat, None), ("e", root / "new", None, None)), root)
    assert used.reads == {"data/f.txt": UNSETTLED, "new": MISSING}
    (root / "new").write_text("")
    used = read_log(log_of(tmp_path, ("e", root / "new", None, None)), root)
    assert used.reads == {"new": UNSETTLED}


def test_what_is_seen_of_a_path_changes_with_that_alone(root: Path) -> None:
    file, folder = root / "data/f.txt", root / "data"
    texts = {
        "content": (file, state(file)),
        "size": (file, "a file of 4 bytes"),
        "there": (file, "there: a file"),
        "names": (folder, state_like("names ", folder)),
        "entries": (folder, state_like("entries ", folder)),
    }

    def differing() -> set[str]:
        return {name for name, (path, text) in texts.items() if state_like(text, path) != text}

    assert differing() == set()
    file.write_text("txet")
    assert differing() == {"content"}
    file.write_text("longer")
    assert differing() == {"content", "size", "entries"}
    (folder / ".hidden").write_text("")
    assert differing() == {"content", "size", "names", "entries"}
    file.unlink()
    assert differing() == set(texts)
    assert state_like("there: a file", file) == state_like("a file of 4 bytes", file) == MISSING


@pytest.mark.parametrize(
    "text", ["", "there: a file", "a file of 2 bytes", "names 1", "entries 1", "link x", "x; changed at 1"]
)
def test_nothing_is_at_what_can_be_no_path(root: Path, text: str) -> None:
    (root / "loop").symlink_to("loop")
    for path in (root / ("x" * 300), root / "y" / ("x/" * 3000), root / "loop/in"):
        assert state_like(text, path) == MISSING


def test_any_text_can_be_asked_about_as_a_path(root: Path, task: Any, tmp_path: Path) -> None:
    code = "import os\nprint([os.path.exists(text) for text in ('<p>' + 'long ' * 2000, 'nul\\0', 'x' * 300, 'gone')])"
    result = run_once(task("page", root, code), tmp_path / "scratch", traced=True)
    assert result.failure is None
    assert result.reads == {"gone": MISSING}


def test_a_page_does_not_see_by_what_its_python_processes_are_observed(root: Path, task: Any, tmp_path: Path) -> None:
    shows = "import os, subprocess, sys\nprint(os.environ.get('PYTHONPATH'), flush=True)\n"
    inner = f"{shows}os.path.exists('asked')"
    middle = f"{shows}subprocess.run([sys.executable, '-c', {inner!r}])"
    code = f"{shows}print(subprocess.run([sys.executable, '-c', {middle!r}], capture_output=True, text=True).stdout)"
    result = run_once(task("page", root, code), tmp_path / "scratch", traced=True)
    text = "".join(output["text"] for output in result.notebook["cells"][0]["outputs"])
    assert text.split() == ["None", "None"]  # the kernel's own is empty
    assert result.reads["asked"] == MISSING


def test_a_pipe_is_not_read(root: Path) -> None:
    os.mkfifo(root / "pipe")
    assert state(root / "pipe") == written_state(root / "pipe") == "there: a device"


@pytest.mark.parametrize("kind", ["glob", "recursive glob", "Path.glob"])
def test_a_pattern_counts_what_it_matches(root: Path, kind: str) -> None:
    name = f"da*/*.txt matched in . ({kind})"
    before = States(root)(name)
    (root / "data/other.md").write_text("")
    assert States(root)(name) == before
    (root / "data/g.txt").write_text("")
    assert States(root)(name) != before
    assert States(root)(name, frozenset({"data/g.txt"})) == before
