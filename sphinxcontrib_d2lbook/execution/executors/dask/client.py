"""Connect a build to a scheduler: `python -m sphinxcontrib_d2lbook.execution.executors.dask.client REQUEST.json`.

This is a process of its own, since distributed starts threads and a build forks. It prints lines of JSON: {"started":
docname}, {"result": ...} and, if nothing can run, {"error": text}. It ends with the build, when its standard input is
closed. No other file imports distributed.
"""

from __future__ import annotations

import asyncio
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from distributed import Client
from distributed.scheduler import KilledWorker

from sphinxcontrib_d2lbook.execution.executors.dask.cluster import Unusable, WorkerGone, WorkerLost
from sphinxcontrib_d2lbook.execution.executors.dask.cluster_checks import PACKAGES
from sphinxcontrib_d2lbook.execution.executors.dask.submission import Submission
from sphinxcontrib_d2lbook.execution.tasks import task_from_json

TOPIC = "d2lbook"
"""Topic of dask under which workers send messages about pages to clients."""
ANSWER = 60.0
"""Seconds that a call of a worker may take, which may include sending a piece of a file."""
GOODBYE = 5.0
"""Seconds for closing the connection to the scheduler."""


def at_worker(errand: bytes, topic: str) -> dict[str, Any]:
    """Run a page at a worker and return the fields of a `Reply`. Dask calls it.

    Since this file is `__main__`, dask sends the function as code, and the scheduler need not have this package.
    """
    from distributed import get_worker

    from sphinxcontrib_d2lbook.execution.executors.dask.worker import run_errand

    worker = get_worker()
    return run_errand(
        errand, worker.local_directory, lambda message: worker.log_event(topic, {**message, "worker": worker.address})
    )


class DaskCluster:
    """Cluster of dask.distributed (see `Cluster`). ``client`` is an asynchronous `distributed.Client`.

    It has the type Any, since the annotations of `Client` are those of its synchronous methods.
    """

    def __init__(self, client: Any, timeout: float) -> None:
        self.client = client
        self.timeout = timeout

    async def workers(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the workers; see `Cluster.workers`."""
        # `Client.scheduler_info` lists no workers for asynchronous clients, and five at most for others.
        try:
            identity = await asyncio.wait_for(self.client.scheduler.identity(), self.timeout)
        except (OSError, TimeoutError) as err:
            raise Unusable(f"the scheduler does not answer any more: {err or 'no answer'}; start it again") from err
        workers: Mapping[str, Mapping[str, Any]] = identity["workers"]
        return workers

    async def versions(self) -> Mapping[str, Any]:
        """Return the versions of the scheduler and the workers; see `Cluster.versions`."""
        try:
            versions: Mapping[str, Any] = await asyncio.wait_for(
                self.client.get_versions(packages=list(PACKAGES)), self.timeout
            )
        except (OSError, TimeoutError) as err:
            raise Unusable(f"the workers do not report their versions: {err or 'no answer'}; restart them") from err
        return versions

    async def submit(self, key: str, errand: bytes, priority: int, resources: Mapping[str, float]) -> Mapping[str, Any]:
        """Let a worker run a page; see `Cluster.submit`."""
        future = self.client.submit(
            at_worker, errand, TOPIC, key=key, priority=priority, resources=dict(resources) or None, pure=False
        )
        try:
            reply: Mapping[str, Any] = await future.result()
        except KilledWorker as err:
            raise WorkerLost(str(err)) from err
        except CancelledError as err:
            raise Unusable(f"the scheduler dropped the pages, or was restarted: {err}; build again") from err
        finally:
            future.release()
        return reply

    async def call(self, worker: str, function: Callable[..., Any], *args: Any) -> Any:
        """Call a function in a worker; see `Cluster.call`."""
        try:
            answer = await asyncio.wait_for(
                self.client.run(function, *args, workers=[worker], on_error="return"), ANSWER
            )
        except (OSError, TimeoutError) as err:
            raise WorkerGone(worker) from err
        value = answer.get(worker, WorkerGone(worker))
        if isinstance(value, OSError | TimeoutError | KeyError):  # KeyError: the scheduler knows no such worker
            raise WorkerGone(worker) from value
        if isinstance(value, BaseException):
            raise value
        return value


async def conduct(request: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]) -> None:
    """Connect to the scheduler and run all tasks. Cancelling this stops what runs at the workers.

    Raise Unusable if nothing can run at all.
    """
    address, timeout = request["address"], request["timeout"]
    try:
        client: Any = await Client(address, asynchronous=True, timeout=timeout, set_as_default=False)
    except (OSError, TimeoutError, ValueError, ImportError) as err:
        raise Unusable(
            f"no dask scheduler answers at {address} within {timeout:g} s ({err}); start one, or correct d2lbook_dask "
            "in conf.py or DASK_SCHEDULER_ADDRESS"
        ) from err
    try:
        tasks = [task_from_json(task) for task in request["tasks"]]
        conductor = Submission(DaskCluster(client, timeout), tasks, tell, timeout, request["lease"])
        client.subscribe_topic(TOPIC, lambda event: conductor.heard(event[1]))
        await conductor.run()
    finally:
        with suppress(TimeoutError, OSError):
            await asyncio.wait_for(client.close(), GOODBYE)


class LineWriter:
    """Writer of lines to the build, in a thread, so that a build that reads slowly does not delay the leases."""

    def __init__(self, out: TextIO) -> None:
        self._lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._out = out
        self._thread = threading.Thread(target=self._write, daemon=True)
        self._thread.start()

    def __call__(self, message: Mapping[str, Any]) -> None:
        """Write a message as a line of JSON, without waiting for it."""
        self._lines.put(json.dumps(message))

    def _write(self) -> None:
        with suppress(BrokenPipeError):  # the build is gone; the end of standard input then ends this process
            while (line := self._lines.get()) is not None:
                self._out.write(line + "\n")
                self._out.flush()

    def close(self) -> None:
        """Wait until all lines are written."""
        self._lines.put(None)
        self._thread.join()


async def until_told(request: Mapping[str, Any], tell: Callable[[Mapping[str, Any]], None]) -> bool:
    """Run until all tasks have ended, or until SIGTERM or the end of standard input; return whether all have ended.

    Raise Unusable if nothing can run at all.
    """
    loop = asyncio.get_running_loop()
    work = asyncio.create_task(conduct(request, tell))
    loop.add_signal_handler(signal.SIGTERM, work.cancel)
    loop.add_reader(sys.stdin.fileno(), work.cancel)  # nothing is ever written to it, so that it is readable at its end
    try:
        await work
    except asyncio.CancelledError:
        return False
    finally:
        loop.remove_reader(sys.stdin.fileno())
    return True


def main(request: str) -> None:
    """Run the tasks of the file ``request``."""
    value = json.loads(Path(request).read_text(encoding="utf-8"))
    # What a library prints must not mix with the lines of JSON.
    out, sys.stdout = sys.stdout, sys.stderr
    tell = LineWriter(out)
    try:
        done = asyncio.run(until_told(value, tell))
    except Unusable as err:
        tell({"error": str(err)})
        done = True
    if done:
        tell.close()
    sys.stderr.flush()
    os._exit(0)  # without waiting for the threads of distributed


if __name__ == "__main__":
    main(sys.argv[1])
