"""Run a page at a worker, in a copy of the project, and return its result. Nothing here knows dask."""

from __future__ import annotations

import os
import pickle
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from ...machine_resources import local_capacity
from ...tasks import Resources, Result, Task
from ..local import LocalExecutor
from .cache import Cache
from .cluster_checks import page_versions, version_faults
from .lease import Lease, close_lease, open_lease
from .transfers import Reply, RunOrder

LOG_BYTES = 4000
"""Number of bytes at the end of a kernel's log that are sent to the build."""
_parsing = threading.Lock()
"""Lock for parsing the requirements of distributions with `ast`, which in Python 3.11 fails now and then in two threads
at once ("AST constructor recursion depth mismatch")."""
_choosing = threading.Lock()
"""Lock for changing `_taken`."""
_taken: set[str] = set()
"""GPUs of this worker that running pages hold."""


def run_errand(pickled: bytes, local_directory: str, tell: Callable[[Mapping[str, Any]], None]) -> dict[str, Any]:
    """Do all that a worker does for a page, in one of its threads, and return the fields of a `Reply`.

    ``pickled`` is an `RunOrder`, and ``local_directory`` the worker's own folder. ``tell`` sends the client a message,
    once, when the page could start, with the digests of the contents that are missing. Raise OSError if the worker's
    disk fails.
    """
    errand: RunOrder = pickle.loads(pickled)
    with _parsing:
        faults = version_faults(errand.versions, page_versions(errand.task))
    if faults:
        return asdict(Reply(mismatch=", ".join(faults)))
    folder = Path(local_directory).resolve()
    cache = Cache(folder / "d2lbook")
    lease = open_lease(errand.key, errand.lease)
    try:
        tell({"key": errand.key, "lacking": cache.lacking(errand.parcel.digests), "cache": str(cache.folder)})
        if not lease.wait():
            return asdict(Reply(ended=True))
        with tempfile.TemporaryDirectory(prefix="page-", dir=folder, ignore_cleanup_errors=True) as scratch:
            return asdict(_run(errand, cache, lease, Path(scratch)))
    finally:
        close_lease(errand.key)


def _run(errand: RunOrder, cache: Cache, lease: Lease, scratch: Path) -> Reply:
    places = lay_out(errand, cache, scratch / "project")
    task = moved(errand.task, places)
    log = scratch / "kernels.log"
    machine = local_capacity(1, {})
    result: Result | None = None
    with take_gpus(errand.task.resources.gpus, machine.gpus) as taken:
        task = replace(task, resources=Resources(gpus=len(taken)))
        # "cold", since a process that forks kernels pays only for several pages.
        executor = LocalExecutor(log, replace(machine, gpus=taken or machine.gpus), "cold")
        with closing(executor.run([task])) as events:  # ends the kernel
            for event in events:
                if isinstance(event, Result):
                    result = event
                if lease.over:
                    return Reply(ended=True)
    if result is None:
        return Reply(ended=True)
    home = {new: old for old, new in places.items()} | {sysconfig.get_path("purelib"): errand.site_packages}
    return Reply(
        result=renamed(asdict(result), home),
        files=_written(Path(task.root), result.writes),
        log=log.read_bytes()[-LOG_BYTES:].decode("utf-8", "replace"),
    )


@contextmanager
def take_gpus(count: int, there: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Hold ``count`` of the GPUs ``there`` that no other page has; fewer if the worker offers dask more than it has."""
    with _choosing:
        names = tuple(name for name in there if name not in _taken)[:count]
        _taken.update(names)
    try:
        yield names
    finally:
        with _choosing:
            _taken.difference_update(names)


def lay_out(errand: RunOrder, cache: Cache, project: Path) -> dict[str, str]:
    """Make the copies of the project and the packages, and return folder at home -> folder here.

    *Home* is the machine of the build. Raise OSError if the worker's disk fails.
    """
    parcel = errand.parcel

    def place(path: str) -> Path:
        return project / Path(path).relative_to(parcel.base)

    for folder in parcel.folders:
        place(folder).mkdir(parents=True, exist_ok=True)
    for path, file in parcel.files.items():
        cache.copy(file, place(path))
    packages = {folder: str(cache.package(files)) for folder, files in parcel.packages.items()}
    # Packages may lie below the base, and callers look for the first folder that fits: packages come first.
    return {**packages, parcel.base: str(project)}


def moved(task: Task, places: Mapping[str, str]) -> Task:
    """Return a task with the folders of this worker; ``places`` is what `lay_out` returned."""

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
        after=(),
        keep="",  # copies of overwritten files are made at home
        outside=False,
    )


def renamed(value: Any, places: Mapping[str, str]) -> Any:
    """Return JSON in which folders of this worker are replaced by those at home, as if the page had run there.

    ``places`` maps each folder here to the one at home.
    """
    if isinstance(value, str):
        for new, home in places.items():
            value = value.replace(new, home)
        return value
    if isinstance(value, Mapping):
        return {renamed(key, places): renamed(item, places) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [renamed(item, places) for item in value]
    return value


def _written(root: Path, names: Sequence[str]) -> dict[str, bytes | None]:
    files: dict[str, bytes | None] = {}
    for name in names:
        path = root / name
        if path.is_file():
            files[name] = path.read_bytes()
        elif not path.exists():
            files[name] = None
    return files
