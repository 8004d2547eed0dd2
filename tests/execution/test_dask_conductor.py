"""The conductor with a cluster that is none: order, lost workers, files that are found out, and what stops it all."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.executors.dask import cache, lease
from sphinxcontrib_d2lbook.execution.executors.dask.cluster import Unusable, WorkerGone, WorkerLost
from sphinxcontrib_d2lbook.execution.executors.dask.cluster_checks import here
from sphinxcontrib_d2lbook.execution.executors.dask.submission import SUBMISSIONS, Submission
from sphinxcontrib_d2lbook.execution.executors.dask.transfers import Reply, RunOrder
from sphinxcontrib_d2lbook.execution.tasks import MISSING, Failure, Resources, Result, Task
from tests.execution.tasks import bare_task

Behaviour = Callable[["FakeCluster", RunOrder], Awaitable[Mapping[str, Any]]]


class Kill(Exception):
    """The worker falls, with all that runs on it."""


class FakeCluster:
    """One worker at a time, which is replaced when it falls; as dask does, it runs again what was lost."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.conductor: Submission
        self.resources: dict[str, float] = {}
        self.number = 1
        self.there = True
        self.running: set[str] = set()
        """docnames that were allowed to start and go on."""
        self.log: list[tuple[str, ...]] = []
        self.errands: list[RunOrder] = []
        self.priorities: dict[str, int] = {}
        self._allowed: dict[str, asyncio.Event] = {}
        self._fallen = asyncio.Event()

    @property
    def worker(self) -> str:
        return f"w{self.number}"

    async def workers(self) -> dict[str, Any]:
        return {self.worker: {"resources": self.resources}} if self.there else {}

    async def versions(self) -> dict[str, Any]:
        return {"scheduler": {"packages": here()}, "workers": {self.worker: {"packages": here()}}}

    async def submit(self, key: str, errand: bytes, priority: int, resources: Mapping[str, float]) -> Mapping[str, Any]:
        wanted: RunOrder = pickle.loads(errand)
        docname = wanted.task.docname
        self.errands.append(wanted)
        self.priorities[docname] = priority
        while True:
            self._allowed[key] = asyncio.Event()
            fallen = asyncio.create_task(self._fallen.wait())
            self.conductor.heard({"key": key, "worker": self.worker, "lacking": [], "cache": "cache"})
            work = asyncio.create_task(self._work(key, wanted))
            try:
                await asyncio.wait([fallen, work], return_when=asyncio.FIRST_COMPLETED)
                if work.done():
                    return work.result()
            except Kill:
                self.number += 1
                self._fallen.set()
                self._fallen = asyncio.Event()
            finally:
                self.running.discard(docname)
                fallen.cancel()
                work.cancel()
                self.log.append(("over", docname))
            await asyncio.sleep(0)

    async def _work(self, key: str, errand: RunOrder) -> Mapping[str, Any]:
        await self._allowed[key].wait()
        self.running.add(errand.task.docname)
        self.log.append(("start", errand.task.docname))
        return await self.behaviour(self, errand)

    async def call(self, worker: str, function: Callable[..., Any], *args: Any) -> Any:
        await asyncio.sleep(0)
        if worker != self.worker:
            raise WorkerGone(worker)
        if function is lease.allow:
            self._allowed[args[0]].set()
        elif function is lease.cancel:
            self.log.append(("cancel", *args[0]))
        return [] if function in (cache.lacking, cache.store) else None

    def starts(self, docname: str) -> int:
        return self.log.count(("start", docname))


def reply(errand: RunOrder, failure: Failure | None = None, **result: Any) -> dict[str, Any]:
    value = Result(errand.task.docname, {}, failure, 1.0, None, **result)
    return asdict(Reply(result=asdict(value), files={}))


async def fine(_cluster: FakeCluster, errand: RunOrder) -> Mapping[str, Any]:
    await asyncio.sleep(0.01)
    return reply(errand)


def task(name: str, root: Path = Path("/nowhere"), **more: Any) -> Task:
    return bare_task(name, str(root), **more)


def conduct(
    behaviour: Behaviour, tasks: list[Task], change: Callable[[FakeCluster], Any] = lambda cluster: None
) -> tuple[FakeCluster, dict[str, Any]]:
    """Run tasks; the cluster and what each page gave. ``change`` may alter the cluster, or come back to it later."""

    async def run() -> tuple[FakeCluster, dict[str, Any]]:
        cluster = FakeCluster(behaviour)
        told: list[Mapping[str, Any]] = []
        conductor = cluster.conductor = Submission(cluster, tasks, told.append, timeout=0.1, lease=0.04)
        later = change(cluster)
        work = asyncio.create_task(later) if later else None
        try:
            await asyncio.wait_for(conductor.run(), 30)
        finally:
            if work:
                work.cancel()
        results = [message["result"] for message in told if "result" in message]
        assert sorted(result["docname"] for result in results) == sorted(one.docname for one in tasks)
        return cluster, {result["docname"]: result["failure"] for result in results}

    return asyncio.run(run())


