"""What the client needs of a cluster, without dask's own names; client.py has it for distributed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol


class Unusable(Exception):
    """Nothing can run at all; says why and what to do."""


class WorkerLost(Exception):
    """The workers that ran a page are gone."""


class WorkerGone(Exception):
    """The worker that was called is not there, or does not answer."""


class Cluster(Protocol):
    """A scheduler and its workers."""

    async def workers(self) -> Mapping[str, Mapping[str, Any]]:
        """Address -> what the scheduler knows of the worker, such as "resources". Raises Unusable."""
        ...

    async def versions(self) -> Mapping[str, Any]:
        """Of the scheduler and the workers, as `checks.mismatch` takes them. Raises Unusable."""
        ...

    async def submit(self, key: str, errand: bytes, priority: int, resources: Mapping[str, float]) -> Mapping[str, Any]:
        """Have a worker run a page; the fields of its `Reply`. Cancelling it drops a page that has not begun.

        Raises WorkerLost, Unusable, and what the worker's machine raises.
        """
        ...

    async def call(self, worker: str, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function of this package in a worker's event loop.

        Raises WorkerGone and what the function raises, which must be no OSError.
        """
        ...
