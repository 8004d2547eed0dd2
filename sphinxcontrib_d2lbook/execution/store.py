"""Store executed outputs: one file per key, and for each page a record of its last runs.

entries/ab/abcd….json    {"notebook", "seconds", "peak_bytes"}, after a line with their checksum
pages/<name>.json        the runs of one page, the latest used first
failed/<name>.json       like an entry, and "failure", "parts": for showing, never for reuse
before/<digest>          copy of a file that a page overwrote
before/edited/           files that were moved aside (see initial_files.py)

`name` is the quoted docname. Each file is written whole or not at all, and entries never change. A record is read,
changed and written under a lock, so that two builds at once lose nothing. Each page of the book keeps the runs that
were used last; a page that left the book keeps them for thirty days; files that no record names are removed when they
are a day old.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..common.build_state import Damaged, StateEntry, StateKind, altered_files, file_states, seal, unseal
from ..common.files import digest, write_if_changed
from .tasks import Result, Task

try:
    import fcntl
except ImportError:  # Windows: two builds at once may lose a run there, so that the page runs again
    fcntl = None  # type: ignore[assignment]

KEEP = 8
"""Number of runs that are kept of a page."""
DAY = 86400.0
"""Seconds of a day."""
GONE_DAYS = 30
"""Days for which the runs of a page that left the book are kept."""
CHECKED = StateKind(
    "outputs",
    of="the stored outputs that pages show: sizes and times of the entries that were found undamaged",
    stale="an entry that something other than a build wrote: its checksum is computed again, and its page runs again "
    "if it is wrong or no page can show the outputs",
    version=2,
)


@dataclass(frozen=True)
class Run:
    """Run of a page, as in the record of the page."""

    key: str
    """Name of the entry with its outputs, made by `make_key`."""
    parts: Mapping[str, str]
    """Parts of the task (`Task.parts`), and the keys of the pages on which the page depends."""
    files: Mapping[str, str]
    """File that the page read or could have read, relative to the root -> its state (see file_states.py)."""
    writes: Mapping[str, str] = field(default_factory=dict)
    """File that the page wrote -> its state when the run ended (`file_states.left`)."""
    environment: tuple[str, ...] = ()
    """Names in `parts` that describe the machine, not the sources."""
    seconds: float = 0.0
    """Wall time of the run in seconds."""
    peak_bytes: int | None = None
    """Largest resident memory of the kernel in bytes; None if unknown."""
    imported: bool = False
    """Whether the run came from a committed copy, so that another machine may have made it."""
    before: Mapping[str, str] = field(default_factory=dict)
    """File that the page wrote or opened for writing -> its state before (see initial_files.py)."""
    unseen: tuple[str, ...] = ()
    """Phrases for what the page used and a build cannot observe."""
    needs: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Of a run from a committed copy: top-level module that the page imports -> names in `parts` of the distributions
    that it takes."""


@dataclass(frozen=True)
class FailedRun:
    """Run of a page that failed, as far as it is stored; the fields are as those of a `Run`."""

    parts: Mapping[str, str]
    writes: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)


class StoreError(ValueError):
    """Raised if a file of the store is damaged."""


def run_from_json(value: Mapping[str, Any]) -> Run:
    """Return a run from the JSON of its `dataclasses.asdict`. Raise TypeError or KeyError for any other value."""
    return Run(**{**value, "environment": tuple(value["environment"]), "unseen": tuple(value.get("unseen", ()))})


def make_key(docname: str, parts: Mapping[str, str], files: Mapping[str, str]) -> str:
    """Return the key of a run, the digest of all that its outputs depend on. Equal cells on two pages have two keys."""
    flat = [text for values in (parts, files) for item in sorted(values.items()) for text in item]
    return digest(docname, str(len(parts)), *flat)


