"""Watch for changes of files that require another build.

Changes in the build folder are ignored, and so are files that the build writes itself: the generated package, and what
pages write when they run. Changes by the author during a build count, and are built after it.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from ...common.files import file_digest

STEP = 50
"""Milliseconds in which further changes are collected, since editors save in several steps."""


class FileChanges:
    """Waits for changes below some folders, which a thread of this process collects all the time."""

    def __init__(self, folders: Collection[Path], without: Collection[Path]) -> None:
        self._changed: dict[Path, None] = {}
        self._left_out: frozenset[Path] = frozenset()
        self._digests: dict[Path, str] = {}
        """Digests of files that have changed, from the beginning of the last build."""
        self._happened = threading.Condition()
        tops = {path.resolve() for path in folders}
        self._folders = [top for top in tops if not any(top != other and top.is_relative_to(other) for other in tops)]
        self._filter = _Filter(self._folders, {path.resolve() for path in without})
        threading.Thread(target=self._collect, daemon=True).start()

    def _collect(self) -> None:
        for batch in watch(*self._folders, watch_filter=self._filter, step=STEP, raise_interrupt=False):
            with self._happened:
                self._changed.update((Path(name), None) for _, name in batch)
                self._happened.notify_all()

    def begin(self) -> None:
        """Begin a build, which contains all changes until now."""
        with self._happened:
            for path in self._changed:
                self._digests[path] = _digest(path)
            self._changed.clear()

    def leave_out(self, written: Collection[Path]) -> None:
        """Ignore changes of ``written``, the files that the book's pages write, instead of those ignored before."""
        self._left_out = frozenset(path.resolve() for path in written)

    def wait(self, folder: Path) -> str:
        """Wait until a file differs from the last build, and return a line that names it, relative to ``folder``."""
        while True:
            with self._happened:
                while not self._changed:
                    self._happened.wait(1.0)  # not for good, so that Ctrl-C is noticed
                changed = list(self._changed)
                self._changed.clear()
            new = [path for path in changed if path not in self._left_out and self._is_new(path)]
            if new:
                with self._happened:
                    self._changed.update(dict.fromkeys(new))
                return "changed: " + ", ".join(sorted(os.path.relpath(path, folder.resolve()) for path in new))

    def _is_new(self, path: Path) -> bool:
        if path.is_dir():
            return False
        return self._digests.get(path) != _digest(path)


class _Filter(DefaultFilter):
    """Leaves out hidden files, caches, virtual environments, backup files of editors, and given folders."""

    def __init__(self, folders: Collection[Path], without: Collection[Path]) -> None:
        super().__init__()
        self._folders = tuple(folders)
        self._without = tuple(without)

    def __call__(self, change: Change, path: str) -> bool:
        place = Path(path)
        if not super().__call__(change, path) or any(place.is_relative_to(folder) for folder in self._without):
            return False
        parts = next((place.relative_to(top).parts for top in self._folders if place.is_relative_to(top)), ())
        return not any(part.startswith(".") or part == "site-packages" for part in parts)


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError:
        return "missing"
