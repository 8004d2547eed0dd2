"""What every executor does with a set of tasks; `EXECUTORS` in conftest.py names them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.executors.base import Executor
from sphinxcontrib_d2lbook.execution.model import Limits, Resources, Started, Task

SHORT = Limits(cell_seconds=2, page_seconds=60, memory=0, output=10**6)
READ = "for name in ('made.txt', 'data.txt'): print(open(name).read())"


def tasks(make: Callable[..., Task], root: Path) -> list[Task]:
    """One of each kind."""
    where = "import os\nprint(os.path.basename(os.getcwd()), os.environ['CUDA_VISIBLE_DEVICES'])"
    return [
        make(
            "ok", root, "a = 20 + 1", "print(a * 2)\na", "import subprocess\nchild = subprocess.Popen(['sleep', '600'])"
        ),
        make("raises", root, "1", "x = 1\nraise ValueError('bad luck')", "print('never')"),
        make("dies", root, "1", "import os\nos._exit(3)"),
        make(
            "hasty",
            root,
            "import os, subprocess\nchild = subprocess.Popen(['sleep', '605'], start_new_session=True)\nos._exit(3)",
        ),
        make("endless", root, "while True: pass", limits=SHORT),
        make("first", root, "with open('made.txt', 'w') as file: file.write('of the first')"),
        make("second", root, READ, after=("first",), needs=("data.txt",)),
        make("follower", root, "1", after=("raises",)),
        make("follower-of-follower", root, "1", after=("follower",)),
        make("sub/alone", root, where, resources=Resources(alone=True, gpus=1)),
        make("greedy", root, "1", resources=Resources(gpus=99)),
        make("huge", root, "1", resources=Resources(memory=10**15)),
        make("kernel", root, "1", kernel="no-such-kernel"),
    ]


@pytest.fixture(scope="module")
def ran(executor: Executor, task: Any, run: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp("book")
    (root / "data.txt").write_text("of the author")
    return run(executor, tasks(task, root))


def test_each_task_has_one_result_and_began_before_it(ran: Any, task: Any, tmp_path: Path) -> None:
    names = {one.docname for one in tasks(task, tmp_path)}
    assert set(ran.results) == names
    ended = [name for kind, name in ran.events if kind == "ended"]
    assert sorted(ended) == sorted(names)
    for name in {name for kind, name in ran.events if kind == "started"}:
        assert ran.events.index(("started", name)) < ran.events.index(("ended", name))


def test_outputs_come_back(ran: Any) -> None:
    result = ran.results["ok"]
    assert result.failure is None
    assert ran.text("ok", 1) == "42\n21"
    assert [cell["execution_count"] for cell in result.notebook["cells"]] == [1, 2, 3]
    assert result.seconds > 0
    assert result.notebook["metadata"]["language_info"]["name"] == "python"
    json.dumps(result.notebook)


@pytest.mark.parametrize(
    ("docname", "cell", "line", "name", "message"),
    [
        ("raises", 1, 2, "ValueError", "bad luck"),
        ("dies", 1, None, "DeadKernel", "the kernel died with exit code 3 while the cell ran"),
        ("endless", 0, None, "TimeoutError", "the cell took longer than 2 seconds; see d2lbook_cell_timeout"),
    ],
)
def test_what_fails_is_a_result_that_names_the_cell(
    ran: Any, docname: str, cell: int, line: int | None, name: str, message: str
) -> None:
    failure = ran.results[docname].failure
    assert (failure.cell, failure.line, failure.name, failure.message) == (cell, line, name, message)


@pytest.mark.parametrize(
    ("docname", "name", "message"),
    [
        ("greedy", "ResourceError", "99"),
        ("huge", "ResourceError", "memory"),
        ("follower", "DependencyError", "since raises, on which it depends, failed"),
        ("follower-of-follower", "DependencyError", "since follower, on which it depends, failed"),
        ("kernel", "NoSuchKernel", "no-such-kernel"),
    ],
)
def test_what_cannot_run_is_a_result_that_blames_no_cell(ran: Any, docname: str, name: str, message: str) -> None:
    failure = ran.results[docname].failure
    assert (failure.cell, failure.name) == (None, name)
    assert message in failure.message.lower()
    if name != "NoSuchKernel":
        assert ("started", docname) not in ran.events


def test_what_a_page_wrote_is_there_for_the_page_after_it(ran: Any) -> None:
    assert ran.text("second") == "of the first\nof the author\n"
    assert ran.events.index(("ended", "first")) < ran.events.index(("started", "second"))
    assert ran.results["first"].writes == ("made.txt",)
    assert set(ran.results["second"].reads) == {"made.txt", "data.txt"}


def test_nothing_runs_beside_a_page_that_is_alone(ran: Any) -> None:
    start = ran.events.index(("started", "sub/alone"))
    assert ran.events[start + 1] == ("ended", "sub/alone")
    begun = {name for kind, name in ran.events[:start] if kind == "started"}
    assert begun <= {name for kind, name in ran.events[:start] if kind == "ended"}


def test_a_page_runs_in_its_folder_and_sees_as_many_gpus_as_it_asked_for(ran: Any) -> None:
    folder, gpus = ran.text("sub/alone").split()
    assert (folder, len(gpus.split(","))) == ("sub", 1)


def test_what_is_left_behind_is_named_and_ended(ran: Any, mark: str, left: Any) -> None:
    (found,) = ran.results["ok"].leftovers
    assert (found.cell, found.command) == (2, "sleep 600")
    assert [line for line in left(mark) if "sleep 600" in line] == []


def test_what_began_just_before_the_kernel_died_is_named_and_ended(ran: Any, mark: str, left: Any) -> None:
    """In a session of its own, and sooner than anyone looks."""
    assert [found.command for found in ran.results["hasty"].leftovers] == ["sleep 605"]
    assert [line for line in left(mark) if "sleep 605" in line] == []


def test_closing_the_iterator_stops_what_runs(
    executor: Executor, task: Any, mark: str, left: Any, tmp_path: Path
) -> None:
    events = executor.run([task(name, tmp_path, "import time\ntime.sleep(600)") for name in ("a", "b")])
    while not isinstance(next(events), Started):
        pass
    events.close()  # type: ignore[attr-defined]
    assert [line for line in left(mark) if "boot.py" in line or "zygote.py" in line] == []
