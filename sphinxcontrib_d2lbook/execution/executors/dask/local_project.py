"""Send the project's files to workers and write back what pages wrote, on the machine of the build (*home*)."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath

from ....common.files import file_digest, write_if_changed
from ...file_states import CHANGED, folders_of, is_glob, matches, relative, state_like, without_time
from ...tasks import MISSING, UNSETTLED, Result, Task
from .cache import ContentPiece
from .transfers import File, Parcel

LINK = re.compile(r"(?s)there: a link to .* \((a file|a folder)\)")
CHUNK = 16 * 1024 * 1024
"""Number of bytes that are sent at a time."""


class LocalProject:
    """Project on the machine of the build: packs parcels, and knows the files of their contents."""

    def __init__(self) -> None:
        self._files: dict[Path, tuple[tuple[int, int], File]] = {}
        self._sources: dict[str, Path] = {}

    def pack(self, task: Task, names: Iterable[str]) -> Parcel:
        """Return the parcel of what a page needs.

        ``names`` are files and folders, relative to the root or absolute. Of a folder, its files are sent, and the
        names of the folders in it. Files outside of the project and the page's folder cannot be sent. Raise OSError if
        a file cannot be read.
        """
        base = Path(os.path.commonpath([task.root, task.folder]))
        files: dict[str, File] = {}
        folders = {task.root, task.folder}
        for name in names:
            path = Path(os.path.normpath(Path(task.root, name)))
            if not path.is_relative_to(base):
                continue
            if path.is_dir():
                folders.add(str(path))
                for entry in path.iterdir():
                    if entry.name.startswith((".", "__pycache__")):
                        continue
                    if entry.is_dir():
                        folders.add(str(entry))
                    elif entry.is_file():
                        files[str(entry)] = self._file(entry)
            elif path.is_file():
                files[str(path)] = self._file(path)
        packages = {}
        for folder in task.environment.get("PYTHONPATH", "").split(os.pathsep):
            if folder and Path(folder).is_dir():
                packages[folder] = {
                    path.relative_to(folder).as_posix(): self._file(path) for path in _sources(Path(folder))
                }
        return Parcel(str(base), dict(sorted(files.items())), tuple(sorted(folders)), packages)

    def _file(self, path: Path) -> File:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        known = self._files.get(path)
        if known is None or known[0] != stamp:
            known = (stamp, File(file_digest(path), bool(status.st_mode & 0o100)))
            self._files[path] = known
        self._sources[known[1].digest] = path
        return known[1]

    def pieces(self, digests: Iterable[str]) -> Iterator[list[ContentPiece]]:
        """Yield the contents with these digests in pieces, in lists of about `CHUNK` bytes. Raise OSError."""
        batch: list[ContentPiece] = []
        size = 0
        for name in digests:
            with self._sources[name].open("rb") as stream:
                start, last = 0, False
                while not last:
                    data = stream.read(CHUNK)
                    last = len(data) < CHUNK
                    batch.append(ContentPiece(name, start, data, last))
                    start += len(data)
                    size += len(data)
                    if size >= CHUNK:
                        yield batch
                        batch, size = [], 0
        if batch:
            yield batch

    def forget(self, digest: str) -> None:
        """Forget the digest of a file, since its content has changed, so that the file is read again."""
        self._files.pop(self._sources[digest], None)

    def unseen(self, task: Task, parcel: Parcel, result: Result) -> set[str]:
        """Return the names, relative to the root, of paths that the page saw in another state than they have at home.

        A file that the page wrote is one of them if home has it and it was not sent: the page may have appended to it.
        Raise OSError if a file at home cannot be read.
        """
        root = Path(task.root)
        differing: set[str] = set()
        for name, seen in result.reads.items():
            sent = parcel.files.get(str(root / name))
            if seen == UNSETTLED or (sent and sent.digest == seen):
                continue
            if is_glob(name):
                if matches(root, name, result.writes) != seen:
                    differing.update(relative(folder, root) for folder in folders_of(root, name))
                continue
            now = _elsewhere(state_like(seen, root / name, _inside(name, result.writes)))
            if now not in (_elsewhere(seen), MISSING):
                differing.add(name)
                # A folder is sent without its hidden files.
                if seen.startswith(("names ", "entries ")) and (root / name).is_dir():
                    differing.update(relative(path, root) for path in (root / name).glob(".*") if path.is_file())
        return differing | {
            name for name in result.writes if str(root / name) not in parcel.files and (root / name).is_file()
        }

    def at_home(self, task: Task, result: Result) -> Result:
        """Return the result with the states of home where a worker's copy always differs: times and links."""
        root = Path(task.root)
        reads = {
            name: seen
            if name in result.writes or is_glob(name) or (CHANGED not in seen and not seen.startswith("there: "))
            else state_like(seen, root / name)
            for name, seen in result.reads.items()
        }
        return replace(result, reads=reads)

    def accept(self, task: Task, files: Mapping[str, bytes | None]) -> None:
        """Write the files that a page wrote at a worker: name relative to the root -> content, None for a removed file.

        Raise OSError if a file cannot be written, ValueError for a name outside of the project.
        """
        root = Path(task.root)
        for name, data in sorted(files.items()):
            path = root / name
            if not Path(os.path.normpath(path)).is_relative_to(root):
                raise ValueError(f"{task.path}: a worker sends {name!r}, which is not in the project")
            if task.keep and path.is_file() and not path.is_symlink():
                shutil.copy(path, Path(task.keep, file_digest(path)))
            if data is None:
                path.unlink(missing_ok=True)
            else:
                write_if_changed(path, data)


def _elsewhere(text: str) -> str:
    """Return a state as it would be in a copy of the project, which has other times and no links."""
    return LINK.sub(r"there: \1", without_time(text))


def _sources(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _inside(folder: str, names: Iterable[str]) -> set[str]:
    return {path.name for name in names if (path := PurePosixPath(name)).parent == PurePosixPath(folder)}
