"""Run tasks, in the process that holds the kernels: `python -m sphinxcontrib_d2lbook.execution.runner REQUEST.json`.

It reads tasks and prints a line of JSON for each event: `{"started": docname}` or `{"result": ...}`. On SIGTERM, and
when its standard input is closed, since the build is then gone, it ends all kernels and itself.
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
from .notebook_run import SPECS, KernelOrigin, kernel_environment, run
from .schedule import Capacity, Scheduler
from .tasks import Failure, Result, Task, task_from_json

PR_SET_CHILD_SUBREAPER = 36


class TaskRunner:
    """Scheduler of tasks and the kernels that run them, as many as the machine has room for."""

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
            for zygote in self.zygotes.values():
                zygote.close()
            self.tracer.close()

    async def _run_task(self, task: Task, variables: Mapping[str, str]) -> Result:
        self.count += 1
        scratch = self.scratch / str(self.count)
        scratch.mkdir()
        return await run(task, await self._start(task), scratch, variables, self.tracer.address)

    async def _start(self, task: Task) -> KernelOrigin:
        """Return the stage from which the task's kernel is forked, or an empty `KernelOrigin` without one."""
        profile = self.profiles.get(task.docname)
        if profile is None:
            return KernelOrigin()
        try:
            argv = self.argv(task.kernel)
            if not is_ipykernel(argv):
                return KernelOrigin()
            environment = kernel_environment(task)
            python = sys.executable if argv[0] in ("python", "python3") else argv[0]
            key = (python, tuple(sorted(environment.items())))
            if key not in self.zygotes:
                self.zygotes[key] = Zygote(python, environment)
            zygote = self.zygotes[key]
            return KernelOrigin(zygote, await zygote.stage(profile))
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


def shared_profiles(tasks: Sequence[Task]) -> dict[str, Profile]:
    """Return docname -> profile of the stage for its kernel: the imports that at least two tasks of a group share.

    Tasks of a group have the same kernel, preparation and folder for imports. Matplotlib reads a `matplotlibrc` in the
    folder where it is imported, so pages beside one have a stage of their own.
    """
    groups: dict[tuple[str, str, str], list[Task]] = {}
    for task in tasks:
        folder = task.folder if Path(task.folder, "matplotlibrc").is_file() else "/"
        groups.setdefault((task.kernel, task.preparation, folder), []).append(task)
    profiles = {}
    for (_, preparation, folder), group in groups.items():
        if len(group) < 2:
            continue
        counts = Counter(name for task in group for name in task.imports)
        shared = tuple(sorted(name for name, count in counts.items() if count > 1))
        for task in group:
            profiles[task.docname] = Profile(preparation, shared, folder)
    return profiles


async def serve(runner: TaskRunner) -> None:
    """Run until all tasks have ended, the build is gone, or this process gets a signal to end; leave no kernel behind.

    Signals and standard input are watched without the event loop, which on Windows can watch neither.
    """
    work = asyncio.create_task(runner.run())
    loop = asyncio.get_running_loop()
    stopping = threading.Event()

    def stop(*_: object) -> None:
        """Cancel the work, but only once: a second time would interrupt the cleaning up."""
        if not stopping.is_set():
            stopping.set()
            with suppress(RuntimeError):  # the loop is closed: all work is done
                loop.call_soon_threadsafe(work.cancel)

    def wait_for_the_build_to_go() -> None:
        while os.read(0, 1 << 10):  # not by `sys.stdin`, whose lock a thread must not hold when Python ends
            pass
        stop()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    threading.Thread(target=wait_for_the_build_to_go, daemon=True).start()
    with suppress(asyncio.CancelledError, BrokenPipeError):  # the build is gone and has closed its ends of the pipes
        await work


def main(request: str) -> None:
    value = json.loads(Path(request).read_text(encoding="utf-8"))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)  # adopt the processes that kernels leave behind, to end them
    # What kernels and libraries print must not mix with the lines of JSON.
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    # Leave out the kernels of IPYTHONDIR, an empty folder here: asking for it would import all of IPython.
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
