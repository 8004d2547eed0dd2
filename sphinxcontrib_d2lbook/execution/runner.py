"""The process that holds the kernels: `python -m sphinxcontrib_d2lbook.execution.runner REQUEST.json`.

Reads tasks and prints a line of JSON for each event: `{"started": docname}` or `{"result": ...}`. It ends, and with it
all kernels, when its standard input is closed, since then the build is gone, and on SIGTERM.
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
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any, TextIO

from jupyter_client.kernelspec import NoSuchKernel
from jupyter_core.paths import jupyter_path

from .kernels import process_tree
from .kernels.manager import is_ipykernel
from .kernels.tracer_process import Tracer
from .kernels.zygote_process import SUPPORTED, Profile, Zygote, ZygoteError
from .notebook_run import SPECS, Start, kernel_environment, run
from .schedule import Capacity, Scheduler
from .tasks import Failure, Result, Task, task_from_json

PR_SET_CHILD_SUBREAPER = 36


class TaskRunner:
    """Runs tasks as far as the machine has room for them."""

    def __init__(self, tasks: Sequence[Task], capacity: Capacity, start: str, scratch: Path, out: TextIO) -> None:
        self.scheduler = Scheduler(tasks, capacity)
        self.scratch = scratch
        self.out = out
        self.tracer = Tracer(scratch)
        self.zygotes: dict[tuple[str, tuple[tuple[str, str], ...]], Zygote] = {}
        self.profiles = shared_profiles(tasks) if SUPPORTED and start != "cold" else {}
        self.argv = cache(lambda name: SPECS.get_kernel_spec(name).argv)
        self.count = 0

    async def run(self) -> None:
        """Run all; results are written as they come."""
        for task, failure in self.scheduler.refused:
            self._give_up(task, failure)
        running: dict[asyncio.Task[Result], Task] = {}
        try:
            while not self.scheduler.idle:
                for task, variables in self.scheduler.start_ready():
                    self._write({"started": task.docname})
                    running[asyncio.create_task(self._one(task, variables))] = task
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
            for zygote in self.zygotes.values():
                zygote.close()
            self.tracer.close()

    async def _one(self, task: Task, variables: Mapping[str, str]) -> Result:
        self.count += 1
        scratch = self.scratch / str(self.count)
        scratch.mkdir()
        return await run(task, await self._start(task), scratch, variables, self.tracer.address)

    async def _start(self, task: Task) -> Start:
        """A stage for the task's kernel, where one is worth its while."""
        profile = self.profiles.get(task.docname)
        if profile is None:
            return Start()
        try:
            argv = self.argv(task.kernel)
            if not is_ipykernel(argv):
                return Start()
            environment = kernel_environment(task)
            python = sys.executable if argv[0] in ("python", "python3") else argv[0]
            key = (python, tuple(sorted(environment.items())))
            if key not in self.zygotes:
                self.zygotes[key] = Zygote(python, environment)
            zygote = self.zygotes[key]
            return Start(zygote, await zygote.stage(profile))
        except (NoSuchKernel, ZygoteError, OSError) as err:
            sys.stderr.write(f"{task.docname}: its kernel starts from nothing: {err}\n")
            return Start()

    def _give_up(self, task: Task, failure: Failure) -> None:
        self._write({"result": vars(Result(task.docname, task.notebook, failure, 0.0, None))})

    def _write(self, value: Mapping[str, Any]) -> None:
        self.out.write(json.dumps(value, default=asdict) + "\n")
        self.out.flush()


def _result(future: asyncio.Task[Result], task: Task) -> Result:
    """What running a page gave; a fault of ours is told as one, with its traceback in the log, and the book goes on."""
    err = future.exception()
    if err is None:
        return future.result()
    sys.stderr.write(f"{task.docname}:\n{''.join(traceback.format_exception(err))}")
    message = f"{err} (a fault of the build, not of the page; kernels.log says more)"
    return Result(task.docname, task.notebook, Failure(None, None, type(err).__name__, message, ""), 0.0, None)


def shared_profiles(tasks: Sequence[Task]) -> dict[str, Profile]:
    """For each task, what its kernel's stage has imported: what at least two tasks with that preparation import.

    Matplotlib reads a `matplotlibrc` in the folder where it is imported: pages beside one have a stage of their own.
    """
    groups: dict[tuple[str, str, str], list[Task]] = {}
    for task in tasks:
        folder = task.folder if Path(task.folder, "matplotlibrc").is_file() else "/"
        groups.setdefault((task.kernel, task.preparation, folder), []).append(task)
    found = {}
    for (_, preparation, folder), group in groups.items():
        if len(group) < 2:
            continue
        counts = Counter(name for task in group for name in task.imports)
        shared = tuple(sorted(name for name, count in counts.items() if count > 1))
        for task in group:
            found[task.docname] = Profile(preparation, shared, folder)
    return found


async def serve(runner: TaskRunner) -> None:
    """Run until all is done, the build is gone, or this process is told to end; then no kernel is left.

    Only what event loops can do on every system is used: on Windows they watch neither signals nor standard input.
    """
    work = asyncio.create_task(runner.run())
    loop = asyncio.get_running_loop()
    told = threading.Event()

    def stop(*_: object) -> None:
        """Cancel the work, once: a second time would interrupt the clearing away."""
        if not told.is_set():
            told.set()
            with suppress(RuntimeError):  # the loop is closed, and all is done
                loop.call_soon_threadsafe(work.cancel)

    def wait_for_the_build_to_go() -> None:
        while os.read(0, 1 << 10):  # not by `sys.stdin`, whose lock a thread must not hold when Python ends
            pass
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    threading.Thread(target=wait_for_the_build_to_go, daemon=True).start()
    with suppress(asyncio.CancelledError, BrokenPipeError):  # the build is gone, and says so by its closed ends
        await work


def main(request: str) -> None:
    value = json.loads(Path(request).read_text(encoding="utf-8"))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # what kernels leave behind becomes ours to end
    # What kernels and libraries print must not get between the lines of JSON.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # Without those of IPYTHONDIR, which is an empty folder here: to learn of it, all of IPython would be imported.
    SPECS.kernel_dirs = jupyter_path("kernels")
    capacity = Capacity(**{**value["capacity"], "gpus": tuple(value["capacity"]["gpus"])})
    tasks = [task_from_json(task) for task in value["tasks"]]
    try:
        asyncio.run(serve(TaskRunner(tasks, capacity, value["start"], Path(value["scratch"]), out)))
    finally:
        process_tree.end_descendants()
        shutil.rmtree(value["scratch"], ignore_errors=True)  # the build may have ended before it could do so


if __name__ == "__main__":
    main(sys.argv[1])
