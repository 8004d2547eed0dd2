"""What goes to a worker and comes back, without a cluster: parcels, contents, leases, versions."""

from __future__ import annotations

import asyncio
import os
import pickle
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common.files import digest, file_digest
from sphinxcontrib_d2lbook.execution.executors.dask import cache, cluster_checks, lease, worker
from sphinxcontrib_d2lbook.execution.executors.dask.cache import Cache, CacheFault, ContentPiece
from sphinxcontrib_d2lbook.execution.executors.dask.cluster import WorkerGone
from sphinxcontrib_d2lbook.execution.executors.dask.local_project import LocalProject
from sphinxcontrib_d2lbook.execution.executors.dask.transfers import File, Parcel, RunOrder
from sphinxcontrib_d2lbook.execution.executors.dask.worker import take_gpus
from sphinxcontrib_d2lbook.execution.tasks import Limits, Result, Task

VERSIONS = {"python": "3.12.1.final.0", "sphinxcontrib-d2lbook": "1", "distributed": "2025.1"}


def task(root: Path, **more: Any) -> Task:
    values: dict[str, Any] = {
        "docname": "page",
        "path": "book/page.md",
        "parts": {},
        "notebook": {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5},
        "lines": (),
        "folder": str(root / "book"),
        "root": str(root),
        "unobserved": (),
        "kernel": "python3",
        "environment": {},
        "limits": Limits(9, 9, 0, 0),
    }
    return Task(**(values | more))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project."""
    folder = tmp_path / "home"
    (folder / "book" / "data").mkdir(parents=True)
    (folder / "book" / "data" / "a.txt").write_text("a")
    (folder / "book" / "data" / ".hidden").write_text("h")
    (folder / "book" / "run.sh").write_text("exit")
    (folder / "book" / "run.sh").chmod(0o755)
    (folder / "packages" / "one" / "d2l" / "__pycache__").mkdir(parents=True)
    (folder / "packages" / "one" / "d2l" / "__init__.py").write_text("")
    (folder / "packages" / "one" / "d2l" / "__pycache__" / "x.pyc").write_text("")
    return folder


def send(home: LocalProject, folder: Path, parcel: Parcel) -> None:
    for pieces in home.pieces(cache.lacking(str(folder), parcel.digests)):
        assert cache.store(str(folder), "build", pieces) == []


def test_a_parcel_holds_what_a_page_needs_and_the_worker_lays_it_out(root: Path, tmp_path: Path) -> None:
    home = LocalProject()
    search = os.pathsep.join([str(root / "packages" / "one"), "/not/there"])
    page = task(root, environment={"PYTHONPATH": search}, unobserved=(str(root / "out"), "/usr"))
    parcel = home.pack(page, ["book/data", "book/run.sh", "../outside", "book/gone"])
    assert set(parcel.files) == {str(root / "book" / "data" / "a.txt"), str(root / "book" / "run.sh")}
    there = Cache(tmp_path / "cache")
    send(home, there.folder, parcel)
    errand = RunOrder("key", {}, "", page, parcel, 1)
    places = worker.lay_out(errand, there, tmp_path / "project")
    found = sorted(path.relative_to(tmp_path / "project").as_posix() for path in (tmp_path / "project").rglob("*"))
    assert found == ["book", "book/data", "book/data/a.txt", "book/run.sh"]
    assert os.access(tmp_path / "project" / "book" / "run.sh", os.X_OK)
    moved = worker.moved(page, places)
    assert moved.folder == str(tmp_path / "project" / "book")
    assert moved.unobserved == (str(tmp_path / "project" / "out"), "/usr")
    package, other = moved.environment["PYTHONPATH"].split(os.pathsep)
    assert [path.name for path in Path(package, "d2l").iterdir()] == ["__init__.py"]
    assert other == "/not/there"
    assert there.package(parcel.packages[str(root / "packages" / "one")]) == Path(package)
    (tmp_path / "project" / "book" / "data" / "a.txt").write_text("changed by the page")
    assert there.lacking(parcel.digests) == []
    assert file_digest(there.contents / parcel.files[str(root / "book" / "data" / "a.txt")].digest)


def test_contents_travel_in_pieces_and_only_whole_ones_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sphinxcontrib_d2lbook.execution.executors.dask.local_project.CHUNK", 4)
    files = {"empty": b"", "exact": b"abcdefgh", "long": b"0123456789", "short": b"x"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    home = LocalProject()
    parcel = home.pack(task(tmp_path), files)
    batches = list(home.pieces(sorted(parcel.digests)))
    assert max(sum(len(piece.data) for piece in pieces) for pieces in batches) <= 7
    folder = str(tmp_path / "cache")
    for pieces in batches[:-1]:
        cache.store(folder, "one", pieces)
        cache.store(folder, "two", pieces)  # two builds at once
    assert cache.lacking(folder, parcel.digests)
    cache.store(folder, "one", batches[-1])
    assert cache.lacking(folder, parcel.digests) == []
    assert {(tmp_path / "cache" / "contents" / file.digest).read_bytes() for file in parcel.files.values()} == set(
        files.values()
    )
    wrong = ContentPiece(digest("x"), 0, b"other", last=True)
    assert cache.store(folder, "one", [wrong]) == [wrong.digest]
    assert cache.lacking(folder, [wrong.digest]) == [wrong.digest]


def test_a_file_that_changed_is_sent_anew(root: Path) -> None:
    home = LocalProject()
    file = root / "book" / "run.sh"
    first = home.pack(task(root), ["book/run.sh"]).files[str(file)]
    file.write_text("other text")
    assert home.pack(task(root), ["book/run.sh"]).files[str(file)] != first


def test_what_pages_wrote_comes_home(root: Path) -> None:
    home = LocalProject()
    home.accept(task(root), {"book/new/made.bin": b"\0", "book/run.sh": None, "book/data/a.txt": b"b"})
    assert (root / "book" / "new" / "made.bin").read_bytes() == b"\0"
    assert not (root / "book" / "run.sh").exists()
    assert (root / "book" / "data" / "a.txt").read_text() == "b"


def test_a_page_is_said_to_lack_what_home_has_otherwise(root: Path) -> None:
    home = LocalProject()
    parcel = home.pack(task(root), ["book/run.sh"])
    seen = {
        "book/run.sh": file_digest(root / "book" / "run.sh"),  # as it was sent
        "book/data/a.txt": "missing",
        "book/none": "missing",  # not at home either
        "book/data": "folder of other names",
    }
    result = Result("page", {}, None, 1, None, reads=seen, writes=("book/data/.hidden", "book/made"))
    assert home.unseen(task(root), parcel, result) == {"book/data/a.txt", "book/data", "book/data/.hidden"}


def run(errand: RunOrder, folder: Path, allow: bool) -> tuple[Mapping[str, Any], list[Mapping[str, Any]]]:
    told: list[Mapping[str, Any]] = []

    def tell(message: Mapping[str, Any]) -> None:
        told.append(message)
        if allow:
            lease.allow(message["key"])

    return worker.run_errand(pickle.dumps(errand), str(folder), tell), told


def test_a_worker_with_other_versions_runs_nothing(root: Path, tmp_path: Path) -> None:
    page = task(root, parts={"Python": "3.99"}, imports=("yaml",))
    wanted = {**cluster_checks.page_versions(page), "Python": "3.99", "gone": "1"}
    reply, told = run(RunOrder("key", wanted, "", page, Parcel("", {}, (), {}), 9), tmp_path, allow=True)
    assert reply["mismatch"].startswith("Python 3.")
    assert reply["mismatch"].endswith(" instead of 3.99, gone not installed instead of 1")
    assert not told


def test_a_page_that_is_not_allowed_to_start_ends_with_its_lease(root: Path, tmp_path: Path) -> None:
    parcel = Parcel(str(root), {"f": File("0" * 64)}, (), {})
    reply, told = run(RunOrder("key", {}, "", task(root), parcel, 0.2), tmp_path, allow=False)
    assert reply["ended"]
    assert told == [{"key": "key", "lacking": ["0" * 64], "cache": str(tmp_path.resolve() / "d2lbook")}]


def test_a_lease_lasts_as_long_as_it_is_renewed() -> None:
    held = lease.open_lease("key", 9)
    lease.renew(["key", "unknown"])
    assert not held.over
    lease.cancel(["key", "unknown"])
    assert held.over
    lease.renew(["key"])
    assert held.over
    lease.allow("key")
    assert not held.wait()
    lease.close_lease("key")
    lease.allow("key")


def test_folders_of_a_worker_are_named_as_at_home() -> None:
    value = {"text": ["at /w/project/x", ("/w/packages/1",)], "/w/project/y": None, "number": 3}
    assert worker.renamed(value, {"/w/packages/1": "/home/d2l", "/w/project": "/home"}) == {
        "text": ["at /home/x", ["/home/d2l"]],
        "/home/y": None,
        "number": 3,
    }


def test_pages_at_a_time_get_different_gpus() -> None:
    there = ("0", "1", "2")
    with take_gpus(2, there) as first, take_gpus(0, there) as none, take_gpus(2, there) as second:
        assert (first, none, second) == (("0", "1"), (), ("2",))
    with take_gpus(3, there) as again:
        assert again == there


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"python": "3.11.9.final.0"}, "Python 3.11 instead of 3.12"),
        ({"distributed": "2024.8"}, "distributed 2024.8 instead of 2025.1"),
        ({"sphinxcontrib-d2lbook": None}, "sphinxcontrib-d2lbook not installed instead of 1"),
    ],
)
def test_a_cluster_with_other_versions_is_refused(change: dict[str, Any], said: str) -> None:
    other = {**VERSIONS, **change}
    good, bad = {"packages": VERSIONS}, {"packages": other}
    assert (
        cluster_checks.mismatch(VERSIONS, {"scheduler": good, "workers": {"tcp://a": good, "tcp://gone": "OSError"}})
        is None
    )
    fault = cluster_checks.mismatch(VERSIONS, {"scheduler": good, "workers": {"tcp://b": bad, "tcp://a": good}})
    assert fault == f"the worker tcp://b has {said}; {cluster_checks.REMEDY}"
    of_scheduler = cluster_checks.mismatch(VERSIONS, {"scheduler": bad, "workers": {}})
    assert of_scheduler == (None if "sphinx" in said else f"the scheduler has {said}; {cluster_checks.REMEDY}")


def test_of_many_workers_with_other_versions_some_are_named() -> None:
    workers = {f"w{n}": {"packages": {**VERSIONS, "python": "3.9.1"}} for n in range(5)}
    assert "w2 has Python 3.9 instead of 3.12; and 2 more; install" in str(
        cluster_checks.mismatch(VERSIONS, {"scheduler": None, "workers": workers})
    )


def test_a_page_in_another_language_asks_for_no_python(root: Path) -> None:
    assert cluster_checks.page_versions(task(root)) == {}
    assert cluster_checks.page_versions(replace(task(root), parts={"Python": "x"})).keys() == {"Python"}


@pytest.mark.parametrize(
    ("answer", "raised"),
    [
        ({}, WorkerGone),
        ({"w": KeyError("w")}, WorkerGone),
        ({"w": OSError("Timed out trying to connect")}, WorkerGone),
        ({"w": CacheFault("No space left on device")}, CacheFault),
    ],
)
def test_a_worker_that_cannot_be_reached_is_told_from_one_whose_disk_is_full(
    answer: dict[str, Any], raised: type[Exception]
) -> None:
    from sphinxcontrib_d2lbook.execution.executors.dask.client import DaskCluster

    class Client:
        async def run(self, *_args: Any, **_options: Any) -> dict[str, Any]:
            return answer

    with pytest.raises(raised):
        asyncio.run(DaskCluster(Client(), 1).call("w", cache.lacking, "folder", []))


def test_a_full_disk_of_a_worker_is_a_fault_of_its_cache(tmp_path: Path) -> None:
    (tmp_path / "contents").write_text("no folder")
    with pytest.raises(CacheFault, match="contents"):
        cache.store(str(tmp_path), "build", [ContentPiece(digest("x"), 0, b"x", last=True)])