class Store:
    """Folder of executed outputs. ``complain`` is a function that takes a warning about a file that cannot be used."""

    def __init__(self, folder: Path, keep: int = KEEP, complain: Callable[[str], None] = print) -> None:
        self.folder = folder
        self.keep = keep
        self.complain = complain
        self._runs: dict[str, tuple[Run, ...]] = {}

    @property
    def copies(self) -> Path:
        """Folder of copies of the files that pages overwrite, each named by its digest."""
        return self.folder / "before"

    # Entries

    def entry(self, key: str) -> Path:
        """Return the file of the outputs with a key."""
        return Path(f"{self.folder}/entries/{key[:2]}/{key}.json")  # faster than `/`, which makes a path each time

    def failed_entry(self, docname: str) -> Path:
        """Return the file of the outputs of a page's last run if it failed."""
        return self.folder / "failed" / f"{_name(docname)}.json"

    def __contains__(self, key: str) -> bool:
        return self.entry(key).is_file()

    def load(self, path: Path) -> dict[str, Any]:
        """Return the content of an entry. Raise OSError if it cannot be read, StoreError if it is damaged."""
        return _read(path)

    def unchecked(self, keys: Collection[str]) -> set[str]:
        """Return those of ``keys`` whose entry has changed, by its size or time, since it was found undamaged."""
        checked: dict[str, list[int]] = self._checked.load() or {}
        names = {self._relative(key): key for key in keys}
        known = {name: checked[name] for name in names if name in checked}
        return {key for name, key in names.items() if name not in known} | {
            names[name] for name in altered_files(self.folder, known)
        }

    def note_checked(self, keys: Collection[str]) -> None:
        """Record that the entries of ``keys`` are undamaged. Raise OSError if that cannot be written."""
        self._checked.save("", file_states(self.folder, map(self._relative, keys)))

    @property
    def _checked(self) -> StateEntry:
        return StateEntry(self.folder.parent, CHECKED)

    def _relative(self, key: str) -> str:
        return self.entry(key).relative_to(self.folder).as_posix()

    def _add_entry(self, key: str, notebook: Mapping[str, Any], seconds: float, peak_bytes: int | None) -> None:
        _write(self.entry(key), {"notebook": notebook, "seconds": round(seconds, 3), "peak_bytes": peak_bytes})

    # Records

    def runs(self, docname: str) -> tuple[Run, ...]:
        """Return the runs of a page, the latest used first; none if the record is missing or damaged."""
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
            self.complain(f"the record of the runs of {docname} cannot be used, so that the page runs again: {err}")
            return ()

    def _change_record(self, docname: str, change: Callable[[tuple[Run, ...]], list[Run]]) -> None:
        with self._lock():
            runs = change(self._read_record(docname))[: self.keep]
            _write(self._record(docname), {"docname": docname, "runs": [asdict(run) for run in runs]})
        self._runs[docname] = tuple(runs)

    def save(self, task: Task, run: Run, result: Result) -> None:
        """Store a run that has succeeded: first its outputs, then the record that names them. Raise OSError."""
        self.add(task.docname, run, result.notebook)
        self.failed_entry(task.docname).unlink(missing_ok=True)

    def add(self, docname: str, run: Run, notebook: Mapping[str, Any], *, first: bool = True) -> None:
        """Store outputs, and add their run to the record: as the latest used, or else as the last. Raise OSError."""
        self._add_entry(run.key, notebook, run.seconds, run.peak_bytes)

        def change(runs: tuple[Run, ...]) -> list[Run]:
            others = [other for other in runs if other.key != run.key]
            return [run, *others] if first else [*others[: self.keep - 1], run]

        self._change_record(docname, change)

    def note_use(self, docname: str, key: str) -> None:
        """Record that the page shows the outputs of ``key``, so that they are removed last. Raise OSError."""
        if self.runs(docname)[0].key != key:
            self._change_record(docname, lambda runs: sorted(runs, key=lambda run: run.key != key))

    def save_failure(
        self, docname: str, parts: Mapping[str, str], result: Result, writes: Mapping[str, str] | None = None
    ) -> None:
        """Store a page that failed, as far as it ran; ``writes`` maps files to states as in `Run`. Raise OSError."""
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
        """Return the last run of a page if it failed, else None."""
        try:
            value = _read(self.failed_entry(docname))
            return FailedRun(value["parts"], value.get("writes", {}), value.get("before", {}))
        except (FileNotFoundError, StoreError, KeyError):
            return None

    def written(self) -> set[str]:
        """Return the files that pages wrote in their stored runs, relative to the project's folder."""
        files: set[str] = set()
        for path in (self.folder / "pages").glob("*.json"):
            try:
                files.update(name for run in _read(path)["runs"] for name in run["writes"])
            except (OSError, StoreError, KeyError):  # the build warns of it when it runs the page again
                continue
        return files

    # Upkeep

    def prune(self, docnames: Collection[str]) -> list[str]:
        """Remove old runs and outputs by the rules at the top of this file, and return the names of removed files.

        ``docnames`` are the pages of the book. Raise OSError if a file cannot be read or removed.
        """
        now = time.time()
        current = {_name(docname) for docname in docnames}
        removed = []
        with self._lock():
            for folder in ("pages", "failed"):
                for path in sorted((self.folder / folder).glob("*.json")):
                    age = now - path.stat().st_mtime
                    if path.stem not in current and age > (GONE_DAYS * DAY if folder == "pages" else 0):
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
                if path.is_dir():  # files that were moved aside stay
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
                fcntl.flock(stream, fcntl.LOCK_EX)  # released when the file is closed, also if the process dies
            yield


def _name(docname: str) -> str:
    """Return a file name for a docname; slashes are quoted, so that "a" and "a/b" are two files in one folder."""
    name = quote(docname, safe=" ")
    return name if len(name) < 200 else f"{name[:120]}-{digest(docname)}"


def _write(path: Path, value: Mapping[str, Any]) -> None:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    data = text.encode("utf-8", "surrogatepass")
    write_if_changed(path, seal(data), durable=True)


def _read(path: Path) -> dict[str, Any]:
    """Return the content of a file of the store. Raise OSError, and StoreError if it is damaged."""
    try:
        data = unseal(path.read_bytes())
    except Damaged as err:
        raise StoreError(f"{path} cannot be used: {err}; remove it") from err
    value: dict[str, Any] = json.loads(data.decode("utf-8", "surrogatepass"))
    return value
