"""Whether a page may go on at a worker: the client allows its start, and renews this for as long as it lives.

The functions are called by the client in the worker's process, in the thread of its event loop; the page's own thread
waits and looks. Nothing here may take long.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence


class Lease:
    """Of one run of one page."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.allowed = threading.Event()
        self._end = time.monotonic() + seconds

    def renew(self) -> None:
        self._end = max(self._end, time.monotonic() + self.seconds) if self._end else 0

    def cancel(self) -> None:
        self._end = 0

    @property
    def over(self) -> bool:
        return time.monotonic() > self._end

    def wait(self) -> bool:
        """Wait for the client's word; whether the page may start."""
        while not self.over:
            if self.allowed.wait(0.1):
                return not self.over
        return False


_leases: dict[str, Lease] = {}
"""Key of a dask task -> its lease, in this worker."""


def open_lease(key: str, seconds: float) -> Lease:
    """In the page's thread, before it tells the client that it is there."""
    _leases[key] = Lease(seconds)
    return _leases[key]


def close_lease(key: str) -> None:
    _leases.pop(key, None)


def allow(key: str) -> None:
    """The client's: the page may start."""
    if lease := _leases.get(key):
        lease.renew()
        lease.allowed.set()


def renew(keys: Sequence[str]) -> None:
    """The client's: the build lives, and wants these pages."""
    for key in keys:
        if lease := _leases.get(key):
            lease.renew()


def cancel(keys: Sequence[str]) -> None:
    """The client's: the pages are not wanted any more."""
    for key in keys:
        if lease := _leases.get(key):
            lease.cancel()
