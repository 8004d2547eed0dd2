"""What one build remembers for the next, and how the next one knows that it is still right.

An *entry* is a file below the doctrees. It is named by what it is of, and holds the version of its kind, a digest of
the inputs that its result was made from, and the result, behind a checksum of all that. It is written durably (a
temporary file, fsync, rename). An entry that is empty, damaged or of another version is thrown away with one line in
the log, and whoever asked for it makes the result anew. Nothing here is needed to build: the folder may be deleted.

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

# Below Sphinx's own logger, without importing Sphinx: a build that does nothing ends before that is needed.
logger = logging.getLogger(f"sphinx.{__name__}")

FOLDER = "remembered"
"""Below the folder in which a project keeps what is neither source nor output."""


class Damaged(ValueError):
    """A file is not what was written."""


def seal(data: bytes) -> bytes:
    """Return ``data`` behind a line with its checksum."""
    return b"%s\n%s\n" % (digest(data).encode("ascii"), data)


def unseal(content: bytes) -> bytes:
    """Return what `seal` was given. Raises Damaged."""
    checksum, _, data = content.partition(b"\n")
    data = data.removesuffix(b"\n")
    if checksum != digest(data).encode("ascii"):
        raise Damaged("it is damaged" if content else "it is damaged: nothing is in it")
    return data


@dataclass(frozen=True)
class Codec:
    """How a result becomes bytes."""

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
    """One kind of thing that is remembered. The last three fields are sentences of the manual."""

    name: str
    """Of its file, or of a folder of files, below `FOLDER`. What an output remembers lies below the output's name."""
    of: str
    """What one entry is of."""
    stale: str
    """What makes it stale."""
    deleted: str = "nothing: it is replaced"
    """What deletes it, besides removing the build folder."""
    version: int = 1
    """Raised when the shape or the meaning of the result changes."""
    codec: Codec = JSON
    durable: bool = True
    """Whether it is synchronized with the disk: not where there are many entries that are quickly made again."""
    code: Callable[[], str] = field(default=lambda: "")
    """A digest of the code that makes the result, where a result of other code must not be used."""


class StateEntry:
    """One entry of a kind. ``work`` is the project's work folder; ``name`` tells entries of one kind apart."""

    def __init__(self, work: Path, kind: StateKind, name: str = "") -> None:
        self.kind = kind
        self.what = f"{kind.name}/{name}" if name else kind.name
        self.file = work / FOLDER / f"{self.what}.{kind.codec.suffix}"

    def load(self, inputs: str | None = None) -> Any | None:
        """Return the result, if it was made from ``inputs`` (None: from whatever it was made); else None."""
        try:
            content = self.file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as err:
            logger.info("%s is made anew: %s", self.what, err)
            return None
        try:
            header, _, body = unseal(content).partition(b"\n")
            version, made_from = header.decode("ascii", "replace").split(" ")
            if version != self._version:
                raise Damaged("another version of this software wrote it")
        except ValueError as err:
            logger.info("%s is made anew: %s (%s)", self.what, err, self.file)
            self.forget()
            return None
        return self.kind.codec.load(body) if inputs is None or made_from == digest(inputs) else None

    def save(self, inputs: str, result: Any) -> None:
        """Remember ``result``, which is not None and was made from ``inputs``. Raises OSError."""
        header = f"{self._version} {digest(inputs)}\n".encode("ascii")
        write_if_changed(self.file, seal(header + self.kind.codec.dump(result)), durable=self.kind.durable)

    def forget(self) -> None:
        """Delete the entry, if it is there. Raises OSError."""
        self.file.unlink(missing_ok=True)

    @property
    def _version(self) -> str:
        return digest(self.kind.name, str(self.kind.version), self.kind.code())[:16]


def all_whole(work: Path, name: str) -> bool:
    """Return whether every entry below ``name`` is as it was written; throw away those that are not."""
    whole = True
    for file in sorted((work / FOLDER / name).rglob("*.*")):
        try:
            unseal(file.read_bytes())
        except (OSError, Damaged) as err:
            logger.info("%s is made anew: %s", file.relative_to(work / FOLDER).with_suffix("").as_posix(), err)
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
    """Return whether a file was written, or put where it is, after a moment in seconds since 1970."""
    try:
        return os.stat(file).st_ctime >= moment  # noqa: PTH116 (thousands of files); copies keep their time of change
    except OSError:
        return False


def states(folder: Path, names: Iterable[str]) -> dict[str, list[int]]:
    """Return size and time of change of those of the files ``names``, relative to ``folder``, that are there."""
    return dict(_states(folder, names))


def _states(folder: Path, names: Iterable[str]) -> Iterator[tuple[str, list[int]]]:
    for name in names:
        try:
            found = os.stat(f"{folder}{os.sep}{name}")  # noqa: PTH116 (thousands of files)
        except OSError:
            continue
        yield name, [found.st_size, found.st_mtime_ns]


def altered(folder: Path, noted: Mapping[str, list[int]]) -> list[str]:
    """Return the names of files in ``folder`` that are gone, or have another size or time than was ``noted``."""
    now = states(folder, noted)
    return sorted(name for name, state in noted.items() if now.get(name) != state)
