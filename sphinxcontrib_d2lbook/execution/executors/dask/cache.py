"""Cache at a worker what it was sent: file contents by digest, and the folders of generated packages."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ....common.files import digest, file_digest
from .transfers import File


class CacheFault(Exception):
    """Raised if the worker cannot store what it is sent. An OSError would mean a lost connection to the client."""


class Cache:
    """Cache in the worker's own folder, which dask removes with the worker; several pages may use it at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.contents = folder / "contents"
        self.packages = folder / "packages"

    def lacking(self, digests: Iterable[str]) -> list[str]:
        """Return those of ``digests`` whose contents are missing, sorted."""
        return sorted(value for value in digests if not (self.contents / value).exists())

    def copy(self, file: File, target: Path) -> None:
        """Write a copy of a file, to which a page may write. Raise OSError if that fails."""
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self.contents / file.digest, target)
        target.chmod(0o755 if file.executable else 0o644)

    def package(self, files: Mapping[str, File]) -> Path:
        """Return the folder with these files, named by their digests. It is made once, and whole or not at all.

        Raise OSError if it cannot be written.
        """
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
                if not target.is_dir():  # else another page of this worker has made it meanwhile
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return target


@dataclass(frozen=True)
class ContentPiece:
    """Piece of a file's content that is sent to a worker."""

    digest: str
    """Digest of the whole content."""
    start: int
    """Position of the piece in the content, in bytes."""
    data: bytes
    last: bool
    """Whether this is the last piece of the content."""


def lacking(folder: str, digests: Iterable[str]) -> list[str]:
    """Return the digests whose contents are not in the cache in ``folder``.

    The client calls it in the worker's event loop.
    """
    return Cache(Path(folder)).lacking(digests)


def store(folder: str, sender: str, pieces: Iterable[ContentPiece]) -> list[str]:
    """Put pieces into the cache in ``folder``; return the digests of contents that are complete, but wrong.

    Wrong contents are dropped. ``sender`` keeps the pieces of two clients apart. The client calls this in the worker's
    event loop. Raise CacheFault if a content cannot be written.
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
