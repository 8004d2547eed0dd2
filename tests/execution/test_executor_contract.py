"""Our executors hold the contract that every executor holds."""

from __future__ import annotations

import importlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sphinxcontrib_d2lbook.execution.executors.base import Executor
from sphinxcontrib_d2lbook.execution.executors.local import LocalExecutor
from sphinxcontrib_d2lbook.execution.schedule import Capacity
from sphinxcontrib_d2lbook.testing.executors import ExecutorContract
from tests.execution.dask_cluster import running_cluster

TEXTBOOK = Path(__file__).parent / "textbook-executor"
CAPACITY = Capacity(jobs=3, memory=4 * 10**9, gpus=("0", "1"))


class TestLocal(ExecutorContract):
    @pytest.fixture(scope="class", params=["warm", "cold"])
    @classmethod
    def executor(cls, request: pytest.FixtureRequest, mark: str) -> Iterator[Executor]:
        with tempfile.TemporaryDirectory() as folder:
            yield LocalExecutor(Path(folder) / "kernels.log", CAPACITY, request.param)


@pytest.mark.long
class TestTextbook(ExecutorContract):
    """One of another distribution."""

    @pytest.fixture(scope="class")
    @classmethod
    def executor(cls, mark: str) -> Iterator[Executor]:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            patch.syspath_prepend(str(TEXTBOOK))
            patch.setenv("PYTHONPATH", str(TEXTBOOK))
            yield importlib.import_module("textbook_executor").WrappedExecutor(
                ["nice"], CAPACITY, Path(folder) / "wrapped.log"
            )


@pytest.mark.long
class TestDask(ExecutorContract):
    @pytest.fixture(scope="class")
    @classmethod
    def executor(cls, mark: str) -> Iterator[Executor]:
        with (
            tempfile.TemporaryDirectory() as folder,
            running_cluster(Path(folder), "--resources", "GPU=2 MEMORY=4e9") as cluster,
        ):
            yield cluster.executor(Path(folder) / "client.log")
