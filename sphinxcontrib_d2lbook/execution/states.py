"""What a page can see of files and folders, as text that changes when they do."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from ..files import digest, file_digest
from .model import MISSING


def state(path: Path, ignore: Collection[str] = ()) -> str:
    """What a page can see of a path: the digest of a file, that of a folder's names, or `MISSING`.

    Of a folder count the names that are not in ``ignore``, not hidden and not Python's caches. Raises OSError for what
    is there and cannot be read.
    """
    try:
        if path.is_dir():
            names = sorted(entry.name for entry in path.iterdir())
            seen = [name for name in names if not name.startswith((".", "__pycache__")) and name not in ignore]
            return f"folder {digest(*seen)}"
        return file_digest(path)
    except (FileNotFoundError, NotADirectoryError):
        return MISSING


class States:
    """The states of paths below a root, each read once: a build plans with one look at the files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._seen: dict[tuple[str, frozenset[str]], str] = {}

    def __call__(self, name: str, ignore: frozenset[str] = frozenset()) -> str:
        """Of ``name``, relative to the root or absolute. Raises OSError."""
        found = self._seen.get((name, ignore))
        if found is None:
            found = self._seen[name, ignore] = state(self.root / name, ignore)
        return found


def relative(path: Path, root: Path) -> str:
    """The name of a file in keys and reasons: posix, relative to ``root`` where it lies below it."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
