"""A page at a worker: makes the copy of the project, runs the page in it, tells what it gave. Knows nothing of dask."""

from __future__ import annotations

import os
import pickle
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ...model import Resources, Result, Task
from ...schedule import Capacity
from ..local import LocalExecutor
from .cache import Cache
from .checks import differences, here
from .lease import Lease, close_lease, open_lease
from .parcel import Errand, Reply

LOG_BYTES = 4000
"""Of a kernel's log, how much goes home."""
ALL = Capacity(jobs=1, memory=sys.maxsize)
"""One page, whatever it asks for: that the worker has it was for the scheduler to see to."""


def run_errand(errand: Errand, folder: Path, tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """The whole of what a worker does for a page, in one of its threads; the fields of a `Reply`.

    ``folder`` is the worker's own. ``tell`` sends the client a message: once, when the page could start, with the
    digests of the contents that are lacking. Raises OSError where the worker's disk fails.
    """
    if found := differences(errand.versions, here()):
        return asdict(Reply(mismatch=", ".join(found)))
    cache = Cache(folder / "d2lbook")
    lease = open_lease(errand.key, errand.lease)
    try:
        tell({"key": errand.key, "lacking": cache.lacking(errand.parcel.digests), "cache": str(cache.folder)})
        if not lease.wait():
            return asdict(Reply(ended=True))
        with tempfile.TemporaryDirectory(prefix="page-", dir=folder, ignore_cleanup_errors=True) as scratch:
            return asdict(_run(errand, cache, lease, Path(scratch).resolve()))
    finally:
        close_lease(errand.key)


def _run(errand: Errand, cache: Cache, lease: Lease, scratch: Path) -> Reply:
    places = lay_out(errand, cache, scratch / "project")
    task = moved(errand.task, places)
    log = scratch / "kernels.log"
    result: Result | None = None
    # A page alone gains nothing from a process that forks kernels.
    with closing(LocalExecutor(log, ALL, "cold").run([task])) as events:
        for event in events:
            if isinstance(event, Result):
                result = event
            if lease.over:
                return Reply(ended=True)
    if result is None:
        return Reply(ended=True)
    home = {new: old for old, new in places.items()}
    text = log.read_bytes()[-LOG_BYTES:].decode("utf-8", "replace") if log.exists() else ""
    return Reply(
        result=_renamed(asdict(replace(result, docname=errand.task.docname)), home),
        files=_written(Path(task.root), result),
        log=text,
    )


def lay_out(errand: Errand, cache: Cache, project: Path) -> dict[str, str]:
    """Make the copy of the project and the packages; folder at home -> folder here. Raises OSError."""
    parcel = errand.parcel

    def place(path: str) -> Path:
        return project / Path(path).relative_to(parcel.base)

    for folder in parcel.folders:
        place(folder).mkdir(parents=True, exist_ok=True)
    for path, file in parcel.files.items():
        cache.copy(file, place(path))
    packages = {folder: str(cache.package(files)) for folder, files in parcel.packages.items()}
    # Packages may lie below the base: what is more particular is looked at first.
    return {**packages, parcel.base: str(project)}


def moved(task: Task, places: Mapping[str, str]) -> Task:
    """The task as it runs here. What it asks for was the scheduler's to see to."""

    def move(path: str) -> str:
        for old, new in places.items():
            if Path(path).is_relative_to(old):
                return str(Path(new, Path(path).relative_to(old)))
        return path

    environment = dict(task.environment)
    if search := environment.get("PYTHONPATH"):
        environment["PYTHONPATH"] = os.pathsep.join(move(folder) for folder in search.split(os.pathsep))
    return replace(
        task,
        folder=move(task.folder),
        root=move(task.root),
        unobserved=tuple(move(folder) for folder in task.unobserved),
        environment=environment,
        resources=Resources(),
        after=(),
    )


def _renamed(value: Any, places: Mapping[str, str]) -> Any:
    """JSON with the folders of this worker named as at home: outputs are those of a run there."""
    if isinstance(value, str):
        for here_, home in places.items():
            value = value.replace(here_, home)
        return value
    if isinstance(value, Mapping):
        return {_renamed(key, places): _renamed(item, places) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_renamed(item, places) for item in value]
    return value


def _written(root: Path, result: Result) -> dict[str, bytes | None]:
    files: dict[str, bytes | None] = {}
    for name in result.writes:
        path = root / name
        if path.is_file():
            files[name] = path.read_bytes()
        elif not path.exists():
            files[name] = None
    return files


def run_pickled(errand: bytes, folder: str, tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """`run_errand` of a pickled errand."""
    return run_errand(pickle.loads(errand), Path(folder), tell)
