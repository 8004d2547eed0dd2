"""The GPUs of a worker: pages that run at a time get different ones, and see no others."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

_lock = threading.Lock()
_taken: set[str] = set()


@contextmanager
def take_gpus(count: int, there: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """``count`` of ``there``, for as long as the context lasts; fewer if the worker offers dask more than it has."""
    with _lock:
        found = tuple(name for name in there if name not in _taken)[:count]
        _taken.update(found)
    try:
        yield found
    finally:
        with _lock:
            _taken.difference_update(found)
