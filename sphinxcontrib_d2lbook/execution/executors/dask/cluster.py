"""Define what the client needs from a cluster, without dask's own names; client.py implements it with distributed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Unusable(Exception):
    """Raised if nothing can run at all; the message says why and what to do."""


class WorkerLost(Exception):
    """Raised if the workers that ran a page are gone."""


class WorkerGone(Exception):
    """Raised if the worker that was called does not exist or does not answer."""


class Cluster(Protocol):
    """A scheduler and its workers."""

    async def workers(self) -> Mapping[str, Mapping[str, Any]]:
        """Return address -> what the scheduler knows of the worker, such as "resources". Raise Unusable."""
        ...

    async def versions(self) -> Mapping[str, Any]:
        """Return the versions of scheduler and workers, as `cluster_checks.mismatch` takes them. Raise Unusable."""
        ...

    async def submit(self, key: str, errand: bytes, priority: int, resources: Mapping[str, float]) -> Mapping[str, Any]:
        """Let a worker run a page, and return the fields of its `Reply`. Cancelling drops a page that has not begun.

        ``key`` is that of the dask task, ``errand`` a pickled `Errand`, and pages of higher ``priority`` come first.
        Raise WorkerLost, Unusable, and what the worker raises.
        """
        ...

    async def call(self, worker: str, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function of this package in a worker's event loop, and return its value.

        Raise WorkerGone, and what the function raises, which must not be an OSError.
        """
        ...
