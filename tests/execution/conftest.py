"""Tasks, and what runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.tasks import Task
from sphinxcontrib_d2lbook.testing.executors import Ran, make_task, marked, marking, run_all


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
    with marking() as value:
        yield value


@pytest.fixture(scope="session")
def new_project() -> Callable[[Path], Any]:
    """Folder -> a project in it, for fixtures that many tests share."""
    from tests.conftest import Project

    return Project
