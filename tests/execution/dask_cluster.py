"""A dask scheduler with workers, in processes of their own on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from sphinxcontrib_d2lbook.execution.executors.dask import DaskExecutor

LOCAL = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0")


class Cluster:
    """Processes that are ended by `end`, whatever became of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**os.environ, "CUDA_VISIBLE_DEVICES": "7"}  # no test looks at a GPU
        self.scheduler_file = folder / "scheduler.json"
        self._processes: list[subprocess.Popen[bytes]] = []
        self._start("scheduler", *LOCAL, "--port", "0", "--scheduler-file", str(self.scheduler_file))

    def _start(self, kind: str, *options: str) -> None:
        log = self.folder / f"{kind}-{len(self._processes)}.log"
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options]
        with log.open("wb") as stream:
            process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=stream, stderr=subprocess.STDOUT
            )
        self._processes.append(process)

    def add_workers(self, *options: str) -> None:
        """As `dask worker` starts them: under a nanny, which replaces those that die."""
        folder = self.folder / f"workers-{len(self._processes)}"
        self._start(
            "worker", *LOCAL, "--scheduler-file", str(self.scheduler_file), "--local-directory", str(folder), *options
        )

    @property
    def address(self) -> str:
        """Waits until the scheduler has one, and has written the whole file: it is there before its content is."""
        wait_until(lambda: self.scheduler_file.exists() and self.scheduler_file.read_text("utf-8").endswith("}"))
        return str(json.loads(self.scheduler_file.read_text("utf-8"))["address"])

    def executor(self, log: Path) -> DaskExecutor:
        return DaskExecutor(log, self.address, timeout=60)

    def conf(self, timeout: float = 60) -> str:
        """Lines of conf.py that send pages here."""
        values = {"address": self.address, "timeout": timeout}
        return f"d2lbook_executor = 'dask'\nd2lbook_dask = {values!r}\n"

    def end(self) -> None:
        """Workers end with their nanny."""
        ours = [psutil.Process(process.pid) for process in self._processes]
        family = [child for process in ours for child in process.children(recursive=True)]
        for process in self._processes:
            process.kill()
            process.wait()
        _, left = psutil.wait_procs(family, timeout=10)
        for one in left:
            one.kill()


@contextmanager
def alone(folder: Path) -> Iterator[Cluster]:
    """A scheduler without workers."""
    cluster = Cluster(folder)
    try:
        yield cluster
    finally:
        cluster.end()


@contextmanager
def running_cluster(folder: Path, *worker_options: str) -> Iterator[Cluster]:
    """With two workers of two threads each."""
    with alone(folder) as cluster:
        cluster.add_workers("--nworkers", "2", "--nthreads", "2", *worker_options)
        yield cluster


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster"), "--resources", "GPU=1") as running:
        yield running


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits for its parent does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def wait_until(true: Callable[[], bool], seconds: float = 300) -> None:
    """Wait for another process; ``seconds`` are for the case that it never comes to it."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
