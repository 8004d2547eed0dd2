"""Remember results of one build for the next, and check that they are still valid.

An *entry* is a file below the doctrees, named by the thing that its result describes. It holds the version of its kind,
a digest of the inputs of the result, and the result, after a checksum of all this. It is written durably (temporary
file, fsync, rename). An entry that is empty, damaged or of another version is deleted with one line in the log, and its
caller computes the result again. No build depends on an entry: the folder may be deleted at any time.

Each kind of entry is declared once, as a `StateKind`, in the module that uses it; the manual lists them all.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import garbage_collection
from .files import digest, write_if_changed

# A child of Sphinx's own logger, made without importing Sphinx: a build with nothing to do ends before that import.
logger = logging.getLogger(f"sphinx.{__name__}")

FOLDER = "remembered"
"""Folder of all entries, below the work folder of a project."""


class Damaged(ValueError):
    """A file does not hold what was written to it."""


def seal(data: bytes) -> bytes:
    """Return ``data`` after a line with its checksum."""
    return b"%s\n%s\n" % (digest(data).encode("ascii"), data)


def unseal(content: bytes) -> bytes:
    """Return the data that `seal` was given. Raise Damaged if its checksum is wrong."""
    checksum, _, data = content.partition(b"\n")
    data = data.removesuffix(b"\n")
    if checksum != digest(data).encode("ascii"):
        raise Damaged("it is damaged" if content else "it is damaged: nothing is in it")
    return data


@dataclass(frozen=True)
class Codec:
    """Conversion of a result to bytes and back."""

    suffix: str
    dump: Callable[[Any], bytes]
    load: Callable[[bytes], Any]


def _load_pickle(data: bytes) -> Any:
    with garbage_collection.paused():
        return pickle.loads(data)


JSON = Codec("json", lambda value: json.dumps(value, sort_keys=True).encode("ascii"), json.loads)
PICKLE = Codec("pickle", lambda value: pickle.dumps(value, 5), _load_pickle)
BYTES = Codec("bin", bytes, bytes)


@dataclass(frozen=True)
class StateKind:
    """Kind of entry. The fields `of`, `stale` and `deleted` are sentences of the manual."""

    name: str
    """Name of the file, or of a folder of files, below `FOLDER`. Names of an output begin with the output's name."""
    of: str
    """Content of one entry."""
    stale: str
    """Changes that make an entry stale."""
    deleted: str = "nothing: it is replaced"
    """Events that delete an entry, besides removing the build folder."""
    version: int = 1
    """Number that rises when the shape or the meaning of the result changes."""
    codec: Codec = JSON
    durable: bool = True
    """Whether an entry is synchronized with the disk. Kinds of many entries that are computed quickly do without."""
    code: Callable[[], str] = field(default=lambda: "")
    """Returns a digest of the code that computes the result, if a result of other code must not be used."""


class StateEntry:
    """Entry of a kind, in the project's work folder ``work``. ``name`` distinguishes entries of one kind."""

    def __init__(self, work: Path, kind: StateKind, name: str = "") -> None:
        self.kind = kind
        self.what = f"{kind.name}/{name}" if name else kind.name
        self.file = work / FOLDER / f"{self.what}.{kind.codec.suffix}"

    def load(self, inputs: str | None = None) -> Any | None:
        """Return the result; None if there is none, or if it was not made from ``inputs``.

        With None for ``inputs``, return the result whatever it was made from.
        """
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as err:
            logger.info("%s is made again: %s", self.what, err)
            return None
        try:
            header, _, body = unseal(content).partition(b"\n")
            version, made_from = header.decode("ascii", "replace").split(" ")
            if version != self._version:
                raise Damaged("another version of this software wrote it")
        except ValueError as err:
            logger.info("%s is made again: %s (%s)", self.what, err, self.file)
            self.forget()
            return None
        return self.kind.codec.load(body) if inputs is None or made_from == digest(inputs) else None

    def save(self, inputs: str, result: Any) -> None:
        """Remember ``result``, which is not None and was made from ``inputs``. Raise OSError if that fails."""
        header = f"{self._version} {digest(inputs)}\n".encode("ascii")
        write_if_changed(self.file, seal(header + self.kind.codec.dump(result)), durable=self.kind.durable)

    def forget(self) -> None:
        """Delete the entry, if it exists. Raise OSError if that fails."""
        self.file.unlink(missing_ok=True)

    @property
    def _version(self) -> str:
        return digest(self.kind.name, str(self.kind.version), self.kind.code())[:16]


def none_damaged(work: Path, name: str) -> bool:
    """Return whether no entry below ``name`` is damaged; delete those that are."""
    whole = True
    for file in sorted((work / FOLDER / name).rglob("*.*")):
        try:
            unseal(file.read_bytes())
        except (OSError, Damaged) as err:
            logger.info("%s is made again: %s", file.relative_to(work / FOLDER).with_suffix("").as_posix(), err)
            file.unlink(missing_ok=True)
            whole = False
    return whole


def files_in(folder: Path) -> Iterator[str]:
    """Yield the names of all files below ``folder``, relative to it, with slashes."""
    start = len(str(folder)) + 1
    for top, _names, files in os.walk(folder):
        prefix = f"{top}{os.sep}"[start:].replace(os.sep, "/")
        yield from (prefix + name for name in files)


def is_written_since(file: Path, moment: float) -> bool:
    """Return whether a file was written, or moved to its place, at or after a moment in seconds since 1970."""
    try:
        return os.stat(file).st_ctime >= moment  # noqa: PTH116 (thousands of files); copies keep their time of change
    except OSError:
        return False


def file_states(folder: Path, names: Iterable[str]) -> dict[str, list[int]]:
    """Return size and time of change of the files ``names``, relative to ``folder``; skip those that do not exist."""
    return dict(_states(folder, names))


def _states(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, list[int]]]:
    for name in names:
        try:
            status = os.stat(f"{folder}{os.sep}{name}")  # noqa: PTH116 (thousands of files)
        except OSError:
            continue
        yield name, [status.st_size, status.st_mtime_ns]


def altered_files(folder: Path, noted: Mapping[str, list[int]]) -> list[str]:
    """Return the names of files in ``folder`` that are gone, or whose size or time differs from ``noted``."""
    now = file_states(folder, noted)
    return sorted(name for name, state in noted.items() if now.get(name) != state)
