"""What is left running is told, of the processes that a test starts and of no others."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager

import psutil
import pytest

from sphinxcontrib_d2lbook.execution.kernels.process_tree import adopting
from sphinxcontrib_d2lbook.testing.executors import marked, marking

ORPHAN = [sys.executable, "-S", "-c", "import os, time\nif os.fork() == 0: time.sleep(0.1)"]
"""A program whose child ends after it: whoever adopts the child has to wait for it."""

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="orphans can be adopted on Linux only")


def leave_a_zombie() -> None:
    before = zombies()
    subprocess.run(ORPHAN, check=True)
    until = time.monotonic() + 30
    while zombies() <= before and time.monotonic() < until:
        time.sleep(0.02)
    assert zombies() > before


def zombies() -> set[int]:
    return {child.pid for child in psutil.Process().children() if child.status() == psutil.STATUS_ZOMBIE}


def test_a_program_that_runs_on_and_one_that_nobody_waits_for_are_told() -> None:
    with marking() as mark:
        leave_a_zombie()
        running = subprocess.Popen(["sleep", "60"])
        try:
            told = marked(mark)
        finally:
            running.kill()
            running.wait()
    assert sorted(line.split()[0] for line in told) == ["sleep", "zombie"]


def test_what_an_earlier_test_left_is_not_told() -> None:
    with adopting():
        leave_a_zombie()
    with marking() as mark:
        assert marked(mark) == []


@pytest.mark.parametrize("manager", [adopting, marking])
def test_orphans_come_here_only_meanwhile(manager: Callable[[], AbstractContextManager[object]]) -> None:
    with manager():
        pass
    subprocess.run(ORPHAN, check=True)
    assert not [child for child in psutil.Process().children() if child.cmdline() == ORPHAN]