def test_pages_go_in_the_order_of_the_schedule_and_after_those_on_which_they_depend() -> None:
    tasks = [
        task("then", after=("first",)),
        task("short", seconds=1),
        task("first", seconds=3),
        task("long", seconds=9),
    ]
    cluster, failures = conduct(fine, tasks)
    assert failures == dict.fromkeys(failures)
    assert cluster.log.index(("over", "first")) < cluster.log.index(("start", "then"))
    order = sorted(cluster.priorities, key=lambda name: -cluster.priorities[name])
    assert order == ["long", "first", "short", "then"]


def test_what_depends_on_a_failed_page_does_not_run() -> None:
    async def fail(_cluster: FakeCluster, errand: RunOrder) -> Mapping[str, Any]:
        return reply(errand, Failure(0, 1, "ValueError", "bad", ""))

    cluster, failures = conduct(fail, [task("a"), task("b", after=("a",)), task("c", after=("b",))])
    assert {name: failure["name"] for name, failure in failures.items()} == {
        "a": "ValueError",
        "b": "DependencyError",
        "c": "DependencyError",
    }
    assert cluster.log == [("start", "a"), ("over", "a")]


def test_a_page_that_must_be_alone_has_no_other_of_the_build_beside_it() -> None:
    beside: dict[str, set[str]] = {}

    async def note(cluster: FakeCluster, errand: RunOrder) -> Mapping[str, Any]:
        await asyncio.sleep(0.01)
        beside[errand.task.docname] = set(cluster.running)
        return reply(errand)

    conduct(note, [task("a"), task("alone", resources=Resources(alone=True)), task("b")])
    assert beside["alone"] == {"alone"}
    assert len(beside["a"] | beside["b"]) == 2


@pytest.mark.parametrize(("falls", "name"), [(2, None), (3, "WorkerLost")])
def test_a_page_survives_two_lost_workers_and_not_three(falls: int, name: str | None) -> None:
    async def kill(cluster: FakeCluster, errand: RunOrder) -> Mapping[str, Any]:
        if cluster.number <= falls:
            raise Kill
        return reply(errand)

    cluster, failures = conduct(kill, [task("page")])
    assert (failures["page"] or {"name": None})["name"] == name
    assert cluster.starts("page") == 3


def test_a_page_beside_one_that_kills_its_workers_is_not_given_up() -> None:
    async def behave(cluster: FakeCluster, errand: RunOrder) -> Mapping[str, Any]:
        if errand.task.docname == "kills":
            await asyncio.sleep(0.01)
            raise Kill
        await asyncio.sleep(0.05)
        return reply(errand)

    cluster, failures = conduct(behave, [task("a"), task("kills"), task("b")])
    assert {name for name, failure in failures.items() if failure} == {"kills"}
    assert cluster.starts("kills") == 3
    assert cluster.starts("a") == cluster.starts("b") == 2


def test_what_dask_gives_up_before_it_started_is_submitted_again() -> None:
    class Hasty(FakeCluster):
        async def submit(self, key: str, *more: Any) -> Mapping[str, Any]:
            self.log.append(("submit", key))
            raise WorkerLost("worker w died")

    async def run() -> list[Any]:
        told: list[Any] = []
        cluster = Hasty(fine)
        cluster.conductor = Submission(cluster, [task("page")], told.append, timeout=0.1, lease=0.04)
        await cluster.conductor.run()
        assert len(set(cluster.log)) == SUBMISSIONS
        return told

    (message,) = asyncio.run(run())
    assert message["result"]["failure"]["message"] == "0 workers were lost while they ran the page (worker w died)"


