"""No more runs than there is room for, in the right order, and every task comes to an end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sphinxcontrib_d2lbook.execution.machine_resources import local_capacity
from sphinxcontrib_d2lbook.execution.schedule import Capacity, Scheduler
from sphinxcontrib_d2lbook.execution.tasks import Resources, Task
from tests.execution.tasks import bare_task

BIG = Capacity(4, 10, ("0", "1"))


def task(name: str, seconds: float | None = None, after: tuple[str, ...] = (), **resources: Any) -> Task:
    return bare_task(name, "", resources=Resources(**resources), after=after, seconds=seconds)


def names(started: list[tuple[Task, dict[str, str]]]) -> list[str]:
    return [task.docname for task, _ in started]


def test_the_longest_start_first_and_what_others_wait_for_counts() -> None:
    tasks = [task("short", 1), task("long", 5), task("first", 2), task("then", 4, after=("first",))]
    scheduler = Scheduler(tasks, Capacity(2, 0))
    assert names(scheduler.start_ready()) == ["first", "long"]
    scheduler.finished("first", ok=True)
    assert names(scheduler.start_ready()) == ["then"]


def test_alone_waits_until_nothing_runs_and_then_nothing_else_starts() -> None:
    scheduler = Scheduler([task("long", 9), task("alone", 5, alone=True), task("short", 1)], BIG)
    assert names(scheduler.start_ready()) == ["long"]
    scheduler.finished("long", ok=True)
    assert names(scheduler.start_ready()) == ["alone"]
    assert names(scheduler.start_ready()) == []
    scheduler.finished("alone", ok=True)
    assert names(scheduler.start_ready()) == ["short"]


def test_gpus_are_given_out_once_and_hidden_from_those_that_ask_for_none() -> None:
    scheduler = Scheduler([task("a", 3, gpus=1), task("b", 2, gpus=2), task("c", 1)], BIG)
    started = scheduler.start_ready()
    assert [(t.docname, v) for t, v in started] == [
        ("a", {"CUDA_VISIBLE_DEVICES": "0"}),
        ("c", {"CUDA_VISIBLE_DEVICES": ""}),
    ]
    scheduler.finished("a", ok=True)
    assert scheduler.start_ready()[0][1] == {"CUDA_VISIBLE_DEVICES": "0,1"}


def test_without_gpus_no_variable_is_touched() -> None:
    assert Scheduler([task("a")], Capacity(1, 0)).start_ready()[0][1] == {}


def test_what_can_never_run_is_refused_at_once_and_what_waits_for_it() -> None:
    tasks = [task("greedy", gpus=3), task("fat", memory=11), task("after", after=("greedy",)), task("fine")]
    scheduler = Scheduler(tasks, BIG)
    refused = {task.docname: failure for task, failure in scheduler.refused}
    assert refused.keys() == {"greedy", "fat", "after"}
    assert "asks for 3 GPUs, and there are 2; run it on" in refused["greedy"].message
    assert refused["after"].name == "DependencyError"
    assert names(scheduler.start_ready()) == ["fine"]


def test_after_a_failure_all_that_depend_on_it_are_given_up() -> None:
    scheduler = Scheduler(
        [task("a"), task("b", after=("a",)), task("c", after=("b",)), task("d", after=("gone",))], BIG
    )
    assert names(scheduler.start_ready()) == ["a", "d"]
    given_up = scheduler.finished("a", ok=False)
    assert [(task.docname, failure.message) for task, failure in given_up] == [
        ("b", "the page did not run, since a, on which it depends, failed"),
        ("c", "the page did not run, since b, on which it depends, failed"),
    ]


TASKS = st.lists(
    st.tuples(
        st.none() | st.floats(0, 9),
        st.sets(st.integers(0, 7), max_size=2),
        st.integers(0, 3),
        st.integers(0, 12),
        st.booleans(),
    ),
    max_size=8,
).map(
    lambda rows: [
        task(str(n), seconds, tuple(str(a) for a in sorted(after) if a < n), gpus=gpus, memory=memory, alone=alone)
        for n, (seconds, after, gpus, memory, alone) in enumerate(rows)
    ]
)


@settings(max_examples=200, deadline=None)
@given(tasks=TASKS, jobs=st.integers(1, 3), data=st.data())
def test_every_task_ends_once_and_nothing_is_overbooked(tasks: list[Task], jobs: int, data: st.DataObject) -> None:
    capacity = Capacity(jobs, 10, ("0", "1"))
    scheduler = Scheduler(tasks, capacity)
    by_name = {task.docname: task for task in tasks}
    ended = [task.docname for task, _ in scheduler.refused]
    done: set[str] = set()
    running: dict[str, dict[str, str]] = {}
    while not scheduler.idle:
        for started, variables in scheduler.start_ready():
            assert set(started.after) & by_name.keys() <= done
            running[started.docname] = variables
        assert running, "nothing runs and something waits"
        assert len(running) <= jobs
        held = [by_name[name].resources for name in running]
        assert sum(one.memory for one in held) <= 10
        assert len(running) == 1 or not any(one.alone for one in held)
        gpus = [gpu for value in running.values() for gpu in value["CUDA_VISIBLE_DEVICES"].split(",") if gpu]
        assert len(gpus) == len(set(gpus)) == sum(one.gpus for one in held)
        name = data.draw(st.sampled_from(sorted(running)))
        ok = data.draw(st.booleans())
        del running[name]
        ended.append(name)
        done |= {name} if ok else set()
        ended += [task.docname for task, _ in scheduler.finished(name, ok=ok)]
    assert sorted(ended) == sorted(by_name)


def test_a_container_has_what_its_limits_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3, 5")
    (tmp_path / "cpu.max").write_text("100000 100000\n")
    (tmp_path / "memory.max").write_text("1000000\n")
    assert local_capacity(0, {}, tmp_path) == Capacity(1, 1000000, ("3", "5"))
    assert local_capacity(7, {"memory": "2GB", "gpus": 1}, tmp_path) == Capacity(7, 2 * 10**9, ("0",))
    (tmp_path / "cpu.max").write_text("max 100000\n")
    (tmp_path / "memory.max").write_text("max\n")
    free = local_capacity(0, {"gpus": ["a"]}, tmp_path)
    assert free.memory > 10**8
    assert free.gpus == ("a",)


def test_a_machine_without_a_driver_has_no_gpus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert local_capacity(1, {}).gpus == ()
