"""Running one notebook in a kernel: cell by cell, within limits, with everything that it left behind cleared away."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import psutil
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError, CellTimeoutError, DeadKernelError

from .kernels import processes
from .kernels.manager import Manager, Provisioner
from .kernels.observed import reads_and_writes, settings
from .kernels.zygote import Channel, Zygote
from .model import Failure, Leftover, Result, Task

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CELL_LINE = re.compile(
    r"^(?:\s*)(?:Cell|File) (?:In\s?\[\d+\]|<ipython-input-\d+-\w+>)[^\n]*?line:? (\d+)", re.MULTILINE
)
"""IPython's "Cell In[3], line 5": where in the cell the error arose."""
FORBIDDEN = re.compile("[\x00-\x07\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Characters that neither XML nor a terminal's text has a meaning for; escape, backspace, tab and line ends stay."""
SHORT_LIVED = 0.2
"""Seconds between two looks at a kernel's memory."""
SPECS = KernelSpecManager()


@dataclass(frozen=True)
class Start:
    """Where a kernel comes from: a zygote and a stage of it, or nothing."""

    zygote: Zygote | None = None
    stage: Channel | None = None


class Client(NotebookClient):
    """nbclient without signal handlers and exit hooks, which many notebooks at once would take from each other."""

    provisioner: Provisioner
    output_limit = 0
    given = 0
    exceeded = False
    ending: asyncio.Future[None] | None = None

    @asynccontextmanager
    async def async_setup_kernel(self, **kwargs: Any) -> AsyncGenerator[None, None]:
        await self.async_start_new_kernel(**kwargs)
        await self.async_start_new_kernel_client()
        yield

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Count what a cell gives, of whatever kind, and end a kernel that gives too much."""
        content = msg["content"]
        self.given += _size(content.get("text")) + sum(map(_size, (content.get("data") or {}).values()))
        # The kernel itself stops a cell that prints too much; here are other kernels, and data that are no text.
        if self.output_limit and self.given > 2 * self.output_limit:
            if not self.exceeded:
                self.exceeded = True
                self.ending = asyncio.ensure_future(self.provisioner.kill())
            if msg["msg_type"] != "status":
                return None
        return super().process_message(msg, cell, cell_index)


def _size(value: Any) -> int:
    return len(value) if isinstance(value, str) else 0


@dataclass
class _Watch:
    """What is known of a kernel while it runs."""

    task: Task
    cell: int | None = None
    """Index of the cell that runs."""
    peak: int = 0
    seen: dict[int, tuple[int | None, psutil.Process]] = field(default_factory=dict)
    """Descendants of the kernel, with the cell after which each was first seen."""
    stopped: Failure | None = None

    def look(self, pid: int) -> int:
        """Note descendants; the memory that all hold."""
        members = processes.family(pid)
        new = members - self.seen.keys() - {pid}
        self.seen |= {child: (self.cell, process) for child, process in processes.identities(new).items()}
        return processes.memory(members)

    async def limit_memory(self, provisioner: Provisioner) -> None:
        """End the kernel when it holds too much; runs beside the notebook until it is cancelled."""
        limit = self.task.limits.memory
        while True:
            await asyncio.sleep(SHORT_LIVED)
            if provisioner.pid is None:
                continue
            held = self.look(provisioner.pid)
            self.peak = max(self.peak, held)
            if limit and held > limit:
                self.stopped = Failure(
                    self.cell,
                    None,
                    "MemoryLimitExceeded",
                    f"the kernel held {held / 1e9:.3g} GB, and may hold {limit / 1e9:.3g} GB; let the page use less, "
                    "or give it more by `memory:` below `d2lbook:` in its front matter or by d2lbook_kernel_memory",
                    "",
                )
                await provisioner.kill()
                return


async def run(task: Task, start: Start, scratch: Path, variables: Mapping[str, str]) -> Result:
    """Run a page. ``scratch`` is an empty folder of its own, ``variables`` come on top of its environment.

    Never raises for what the page's code does.
    """
    begin = time.monotonic()
    notebook = nbformat.from_dict(task.notebook)
    watch = _Watch(task)
    log = scratch / "opened.jsonl"
    failure: Failure | None
    try:
        manager = Manager(kernel_name=task.kernel, kernel_spec_manager=SPECS)
        provisioner = manager.provisioner = Provisioner(
            kernel_id=scratch.name, kernel_spec=manager.kernel_spec, parent=manager
        )
    except NoSuchKernel as err:
        failure = Failure(None, None, "NoSuchKernel", f"{err}; install it, or name another in the front matter", "")
        return Result(task.docname, notebook, failure, 0.0, None)
    provisioner.zygote, provisioner.stage = start.zygote, start.stage
    manager.connect_in(scratch)
    client = _client(notebook, manager, provisioner, watch)
    environment = {
        **kernel_environment(task),
        **variables,
        **settings(task.root, task.unobserved, log, task.limits.output),
    }
    watcher = asyncio.create_task(watch.limit_memory(provisioner))
    try:
        failure = await _execute(client, watch, environment)
    finally:
        watcher.cancel()
        await _end(client, manager, provisioner, watch, gently=watch.stopped is None)
    leftovers = tuple(
        Leftover(cell, processes.command(process))
        for cell, process in watch.seen.values()
        if processes.is_running(process)
    )
    processes.end(process for _, process in watch.seen.values())
    reads, writes = reads_and_writes(log, Path(task.root))
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        _clean(cell)
    seconds = time.monotonic() - begin
    return Result(task.docname, notebook, failure, seconds, watch.peak or None, reads, writes, leftovers)


def _client(notebook: Any, manager: Manager, provisioner: Provisioner, watch: _Watch) -> Client:
    async def begin(cell: Any, cell_index: int) -> None:
        watch.cell, client.given = cell_index, 0

    async def end(cell: Any, cell_index: int, execute_reply: Any) -> None:
        if provisioner.pid is not None:
            watch.peak = max(watch.peak, watch.look(provisioner.pid))

    client = Client(
        notebook,
        km=manager,
        kernel_name=watch.task.kernel,
        timeout=watch.task.limits.cell_seconds,
        resources={"metadata": {"path": watch.task.folder}},
        record_timing=False,  # times of day would differ from run to run
        coalesce_streams=True,
        ipython_hist_file="",
        on_cell_execute=begin,
        on_cell_executed=end,
    )
    client.provisioner = provisioner
    client.output_limit = watch.task.limits.output
    return client


async def _execute(client: Client, watch: _Watch, environment: Mapping[str, str]) -> Failure | None:
    """Run all cells; why they did not come to their end, or None."""
    limits = watch.task.limits
    try:
        await asyncio.wait_for(client.async_execute(env=dict(environment)), limits.page_seconds)
    except CellExecutionError as err:
        return _cell_failure(err, client.nb, watch.cell or 0)
    except CellTimeoutError:
        message = f"the cell took longer than {limits.cell_seconds:g} seconds; see d2lbook_cell_timeout"
        watch.stopped = Failure(watch.cell, None, "TimeoutError", message, "")
    except TimeoutError:
        message = (
            f"the page took longer than {limits.page_seconds:g} seconds; see d2lbook_page_timeout, or `timeout:` below "
            "`d2lbook:` in its front matter"
        )
        watch.stopped = Failure(watch.cell, None, "TimeoutError", message, "")
    except DeadKernelError:
        if client.exceeded:
            message = f"the cell gave more than {2 * limits.output} characters; see d2lbook_output_limit"
            watch.stopped = Failure(watch.cell, None, "OutputLimitExceeded", message, "")
        elif watch.stopped is None:
            watch.stopped = Failure(watch.cell, None, "DeadKernel", "the kernel died while the cell ran", "")
    except (CellControlSignal, RuntimeError, OSError) as err:
        if watch.stopped is None:
            watch.stopped = Failure(watch.cell, None, type(err).__name__, str(err), "")
    return watch.stopped


async def _end(client: Client, manager: Manager, provisioner: Provisioner, watch: _Watch, *, gently: bool) -> None:
    """Shut the kernel down, and end all of its session."""
    pid = provisioner.pid
    if pid is not None and provisioner.process is not None:
        watch.look(pid)
    if manager.has_kernel:
        # A kernel that is gone already, or that cannot be told to go.
        with suppress(RuntimeError, OSError):
            await manager.end(gently=gently)
    if client.kc is not None:
        client.kc.stop_channels()
    await manager.cleanup_resources()
    if pid is not None:
        left = processes.identities(processes.in_session(pid) - watch.seen.keys())
        watch.seen |= {child: (None, process) for child, process in left.items()}
        with suppress(OSError):
            if provisioner.process is not None:
                os.killpg(pid, signal.SIGKILL)


def kernel_environment(task: Task) -> dict[str, str]:
    """The variables of a task's kernel; what stands on the build's PYTHONPATH stays behind the task's own."""
    environment = {**os.environ, **task.environment}
    paths = [task.environment.get("PYTHONPATH"), os.environ.get("PYTHONPATH")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


def _cell_failure(err: CellExecutionError, notebook: Any, index: int) -> Failure:
    outputs = [output for output in notebook.cells[index].get("outputs", ()) if output.output_type == "error"]
    text = FORBIDDEN.sub("", COLOURS.sub("", "\n".join(outputs[-1].traceback) if outputs else str(err)))
    found = CELL_LINE.search(text)
    return Failure(index, int(found[1]) if found else None, err.ename, FORBIDDEN.sub("", err.evalue), text)


def _clean(cell: Any) -> None:
    """Put U+FFFD for what no page can show: a stored output is then text for every format."""
    for output in cell.get("outputs", ()):
        for name in ("text", "evalue"):
            if isinstance(output.get(name), str):
                output[name] = FORBIDDEN.sub("\ufffd", output[name])
        if "traceback" in output:
            output["traceback"] = [FORBIDDEN.sub("\ufffd", line) for line in output["traceback"]]
        for mime, value in output.get("data", {}).items():
            if isinstance(value, str) and (mime.startswith("text/") or mime.endswith("xml")):
                output["data"][mime] = FORBIDDEN.sub("\ufffd", value)
