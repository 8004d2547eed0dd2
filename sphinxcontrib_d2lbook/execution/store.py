"""Where executed outputs are kept: one file a key, and for each page a record of its last runs.

entries/ab/abcd….json    {"notebook", "seconds", "peak_bytes"}, behind a line with its checksum
pages/<name>.json        the runs of one page, the latest used first
failed/<name>.json       like an entry, and "failure", "parts": kept for showing, never for reuse
before/<digest>          copies of files that pages overwrote; "edited" in it has what was moved aside

`name` is the docname, quoted. Every file appears whole or not at all; entries are never changed once they are there. A
record is read, changed and written under a lock, so that two builds at once lose nothing. Each page of the book keeps
the runs that were used last; a page that left the book keeps them for thirty days; what no record names is removed when
it is a day old.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..common.build_state import Damaged, StateEntry, StateKind, altered, seal, states, unseal
from ..common.files import digest, write_if_changed
from .tasks import Result, Task

try:
    import fcntl
except ImportError:  # Windows: two builds at once there may forget a run, and run it again
    fcntl = None  # type: ignore[assignment]

KEEP = 8
"""Runs of a page."""
DAY = 86400.0
GONE_DAYS = 30
CHECKED = StateKind(
    "outputs",
    of="the stored outputs that pages show: sizes and times of the entries that were found whole",
    stale="an entry that something else than a build wrote: its checksum is worked out again, and its page runs again "
    "where it is wrong, or where no page can show what is in it",
    version=2,
)


@dataclass(frozen=True)
class Run:
    """One run of a page, as its record keeps it."""

    key: str
    """Names the entry: see `make_key`."""
    parts: Mapping[str, str]
    """`Task.parts`, and the keys of the pages on which it depends."""
    files: Mapping[str, str]
    """Files that it read or could have read, relative to the root -> `states.state`."""
    writes: Mapping[str, str] = field(default_factory=dict)
    """What it wrote -> `states.left` when it ended."""
    environment: tuple[str, ...] = ()
    """Names in `parts` that tell of the machine, not of the sources."""
    seconds: float = 0.0
    peak_bytes: int | None = None
    imported: bool = False
    """Whether it came from a committed copy, so that another machine may have made it."""
    before: Mapping[str, str] = field(default_factory=dict)
    """What it wrote, or opened for that -> its state before; see initial_files.py."""
    unseen: tuple[str, ...] = ()
    """What it used and nothing can observe."""


@dataclass(frozen=True)
class FailedRun:
    """What is remembered of a run that failed."""

    parts: Mapping[str, str]
    writes: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    """These two as of a `Run`."""


class StoreError(ValueError):
    """A file of the store is not what was written."""


def run_from_json(value: Mapping[str, Any]) -> Run:
    """A run from what `dataclasses.asdict` and JSON made of it. Raises TypeError and KeyError for anything else."""
    return Run(**{**value, "environment": tuple(value["environment"]), "unseen": tuple(value.get("unseen", ()))})


def make_key(docname: str, parts: Mapping[str, str], files: Mapping[str, str]) -> str:
    """The digest of all that a page's outputs depend on. Equal cells on two pages have two keys."""
    flat = [text for values in (parts, files) for item in sorted(values.items()) for text in item]
    return digest(docname, str(len(parts)), *flat)