def test_a_file_that_the_page_met_and_was_not_sent_goes_with_the_next_run(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("data")
    (tmp_path / "log.txt").write_text("first line")

    async def look(_cluster: FakeCluster, errand: RunOrder) -> Mapping[str, Any]:
        sent = errand.parcel.files.get(str(tmp_path / "data.txt"))
        return reply(errand, reads={"data.txt": sent.digest if sent else MISSING}, writes=("log.txt",))

    cluster, failures = conduct(look, [task("page", tmp_path)])
    assert failures == {"page": None}
    assert [sorted(Path(name).name for name in errand.parcel.files) for errand in cluster.errands] == [
        [],
        ["data.txt", "log.txt"],
    ]


def test_a_page_that_meets_ever_more_files_is_told_to_declare_them(tmp_path: Path) -> None:
    async def look(cluster: FakeCluster, errand: RunOrder) -> Mapping[str, Any]:
        name = f"{len(cluster.errands)}.txt"
        (tmp_path / name).write_text("x")
        return reply(errand, reads={name: MISSING})

    _, failures = conduct(look, [task("page", tmp_path)])
    assert failures["page"]["name"] == "FilesNotSent"
    assert "(5.txt); declare by `reads`" in failures["page"]["message"]


def test_a_worker_cannot_write_outside_of_the_project(tmp_path: Path) -> None:
    root = tmp_path / "root"
    root.mkdir()

    async def escape(_cluster: FakeCluster, errand: RunOrder) -> Mapping[str, Any]:
        return {**reply(errand), "files": {"../out.txt": b"x"}}

    _, failures = conduct(escape, [task("page", root)])
    assert failures["page"]["message"] == "page.md: a worker sends '../out.txt', which is not in the project"
    assert not (tmp_path / "out.txt").exists()


def test_what_a_page_wrote_goes_with_those_after_it(tmp_path: Path) -> None:
    async def write(_cluster: FakeCluster, errand: RunOrder) -> Mapping[str, Any]:
        if errand.task.docname == "a":
            return {**reply(errand, writes=("made.txt",)), "files": {"made.txt": b"made"}}
        return reply(errand)

    tasks = [task("a", tmp_path), task("b", tmp_path, after=("a",)), task("c", tmp_path, after=("b",))]
    cluster, _ = conduct(write, tasks)
    sent = {errand.task.docname: set(errand.parcel.files) for errand in cluster.errands}
    assert sent == {"a": set(), "b": {str(tmp_path / "made.txt")}, "c": {str(tmp_path / "made.txt")}}


def test_a_resource_that_no_worker_has_is_refused_before_anything_runs() -> None:
    def offer(cluster: FakeCluster) -> None:
        cluster.resources = {"GPU": 1, "MEMORY": 8e9}

    wants = task("wants", resources=Resources(gpus=1, memory=9 * 10**9))
    tasks = [wants, task("after", after=("wants",)), task("has", resources=Resources(gpus=1, memory=8 * 10**9))]
    cluster, failures = conduct(fine, tasks, offer)
    assert failures["wants"]["message"] == (
        "the page asks for GPU=1 MEMORY=9000000000, and no worker offers that (workers: 1 with GPU=1 "
        'MEMORY=8000000000); start one with `dask worker --resources "GPU=1 MEMORY=9000000000"`, or ask for less in '
        "the front matter"
    )
    assert failures["after"]["name"] == "DependencyError"
    assert failures["has"] is None
    assert cluster.log == [("start", "has"), ("over", "has")]


async def never(_cluster: FakeCluster, errand: RunOrder) -> Mapping[str, Any]:
    await asyncio.sleep(60)
    return reply(errand)


def test_workers_that_are_not_there_or_leave_end_the_build() -> None:
    with pytest.raises(Unusable, match=r"had no workers within 0\.1 s"):
        conduct(fine, [task("page")], lambda cluster: setattr(cluster, "there", False))

    async def leave(cluster: FakeCluster) -> None:
        await asyncio.sleep(0.05)
        cluster.there = False

    with pytest.raises(Unusable, match=r"all workers have left the scheduler"):
        conduct(never, [task("page")], leave)


def test_another_version_of_a_library_at_a_worker_ends_the_build() -> None:
    async def differ(_cluster: FakeCluster, _errand: RunOrder) -> Mapping[str, Any]:
        return asdict(Reply(mismatch="numpy 2.0 instead of 1.26"))

    with pytest.raises(Unusable, match=r"a worker has numpy 2.0 instead of 1.26 for page.md; install the same"):
        conduct(differ, [task("page")])


def test_a_worker_that_joins_with_another_version_ends_the_build() -> None:
    async def join(cluster: FakeCluster) -> None:
        await asyncio.sleep(0.05)
        other = {"scheduler": {"packages": here()}, "workers": {"w9": {"packages": {**here(), "distributed": "1"}}}}

        async def versions() -> dict[str, Any]:
            return other

        cluster.versions = versions  # type: ignore[method-assign]
        cluster.number = 9

    with pytest.raises(Unusable, match="the worker w9 has distributed 1 instead of"):
        conduct(never, [task("page")], join)


def test_what_runs_is_told_to_end_when_the_build_ends_and_only_that() -> None:
    async def run() -> None:
        cluster = FakeCluster(never)
        told: list[Any] = []
        cluster.conductor = Submission(cluster, [task("page")], told.append, timeout=1, lease=1)
        work = asyncio.create_task(cluster.conductor.run())
        while not cluster.running:
            await asyncio.sleep(0)
        for key in ("page-another-1", f"page-{cluster.conductor.build}-1"):  # of another build, and given up before
            cluster.conductor.heard({"key": key, "worker": "w1", "lacking": [], "cache": ""})
        await asyncio.sleep(0.01)
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work
        assert [entry for entry in cluster.log if entry[0] == "cancel"] == [
            ("cancel", f"page-{cluster.conductor.build}-1"),
            ("cancel", cluster.errands[0].key),
        ]

    asyncio.run(run())
