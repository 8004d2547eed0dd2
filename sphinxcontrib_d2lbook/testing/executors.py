"""Test what every executor must do with a set of tasks.

    class TestSlurm(ExecutorContract):
        @pytest.fixture(scope="class")
        @classmethod
        def executor(cls, mark):
            with slurm_for_tests() as cluster:
                yield SlurmExecutor(cluster)

The executor must have room for three pages at a time, 4 GB of memory, and two GPUs, which may be mere names in
`CUDA_VISIBLE_DEVICES`. All processes that it starts must inherit the environment of the test, by which those that are
left behind are found. So the process that starts them must itself be started after the fixture `mark`.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from ..execution.executors.base import Executor
from ..execution.file_states import state
from ..execution.kernels.process_tree import adopting
from ..execution.plan import FIXED_ENVIRONMENT
from ..execution.tasks import MISSING, Limits, Resources, Result, Started, Task

MARK = "D2LBOOK_TEST_MARK"
"""Variable in the environment of all processes that a test starts, by which those that are left behind are found."""
LIMITS = Limits(cell_seconds=60, page_seconds=60, memory=0, output=10**6)
SHORT = Limits(cell_seconds=2, page_seconds=60, memory=0, output=10**6)
LOOK = "try: open('absent.txt')\nexcept FileNotFoundError: print('absent')"
READ = "for name in ('made.txt', 'data.txt'): print(open(name).read())"


def make_task(docname: str, root: Path, *cells: str, limits: Limits = LIMITS, **options: Any) -> Task:
    """Return the task of a page in ``root``; each text of ``cells`` is a code cell."""
    folder = (root / docname).parent
    folder.mkdir(parents=True, exist_ok=True)
    code: list[dict[str, Any]] = [
        {
            "cell_type": "code",
            "id": f"cell-{number}",
            "metadata": {},
            "source": cell,
            "execution_count": None,
            "outputs": [],
        }
        for number, cell in enumerate(cells)
    ]
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    return Task(
        docname=docname,
        path=f"{docname}.md",
        parts={},
        notebook={"cells": code, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5},
        lines=tuple(range(10, 10 + 10 * len(cells), 10)),
        folder=str(folder),
        root=str(root),
        unobserved=(),
        kernel=options.pop("kernel", "python3"),
        environment={**FIXED_ENVIRONMENT, **options.pop("environment", {})},
        limits=limits,
        resources=options.pop("resources", Resources()),
        **options,
    )


def tasks(root: Path) -> list[Task]:
    """Return a task of each kind."""
    where = "import os\nprint(os.path.basename(os.getcwd()), os.environ['CUDA_VISIBLE_DEVICES'])"
    return [
        make_task(
            "ok", root, "a = 20 + 1", "print(a * 2)\na", "import subprocess\nchild = subprocess.Popen(['sleep', '600'])"
        ),
        make_task("raises", root, "1", "x = 1\nraise ValueError('bad luck')", "print('never')"),
        make_task("dies", root, "1", "import os\nos._exit(3)"),
        make_task(
            "hasty",
            root,
            "import os, subprocess\nchild = subprocess.Popen(['sleep', '605'], start_new_session=True)\nos._exit(3)",
        ),
        make_task("endless", root, "while True: pass", limits=SHORT),
        make_task("first", root, "with open('made.txt', 'w') as file: file.write('of the first')"),
        make_task("second", root, READ, after=("first",), needs=("data.txt",)),
        make_task("looks", root, LOOK),
        make_task("follower", root, "1", after=("raises",)),
        make_task("follower-of-follower", root, "1", after=("follower",)),
        make_task("sub/alone", root, where, resources=Resources(alone=True, gpus=1)),
        make_task("greedy", root, "1", resources=Resources(gpus=99)),
        make_task("huge", root, "1", resources=Resources(memory=10**15)),
        make_task("kernel", root, "1", kernel="no-such-kernel"),
    ]


@dataclass
class Ran:
    """Results and events of an executor for a set of tasks."""

    results: dict[str, Result] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of "started" or "ended" and a docname, in order of arrival."""

    def text(self, docname: str, cell: int = 0) -> str:
        """Return the text that a cell printed and showed."""
        outputs = self.results[docname].notebook["cells"][cell]["outputs"]
        return "".join(output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs)


def run_all(executor: Executor, tasks: Sequence[Task]) -> Ran:
    """Run tasks to their end."""
    ran = Ran()
    for event in executor.run(tasks):
        if isinstance(event, Started):
            ran.events.append(("started", event.docname))
        elif isinstance(event, Result):
            ran.events.append(("ended", event.docname))
            assert event.docname not in ran.results, "two results for one task"
            ran.results[event.docname] = event
    return ran


@contextmanager
def marking() -> Iterator[str]:
    """Mark the processes that are started in the block, and adopt the orphans among them.

    `marked` lists adopted processes that have ended as zombies. So those of earlier tests are reaped at the start.
    """
    _reap()
    value = uuid.uuid4().hex
    with adopting(), pytest.MonkeyPatch.context() as patch:
        patch.setenv(MARK, value)
        yield value
    _reap()


def _reap() -> None:
    """Reap the children that have ended and that nobody waits for."""
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess, ChildProcessError):
            if child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)