class Store:
    """A folder of executed outputs. ``complain`` takes a sentence about a file that cannot be used."""

    def __init__(self, folder: Path, keep: int = KEEP, complain: Callable[[str], None] = print) -> None:
        self.folder = folder
        self.keep = keep
        self.complain = complain
        self._runs: dict[str, tuple[Run, ...]] = {}

    @property
    def copies(self) -> Path:
        """The folder for copies of what pages overwrite, each named by its digest."""
        return self.folder / "before"

    # Entries

    def entry(self, key: str) -> Path:
        return Path(f"{self.folder}/entries/{key[:2]}/{key}.json")  # one path, where `/` makes three, for each page

    def failed_entry(self, docname: str) -> Path:
        return self.folder / "failed" / f"{_name(docname)}.json"

    def __contains__(self, key: str) -> bool:
        return self.entry(key).is_file()

    def load(self, path: Path) -> dict[str, Any]:
        """What an entry holds. Raises OSError, and StoreError for one that is damaged."""
        return _read(path)

    def unchecked(self, keys: Collection[str]) -> set[str]:
        """Return those of ``keys`` whose entry is not, by its size and time, one that was found whole."""
        noted: dict[str, list[int]] = self._checked.load() or {}
        names = {self._relative(key): key for key in keys}
        known = {name: noted[name] for name in names if name in noted}
        return {key for name, key in names.items() if name not in known} | {
            names[name] for name in altered(self.folder, known)
        }

    def note_checked(self, keys: Collection[str]) -> None:
        """Note that the entries of ``keys`` are whole. Raises OSError."""
        self._checked.save("", states(self.folder, map(self._relative, keys)))

    @property
    def _checked(self) -> StateEntry:
        return StateEntry(self.folder.parent, CHECKED)

    def _relative(self, key: str) -> str:
        return self.entry(key).relative_to(self.folder).as_posix()

    def _add_entry(self, key: str, notebook: Mapping[str, Any], seconds: float, peak_bytes: int | None) -> None:
        _write(self.entry(key), {"notebook": notebook, "seconds": round(seconds, 3), "peak_bytes": peak_bytes})

    # Records

    def runs(self, docname: str) -> tuple[Run, ...]:
        """Of a page, the latest used first; none where the record is missing or damaged."""
        if docname not in self._runs:
            self._runs[docname] = self._read_record(docname)
        return self._runs[docname]

    def _record(self, docname: str) -> Path:
        return self.folder / "pages" / f"{_name(docname)}.json"

    def _read_record(self, docname: str) -> tuple[Run, ...]:
        try:
            value = _read(self._record(docname))
            return tuple(run_from_json(run) for run in value["runs"])
        except FileNotFoundError:
            return ()
        except (StoreError, KeyError, TypeError) as err:
            self.complain(f"what was kept of the runs of {docname} cannot be used, so that it runs again: {err}")
            return ()

    def _change_record(self, docname: str, change: Callable[[tuple[Run, ...]], list[Run]]) -> None:
        with self._lock():
            runs = change(self._read_record(docname))[: self.keep]
            _write(self._record(docname), {"docname": docname, "runs": [asdict(run) for run in runs]})
        self._runs[docname] = tuple(runs)

    def save(self, task: Task, run: Run, result: Result) -> None:
        """Keep what a page gave: first the outputs, then the record that names them. Raises OSError."""
        self.add(task.docname, run, result.notebook)
        self.failed_entry(task.docname).unlink(missing_ok=True)

    def add(self, docname: str, run: Run, notebook: Mapping[str, Any], *, first: bool = True) -> None:
        """Keep outputs, as the latest used or the last in line. Raises OSError."""
        self._add_entry(run.key, notebook, run.seconds, run.peak_bytes)

        def change(runs: tuple[Run, ...]) -> list[Run]:
            others = [other for other in runs if other.key != run.key]
            return [run, *others] if first else [*others[: self.keep - 1], run]

        self._change_record(docname, change)

    def note_use(self, docname: str, key: str) -> None:
        """The page shows the outputs of ``key``: they are the last to be dropped. Raises OSError."""
        if self.runs(docname)[0].key != key:
            self._change_record(docname, lambda runs: sorted(runs, key=lambda run: run.key != key))

    def save_failure(
        self, docname: str, parts: Mapping[str, str], result: Result, writes: Mapping[str, str] | None = None
    ) -> None:
        """Keep a page as far as it ran; ``writes`` is what it wrote, as it left that. Raises OSError."""
        value = {
            "notebook": result.notebook,
            "seconds": round(result.seconds, 3),
            "peak_bytes": result.peak_bytes,
            "failure": asdict(result.failure) if result.failure else None,
            "parts": dict(parts),
            "writes": dict(writes or {}),
            "before": dict(result.before),
        }
        _write(self.failed_entry(docname), value)

    def failure(self, docname: str) -> FailedRun | None:
        """The last run of a page, if it failed."""
        try:
            value = _read(self.failed_entry(docname))
            return FailedRun(value["parts"], value.get("writes", {}), value.get("before", {}))
        except (FileNotFoundError, StoreError, KeyError):
            return None

    def written(self) -> set[str]:
        """Return the files that pages wrote in their stored runs, relative to the project's folder."""
        found: set[str] = set()
        for path in (self.folder / "pages").glob("*.json"):
            try:
                found.update(name for run in _read(path)["runs"] for name in run["writes"])
            except (OSError, StoreError, KeyError):  # the page runs again, and that is told then
                continue
        return found

    # Upkeep

    def prune(self, docnames: Collection[str]) -> list[str]:
        """Remove what the rule above says, for a book of ``docnames``; what was removed. Raises OSError."""
        now = time.time()
        kept = {_name(docname) for docname in docnames}
        removed = []
        with self._lock():
            for folder in ("pages", "failed"):
                for path in sorted((self.folder / folder).glob("*.json")):
                    age = now - path.stat().st_mtime
                    if path.stem not in kept and age > (GONE_DAYS * DAY if folder == "pages" else 0):
                        path.unlink(missing_ok=True)
                        removed.append(path.name)
            named: set[str] = set()
            for path in [*(self.folder / "pages").glob("*.json"), *(self.folder / "failed").glob("*.json")]:
                try:
                    value = _read(path)
                except StoreError:
                    continue
                for run in value.get("runs", [value]):
                    named.update([run.get("key", ""), *run.get("before", {}).values()])
            for path in sorted([*(self.folder / "entries").glob("*/*"), *self.copies.glob("*")]):
                if path.is_dir():  # what was moved aside stays
                    continue
                if path.stem not in named and now - path.stat().st_mtime > DAY:
                    path.unlink(missing_ok=True)
                    removed.append(path.name)
        return removed

    @contextmanager
    def _lock(self) -> Iterator[None]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("a") as stream:
            if fcntl is not None:
                fcntl.flock(stream, fcntl.LOCK_EX)  # let go when the file is closed, also by a process that dies
            yield


def _name(docname: str) -> str:
    """A file name for a docname: slashes are quoted, so that "a" and "a/b" are two files in one folder."""
    name = quote(docname, safe=" ")
    return name if len(name) < 200 else f"{name[:120]}-{digest(docname)}"


def _write(path: Path, value: Mapping[str, Any]) -> None:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    data = text.encode("utf-8", "surrogatepass")
    write_if_changed(path, seal(data), durable=True)


def _read(path: Path) -> dict[str, Any]:
    """Raises OSError and StoreError."""
    try:
        data = unseal(path.read_bytes())
    except Damaged as err:
        raise StoreError(f"{path} cannot be used: {err}; remove it") from err
    value: dict[str, Any] = json.loads(data.decode("utf-8", "surrogatepass"))
    return value
