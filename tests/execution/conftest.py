"""Tasks and executors: what every executor is tested with."""

from __future__ import annotations

import ctypes
import os
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from sphinxcontrib_d2lbook.execution.executors.base import Executor
from sphinxcontrib_d2lbook.execution.executors.local import LocalExecutor
from sphinxcontrib_d2lbook.execution.model import Limits, Resources, Result, Started, Task
from sphinxcontrib_d2lbook.execution.plan import FIXED_ENVIRONMENT
from sphinxcontrib_d2lbook.execution.schedule import Capacity
from tests.execution.dask_cluster import running_cluster

PR_SET_CHILD_SUBREAPER = 36
MARK = "D2LBOOK_TEST_MARK"
"""A variable in the environment of all processes that a test starts, so that those that are left are found."""
LIMITS = Limits(cell_seconds=60, page_seconds=60, memory=0, output=10**6)
CAPACITY = Capacity(jobs=3, memory=4 * 10**9, gpus=("0", "1"))


def make_task(docname: str, root: Path, *cells: str, limits: Limits = LIMITS, **options: Any) -> Task:
    """A page in ``root``; each text of ``cells`` is a code cell."""
    folder = (root / docname).parent
    folder.mkdir(parents=True, exist_ok=True)
    code = [
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


@contextmanager
def _local(start: str, folder: Path) -> Iterator[Executor]:
    yield LocalExecutor(folder / "kernels.log", CAPACITY, start)


@contextmanager
def _dask(folder: Path) -> Iterator[Executor]:
    with running_cluster(folder, "--resources", "GPU=2 MEMORY=4e9") as cluster:
        yield cluster.executor(folder / "client.log")


EXECUTORS: Mapping[str, Callable[[Path], AbstractContextManager[Executor]]] = {
    "local-warm": lambda folder: _local("warm", folder),
    "local-cold": lambda folder: _local("cold", folder),
    "dask": _dask,
}
"""Name -> an executor that has `CAPACITY`, and a folder for what it needs besides. Another one adds its line here."""


@dataclass
class Ran:
    """What an executor told of a set of tasks."""

    results: dict[str, Result] = field(default_factory=dict)
    events: list[tuple[str, str]] = field(default_factory=list)
    """("started" or "ended", docname), as they came."""

    def text(self, docname: str, cell: int = 0) -> str:
        """What a cell printed and showed."""
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


def marked(value: str) -> list[str]:
    """Command lines of the processes that carry a mark, this one left out, and the zombies that came to this one."""
    children = psutil.Process().children()
    found = [f"zombie {child.pid}" for child in children if child.status() == psutil.STATUS_ZOMBIE]
    for process in psutil.process_iter(["pid"]):
        if process.pid == os.getpid():
            continue
        try:
            if process.environ().get(MARK) == value:
                found.append(" ".join(process.cmdline()) or process.name())
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="session")
def task() -> Callable[..., Task]:
    """`make_task`: tests cannot import this file."""
    return make_task


@pytest.fixture(scope="session")
def run() -> Callable[..., Ran]:
    """`run_all`."""
    return run_all


@pytest.fixture(scope="session")
def left() -> Callable[[str], list[str]]:
    """`marked`."""
    return marked


@pytest.fixture(scope="module")
def mark() -> Iterator[str]:
    """The mark of the processes that the tests of a module start."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # orphans come to this process, so that they are seen
    value = uuid.uuid4().hex
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(MARK, value)
        yield value


@pytest.fixture(scope="session")
def new_project() -> Callable[[Path], Any]:
    """Folder -> a project in it, for fixtures that many tests share."""
    from tests.conftest import Project

    return Project


LONG = frozenset({"dask"})
"""Executors that take minutes to test."""


@pytest.fixture(
    scope="module",
    params=[pytest.param(name, marks=[pytest.mark.long] if name in LONG else []) for name in EXECUTORS],
)
def executor(request: pytest.FixtureRequest, mark: str) -> Iterator[Executor]:
    """Each executor in turn; all that it starts carries the mark."""
    with tempfile.TemporaryDirectory() as folder, EXECUTORS[request.param](Path(folder)) as found:
        yield found
