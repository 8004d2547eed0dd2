"""What looks like a fault and is none is not told; what does not look like one, and is, is mended."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import psutil
import pytest

from sphinxcontrib_d2lbook.execution.kernels import process_tree

MULTI = "import multiprocessing, multiprocessing.shared_memory as shared\n"
HELPED = {
    "shared-memory": MULTI + "m = shared.SharedMemory(create=True, size=10)\nm.unlink()",
    "semaphore": MULTI + "m = multiprocessing.get_context('spawn').Semaphore()",
    "fork-server": MULTI + "with multiprocessing.get_context('forkserver').Pool(1) as p: print(p.map(abs, [-1]))",
    "manager": MULTI + "with multiprocessing.get_context('spawn').Manager() as m: print(m.list([1]))",
}


@pytest.fixture(scope="module")
def ran(task: Any, run: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The results of pages for which `multiprocessing` starts helpers, and of one that leaves a process behind."""
    from sphinxcontrib_d2lbook.execution.executors.local import LocalExecutor
    from sphinxcontrib_d2lbook.execution.schedule import Capacity

    root = tmp_path_factory.mktemp("project") / "project"
    root.mkdir()
    cells = {**HELPED, "left": "import subprocess\n_ = subprocess.Popen(['sleep', '613'], start_new_session=True)"}
    executor = LocalExecutor(root.parent / "kernels.log", Capacity(2, 10**10))
    return run(executor, [task(name, root, cell) for name, cell in cells.items()]).results


@pytest.mark.parametrize("name", HELPED)
def test_what_multiprocessing_keeps_for_itself_is_not_left_behind(ran: Any, name: str) -> None:
    assert ran[name].failure is None
    assert ran[name].leftovers == ()


def test_a_process_that_has_given_back_its_memory_is_ending() -> None:
    """One that is dead and not yet waited for is in the last state of that."""
    process = subprocess.Popen(["sleep", "613"])
    seen = psutil.Process(process.pid)
    assert not process_tree.is_ending(seen)
    process.kill()
    while seen.status() != psutil.STATUS_ZOMBIE:
        pass
    assert process_tree.is_ending(seen)
    process.wait()
    assert process_tree.is_ending(seen)


def test_a_process_that_has_just_been_started_is_not_ending() -> None:
    """The system gives it its command line a moment after its memory."""
    for _ in range(100):
        with subprocess.Popen(["sleep", "613"]) as process:
            ending = process_tree.is_ending(psutil.Process(process.pid))
            process.kill()
        assert not ending


def test_what_a_page_leaves_behind_is_told(ran: Any) -> None:
    assert [left.command for left in ran["left"].leftovers] == ["sleep 613"]


def test_a_damaged_entry_of_an_unchanged_page_runs_that_page_again(project: Any, page: Any) -> None:
    project.conf += "html_theme = 'basic'\nd2lbook_outputs = ['html']\n"
    names = ("one", "two")
    project.write({"index.md": "# Book\n\n```{toctree}\none\ntwo\n```\n"})
    project.write({f"{name}.md": page(f"# {name}\n\n```{{code-cell}}\nprint('{name}' * 3)\n```\n") for name in names})
    assert project.run("book").returncode == 0
    assert "nothing has changed" in project.run("book").stdout
    store = Path(project.build_folder / "doctrees/d2lbook/execution/entries")
    entry = next(file for file in store.glob("*/*.json") if b"twotwotwo" in file.read_bytes())
    entry.write_bytes(entry.read_bytes().replace(b"twotwotwo", b"twotwoTWO"))
    done = project.run("book")
    assert "running 1 of 2 pages" in done.stdout
    assert "two ran in" in done.stdout
    assert "its stored outputs are damaged" in done.stdout
    assert "twotwotwo" in (project.build_folder / "book/html/two.html").read_text("utf-8")
