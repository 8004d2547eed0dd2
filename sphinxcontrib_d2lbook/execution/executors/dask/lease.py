"""Leases of pages at a worker: the client allows a page to start, and renews its lease for as long as the build lives.

The client calls the functions in the worker's process, in the thread of its event loop, and the page's own thread
checks the lease. Nothing here may take long.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence


class Lease:
    """Permission for one run of a page to start and to go on, for ``seconds`` after the last renewal."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.allowed = threading.Event()
        self._end = time.monotonic() + seconds

    def renew(self) -> None:
        """Extend the lease, unless it was cancelled."""
        self._end = max(self._end, time.monotonic() + self.seconds) if self._end else 0

    def cancel(self) -> None:
        """End the lease now."""
        self._end = 0

    @property
    def over(self) -> bool:
        """Whether the lease has run out or was cancelled."""
        return time.monotonic() > self._end

    def wait(self) -> bool:
        """Wait until the client allows the start or the lease is over; return whether the page may start."""
        while not self.over:
            if self.allowed.wait(0.1):
                return not self.over
        return False


_leases: dict[str, Lease] = {}
"""Key of a dask task -> its lease, in this worker."""


def open_lease(key: str, seconds: float) -> Lease:
    """Return a new lease for a dask task. Called in the page's thread, before it sends the client a message."""
    _leases[key] = Lease(seconds)
    return _leases[key]


def close_lease(key: str) -> None:
    """Forget the lease of a dask task that has ended."""
    _leases.pop(key, None)


def allow(key: str) -> None:
    """Allow a page to start. Called by the client."""
    if lease := _leases.get(key):
        lease.renew()
        lease.allowed.set()


def renew(keys: Sequence[str]) -> None:
    """Renew the leases of pages that the build still wants. Called by the client."""
    for key in keys:
        if lease := _leases.get(key):
            lease.renew()


def cancel(keys: Sequence[str]) -> None:
    """Cancel the leases of pages that the build does not want any more. Called by the client."""
    for key in keys:
        if lease := _leases.get(key):
            lease.cancel()
