"""The process that runs pages is killed: the build says so, and nothing that pages started runs on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psutil
import pytest

from sphinxcontrib_d2lbook.execution.executors.base import ExecutorError
from sphinxcontrib_d2lbook.execution.executors.local import LocalExecutor
from sphinxcontrib_d2lbook.execution.schedule import Capacity

LEAVES = """
import json, os, subprocess, time
subprocess.Popen(['sleep', '607'], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    subprocess.Popen(['sleep', '608'])
    time.sleep(609)
with open(f'part-{name}', 'w') as file: json.dump([os.getpid(), os.getppid()], file)
os.rename(f'part-{name}', f'begun-{name}')
time.sleep(610)
"""


def run_and_kill(events: Iterable[Any], folder: Path) -> None:
    """Kill the process that runs pages as soon as both of them have begun."""
    killed = False
    for _event in events:  # of which some may still come afterwards
        begun = sorted(folder.glob("begun-*"))
        if len(begun) == 2 and not killed:
            killed = True
            family = psutil.Process(json.loads(begun[0].read_text())[0]).parents()
            next(one for one in family if "sphinxcontrib_d2lbook.execution.runner" in one.cmdline()).kill()


@pytest.mark.parametrize("start", ["warm", "cold"])
def test_what_ran_is_ended_and_the_build_is_told(task: Any, mark: str, left: Any, tmp_path: Path, start: str) -> None:
    executor = LocalExecutor(tmp_path / "kernels.log", Capacity(2, 10**10), start)
    pages = [
        task("done", tmp_path, "1"),
        *(task(name, tmp_path, f"name = {name!r}\n{LEAVES}", after=("done",)) for name in ("one", "two")),
    ]
    with pytest.raises(ExecutorError) as caught:
        run_and_kill(executor.run(pages), tmp_path)
    said = "the process that holds the kernels ended with -9 before 2 pages were done"
    assert str(caught.value).startswith(said)
    assert "kernels.log says more" in str(caught.value)
    assert [line for line in left(mark) if "zombie" not in line] == []
