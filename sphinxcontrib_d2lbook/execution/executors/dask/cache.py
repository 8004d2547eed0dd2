"""What a worker keeps of what it was sent: contents by digest, and the folders of generated packages."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ....common.files import digest, file_digest
from .transfers import File


class CacheFault(Exception):
    """The worker cannot keep what it is sent. No OSError, which for the client tells of the connection."""


class Cache:
    """In the worker's own folder, which dask removes with the worker. Safe for several pages at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contents = folder / "contents"
        self.packages = folder / "packages"

    def lacking(self, digests: Iterable[str]) -> list[str]:
        return sorted(value for value in digests if not (self.contents / value).exists())

    def copy(self, file: File, target: Path) -> None:
        """A file of its own, which a page may write to. Raises OSError."""
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.contents / file.digest, target)
        target.chmod(0o755 if file.executable else 0o644)

    def package(self, files: Mapping[str, File]) -> Path:
        """The folder with these files, named by their digests; made once, and whole or not at all. Raises OSError."""
        name = digest(*(part for key, file in sorted(files.items()) for part in (key, file.digest)))[:32]
        target = self.packages / name
        if target.is_dir():
            return target
        self.packages.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=self.packages, prefix=".new-"))
        try:
            for key, file in files.items():
                self.copy(file, temporary / key)
            temporary.chmod(0o755)
            try:
                temporary.rename(target)
            except OSError:
                if not target.is_dir():  # else another page of this worker was faster
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return target


@dataclass(frozen=True)
class ContentPiece:
    """Part of a content on its way to a worker."""

    digest: str
    start: int
    data: bytes
    last: bool


def lacking(folder: str, digests: Iterable[str]) -> list[str]:
    """The client's, in the worker's event loop: what is not yet in the cache in ``folder``."""
    return Cache(Path(folder)).lacking(digests)


def store(folder: str, sender: str, pieces: Iterable[ContentPiece]) -> list[str]:
    """The client's, in the worker's event loop: take pieces into the cache in ``folder``. Raises CacheFault.

    ``sender`` keeps two clients apart. The digests of contents that are whole now and not what their digest says;
    these are dropped.
    """
    contents = Cache(Path(folder)).contents
    try:
        contents.mkdir(parents=True, exist_ok=True)
        return [piece.digest for piece in pieces if not _take(piece, contents, sender)]
    except OSError as err:
        raise CacheFault(str(err)) from err


def _take(piece: ContentPiece, contents: Path, sender: str) -> bool:
    part = contents / f".{piece.digest}-{sender}"
    with part.open("r+b" if piece.start else "wb") as stream:
        stream.seek(piece.start)
        stream.write(piece.data)
    if not piece.last:
        return True
    if file_digest(part) != piece.digest:
        part.unlink()
        return False
    part.replace(contents / piece.digest)
    return True
