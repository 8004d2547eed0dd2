"""Watch for changes of files that require another build.

Changes in the build folder are ignored, and so are files that the build writes itself: the generated package, and what
pages write when they run. An edit counts when the file differs from what the last build has read, whenever the edit was
made and whenever the system tells of it: one during a build, before the build has read the file, is in that build, and
one after that is built next.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from watchfiles import Change, DefaultFilter, watch

from ...common.files import file_digest

STEP = 50
"""Milliseconds in which further changes are collected, since editors save in several steps."""
PATIENCE = 1.0
"""Seconds in which an editor that has emptied a file must begin to write it."""

Batches = Iterable[Collection[tuple[Change, str]]]
"""Changes as watchfiles tells of them, batch by batch."""


class FileChanges:
    """Waits for changes below some folders, which a thread of this process collects all the time.

    ``batches`` takes the place of the system's own messages, and ``patience`` that of `PATIENCE`.
    """

    def __init__(
        self,
        folders: Collection[Path],
        without: Collection[Path],
        *,
        batches: Batches | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._changed: dict[Path, None] = {}
        self._left_out: frozenset[Path] = frozenset()
        self._digests: dict[Path, str] = {}
        """Digests of files as the last build has read them; of other files that have changed, as they were at its
        beginning."""
        self._patience = patience
        self._happened = threading.Condition()
        tops = {path.resolve() for path in folders}
        self._folders = [top for top in tops if not any(top != other and top.is_relative_to(other) for other in tops)]
        self._filter = _Filter(self._folders, {path.resolve() for path in without})
        if batches is None:
            batches = watch(*self._folders, watch_filter=self._filter, step=STEP, raise_interrupt=False)
        threading.Thread(target=self._collect, args=(batches,), daemon=True).start()

    def _collect(self, batches: Batches) -> None:
        for batch in batches:
            with self._happened:
                self._changed.update((Path(name), None) for _, name in batch)
                self._happened.notify_all()

    def begin(self) -> None:
        """Begin a build, which contains all changes until now; `end` tells what it contains besides."""
        with self._happened:
            for path in self._changed:
                self._digests[path] = _digest(path)
            self._changed.clear()

    def end(self, read: Mapping[Path, str], written: Collection[Path]) -> None:
        """End a build. ``read`` has the digests of the files that it has read, as far as it tells them.

        Ignore changes of ``written``, the files that the book's pages write, instead of those ignored before.
        """
        self._digests.update((path.resolve(), digest) for path, digest in read.items())
        self._left_out = frozenset(path.resolve() for path in written)

    def wait(self, folder: Path) -> str:
        """Wait until a file differs from the last build, and return a line that names it, relative to ``folder``."""
        while True:
            new = [path for path in self._next() if path not in self._left_out and self._is_new(path)]
            if any(_is_empty(path) for path in new):
                with self._happened:
                    self._happened.wait_for(lambda: self._changed, self._patience)
                    self._changed.update(dict.fromkeys(new))
                new = [path for path in self._next() if path not in self._left_out and self._is_new(path)]
            if new:
                with self._happened:
                    self._changed.update(dict.fromkeys(new))
                return "changed: " + ", ".join(sorted(os.path.relpath(path, folder.resolve()) for path in new))

    def _next(self) -> list[Path]:
        """Wait until files have changed, and return them."""
        with self._happened:
            while not self._changed:
                self._happened.wait(1.0)  # not for good, so that Ctrl-C is noticed
            changed = list(self._changed)
            self._changed.clear()
        return changed

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


def _is_empty(path: Path) -> bool:
    """Return whether a file is there and empty, as between the two steps by which many editors save."""
    try:
        return path.stat().st_size == 0
    except OSError:
        return False


def _digest(path: Path) -> str:
    try:
        return file_digest(path)
    except OSError:
        return "missing"
