"""Run tasks, in the process that holds the kernels: `python -m sphinxcontrib_d2lbook.execution.runner REQUEST.json`.

It reads tasks and prints a line of JSON for each event: `{"started": docname}`, `{"progress": ...}` or
`{"result": ...}`. On SIGTERM, and when its standard input is closed or has the line `stop`, since the build is then
gone, it ends all kernels and itself.

It can be started before a build needs it (see executors/standby.py). The file then has the kernel that is `expected` in
place of tasks: that is made ready to be forked, and the path of the request comes by a line of standard input.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import shutil
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from jupyter_client.kernelspec import NoSuchKernel
from jupyter_core.paths import jupyter_path

from .kernel_origins import KernelOrigins
from .kernel_profiles import ExpectedKernel
from .kernels import process_tree
from .kernels.tracer_process import Tracer
from .kernels.zygote_process import SUPPORTED, ZygoteError
from .notebook_run import SPECS, KernelOrigin, run
from .schedule import Capacity, Scheduler
from .tasks import CellProgress, Failure, Result, Task, task_from_json

PR_SET_CHILD_SUBREAPER = 36
STOP = b"stop"
"""Line by which a build says that it is gone, where another process holds the pipe open, too."""


class TaskRunner:
    """Scheduler of tasks and the kernels that run them, as many as the machine has room for."""

    def __init__(self, request: Mapping[str, Any], origins: KernelOrigins, tracer: Tracer, out: TextIO) -> None:
        tasks = [task_from_json(task) for task in request["tasks"]]
        capacity = Capacity(**{**request["capacity"], "gpus": tuple(request["capacity"]["gpus"])})
        self.scheduler = Scheduler(tasks, capacity)
        self.scratch = Path(request["scratch"])
        self.out = out
        self.tracer = tracer
        self.origins = origins
        self.profiles = origins.profiles(tasks) if SUPPORTED and request["start"] != "cold" else {}
        self.count = 0

    async def run(self) -> None:
        """Run all tasks, and write each result when it comes."""
        for task, failure in self.scheduler.refused:
            self._give_up(task, failure)
        running: dict[asyncio.Task[Result], Task] = {}
        try:
            while not self.scheduler.idle:
                for task, variables in self.scheduler.start_ready():
                    self._write({"started": task.docname})
                    running[asyncio.create_task(self._run_task(task, variables))] = task
                done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for future in done:
                    result = _result(future, running.pop(future))
                    self._write({"result": vars(result)})
                    for task, failure in self.scheduler.finished(result.docname, ok=result.failure is None):
                        self._give_up(task, failure)
        finally:
            for future in running:
                future.cancel()
            if running:
                await asyncio.wait(running)

    async def _run_task(self, task: Task, variables: Mapping[str, str]) -> Result:
        self.count += 1
        scratch = self.scratch / str(self.count)
        scratch.mkdir()
        return await run(task, await self._start(task), scratch, variables, self.tracer.address, self._report)

    def _report(self, progress: CellProgress) -> None:
        self._write({"progress": vars(progress)})

    async def _start(self, task: Task) -> KernelOrigin:
        """Return the stage from which the task's kernel is forked, or an empty `KernelOrigin` without one."""
        profile = self.profiles.get(task.docname)
        if profile is None:
            return KernelOrigin()
        try:
            return await self.origins.find(task.kernel, task.environment, profile)
        except (NoSuchKernel, ZygoteError, OSError) as err:
            sys.stderr.write(f"{task.docname}: its kernel starts from nothing: {err}\n")
            return KernelOrigin()

    def _give_up(self, task: Task, failure: Failure) -> None:
        self._write({"result": vars(Result(task.docname, task.notebook, failure, 0.0, None))})

    def _write(self, value: Mapping[str, Any]) -> None:
        self.out.write(json.dumps(value, default=asdict) + "\n")
        self.out.flush()


def _result(future: asyncio.Task[Result], task: Task) -> Result:
    """Return the result of a task that has ended.

    An exception here is a fault of the build: it becomes the page's failure, its traceback goes to the log, and the
    other pages run on.
    """
    err = future.exception()
    if err is None:
        return future.result()
    sys.stderr.write(f"{task.docname}:\n{''.join(traceback.format_exception(err))}")
    message = f"{err} (a fault of the build, not of the page; kernels.log says more)"
    return Result(task.docname, task.notebook, Failure(None, None, type(err).__name__, message, ""), 0.0, None)


def lines(handle: int) -> Iterator[bytes]:
    """Yield the lines that can be read from a file descriptor, to its end or to `STOP`."""
    rest = b""
    while data := os.read(handle, 1 << 10):  # not by `sys.stdin`, whose lock a thread must not hold when Python ends
        *whole, rest = (rest + data).split(b"\n")
        for line in whole:
            if line == STOP:
                return
            yield line


async def serve(value: Mapping[str, Any], out: TextIO) -> None:
    """Run until all tasks have ended, the build is gone, or this process gets a signal to end; leave no kernel behind.

    ``value`` is a request, or what a standby makes ready until it reads the path of the request from standard input.
    Signals and standard input are watched without the event loop, which on Windows can watch neither.
    """
    orders: asyncio.Queue[str] = asyncio.Queue()
    work = asyncio.create_task(_run(value, orders, out))
    loop = asyncio.get_running_loop()
    stopping = threading.Event()

    def stop(*_: object) -> None:
        """Cancel the work, but only once: a second time would interrupt the cleaning up."""
        if not stopping.is_set():
            stopping.set()
            with suppress(RuntimeError):  # the loop is closed: all work is done
                loop.call_soon_threadsafe(work.cancel)

    def read_orders() -> None:
        for line in lines(0):
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(orders.put_nowait, line.decode())
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    threading.Thread(target=read_orders, daemon=True).start()
    with suppress(asyncio.CancelledError, BrokenPipeError):  # the build is gone and has closed its ends of the pipes
        await work


async def _run(value: Mapping[str, Any], orders: asyncio.Queue[str], out: TextIO) -> None:
    origins, tracer = KernelOrigins(), Tracer(Path(value["scratch"]))
    try:
        if "expected" in value:
            await origins.expect(ExpectedKernel.from_json(value["expected"]))
            value = json.loads(Path(await orders.get()).read_text(encoding="utf-8"))
            await origins.forget_changed()
        await TaskRunner(value, origins, tracer, out).run()
    finally:
        origins.close()
        tracer.close()


def main(file: str) -> None:
    value = json.loads(Path(file).read_text(encoding="utf-8"))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # adopt the processes that kernels leave behind, to end them
    # What kernels and libraries print must not mix with the lines of JSON.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # Leave out the kernels of IPYTHONDIR, an empty folder here: asking for it would import all of IPython.
    SPECS.kernel_dirs = jupyter_path("kernels")
    try:
        asyncio.run(serve(value, out))
    finally:
        process_tree.end_descendants()
        shutil.rmtree(value["scratch"], ignore_errors=True)  # the build may have ended before it could do so


if __name__ == "__main__":
    main(sys.argv[1])