def marked(value: str) -> list[str]:
    """Return the command lines of processes with a mark, except this one, and the zombies that this one adopted."""
    children = psutil.Process().children()
    commands = [f"zombie {child.pid}" for child in children if child.status() == psutil.STATUS_ZOMBIE]
    for process in psutil.process_iter(["pid"]):
        if process.pid == os.getpid():
            continue
        try:
            if process.environ().get(MARK) == value:
                commands.append(" ".join(process.cmdline()) or process.name())
        except psutil.Error:
            continue
    return commands


class ExecutorContract:
    """Contract of an executor, which the fixture `executor` returns."""

    @pytest.fixture(scope="class")
    @classmethod
    def executor(cls, mark: str) -> Executor:
        """Return the executor that is tested."""
        raise NotImplementedError

    @pytest.fixture(scope="class")
    @classmethod
    def mark(cls) -> Iterator[str]:
        """Mark the processes that the tests start."""
        with marking() as value:
            yield value

    @pytest.fixture(scope="class")
    @classmethod
    def root(cls, tmp_path_factory: pytest.TempPathFactory) -> Path:
        """Make the folder of a project."""
        root = tmp_path_factory.mktemp("book")
        (root / "data.txt").write_text("of the author", "utf-8")
        return root

    @pytest.fixture(scope="class")
    @classmethod
    def ran(cls, executor: Executor, root: Path) -> Ran:
        """Run one task of each kind."""
        return run_all(executor, tasks(root))

    def test_each_task_has_one_result_and_began_before_it(self, ran: Ran, tmp_path: Path) -> None:
        """Check this whatever the outcome of a task."""
        names = {task.docname for task in tasks(tmp_path)}
        assert set(ran.results) == names
        ended = [name for kind, name in ran.events if kind == "ended"]
        assert sorted(ended) == sorted(names)
        for name in {name for kind, name in ran.events if kind == "started"}:
            assert ran.events.index(("started", name)) < ran.events.index(("ended", name))

    def test_outputs_come_back(self, ran: Ran) -> None:
        """Compare them with what nbclient returns."""
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
        self, ran: Ran, docname: str, cell: int, line: int | None, name: str, message: str
    ) -> None:
        """Compare the line in the cell too, if it is known."""
        failure = ran.results[docname].failure
        assert failure is not None
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
    def test_what_cannot_run_is_a_result_that_blames_no_cell(
        self, ran: Ran, docname: str, name: str, message: str
    ) -> None:
        """Check also that no kernel is started for it."""
        failure = ran.results[docname].failure
        assert failure is not None
        assert (failure.cell, failure.name) == (None, name)
        assert message in failure.message.lower()
        if name != "NoSuchKernel":
            assert ("started", docname) not in ran.events

    def test_what_a_page_wrote_is_there_for_the_page_after_it(self, ran: Ran) -> None:
        """Check also that it starts when the other has ended."""
        assert ran.text("second") == "of the first\nof the author\n"
        assert ran.events.index(("ended", "first")) < ran.events.index(("started", "second"))
        assert ran.results["first"].writes == ("made.txt",)
        assert set(ran.results["second"].reads) == {"made.txt", "data.txt"}

    def test_reads_say_what_a_page_saw(self, ran: Ran, root: Path) -> None:
        """Compare the state of each file, also of one that was missing."""
        assert ran.results["second"].reads["data.txt"] == state(root / "data.txt")
        assert ran.text("looks") == "absent\n"
        assert ran.results["looks"].reads == {"absent.txt": MISSING}

    def test_nothing_runs_beside_a_page_that_is_alone(self, ran: Ran) -> None:
        """Check when it starts, and until it ends."""
        start = ran.events.index(("started", "sub/alone"))
        assert ran.events[start + 1] == ("ended", "sub/alone")
        begun = {name for kind, name in ran.events[:start] if kind == "started"}
        assert begun <= {name for kind, name in ran.events[:start] if kind == "ended"}

    def test_a_page_runs_in_its_folder_and_sees_as_many_gpus_as_it_asked_for(self, ran: Ran) -> None:
        """Check also that it sees no others."""
        folder, gpus = ran.text("sub/alone").split()
        assert (folder, len(gpus.split(","))) == ("sub", 1)

    def test_what_is_left_behind_is_named_and_ended(self, ran: Ran, mark: str) -> None:
        """Check also the cell after which it was first seen."""
        (leftover,) = ran.results["ok"].leftovers
        assert (leftover.cell, leftover.command) == (2, "sleep 600")
        assert [line for line in marked(mark) if "sleep 600" in line] == []

    def test_what_began_just_before_the_kernel_died_is_named_and_ended(self, ran: Ran, mark: str) -> None:
        """Use a process with a session of its own that ends sooner than anyone looks."""
        assert [leftover.command for leftover in ran.results["hasty"].leftovers] == ["sleep 605"]
        assert [line for line in marked(mark) if "sleep 605" in line] == []

    def test_closing_the_iterator_stops_what_runs(self, executor: Executor, mark: str, tmp_path: Path) -> None:
        """Look for kernels, and for the processes that they are forked from."""
        events = executor.run([make_task(name, tmp_path, "import time\ntime.sleep(600)") for name in ("a", "b")])
        while not isinstance(next(events), Started):
            pass
        events.close()
        remaining = [line for line in marked(mark) if "boot.py" in line or "zygote.py" in line]
        assert remaining == [], remaining
