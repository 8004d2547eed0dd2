"""Run one notebook in a kernel, cell by cell and within limits, and clear away everything that it leaves behind."""

from __future__ import annotations

import asyncio
import math
import os
import re
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

from ..common.suggestions import did_you_mean
from ..upstream.kernels.client import cell_file_name
from .inline_values import is_value
from .kernel_watch import Watch
from .kernels.access_log import read_log, settings
from .kernels.manager import KernelStartError, Manager, Provisioner
from .kernels.zygote_process import Channel, Zygote
from .output_cleaning import cell_failure, clean_outputs, name_cells, number_widgets, shown_errors, shown_failure
from .output_validation import INVALID, SHOWN, error_output, join_lines, output_fault, with_json_names
from .plot_style import styled
from .tasks import CellProgress, Failure, Result, Task

EXCEEDED = "d2lbook_output_limit"
"""Type of the message by which a kernel says that programs have printed more than the limit."""
OUTPUT_SECONDS = 60
"""Seconds after the end of a cell within which its outputs must arrive."""
SHOWS_TRACEBACK = re.compile(r"^\s*%tb\b", re.MULTILINE)
"""Magic by which a cell shows the last exception on purpose."""
SPECS = KernelSpecManager()


@dataclass(frozen=True)
class KernelOrigin:
    """Origin of a kernel: a zygote and the stage of it that is forked, or None if the kernel starts from nothing."""

    zygote: Zygote | None = None
    stage: Channel | None = None


class _KernelExitError(Exception):
    """Raised if a cell asked the kernel to end."""


class _ShownError(Exception):
    """Raised if a cell shows an exception that it did not raise: its value has no representation, or is no output."""

    def __init__(self, output: Any) -> None:
        super().__init__(output["ename"])
        self.output = output


class QuietNotebookClient(NotebookClient):
    """Notebook client without signal handlers and exit hooks, which notebooks that run at once would overwrite."""

    watch: Watch
    manager: Manager

    @asynccontextmanager
    async def async_setup_kernel(self, **kwargs: Any) -> AsyncGenerator[None, None]:
        """Start the kernel and connect to it; the caller ends it. Raise KernelStartError if it does not start."""
        try:
            await self.async_start_new_kernel(**kwargs)
        except OSError as err:
            raise KernelStartError(str(err)) from err
        self.kc = kernel = self.manager.client()
        kernel.start_channels(hb=False)  # no heartbeat: the process tells whether the kernel lives
        await kernel.wait_for_ready(timeout=self.startup_timeout)
        kernel.allow_stdin = False
        yield

    async def async_execute_cell(
        self, cell: Any, cell_index: int, execution_count: int | None = None, store_history: bool = True
    ) -> Any:
        """Run a cell. One that evaluates an expression of the text is not counted."""
        if not is_value(cell):
            return await super().async_execute_cell(cell, cell_index, execution_count, store_history)
        done = await super().async_execute_cell(cell, cell_index, store_history=False)
        self.code_cells_executed -= 1
        done.execution_count = None
        for output in done.outputs:
            if output.output_type == "execute_result":
                output.execution_count = None
        return done

    def process_message(self, msg: dict[str, Any], cell: Any, cell_index: int) -> Any:
        """Handle a message, with an error in place of an invalid output. Beyond the limit, handle only the status."""
        content = msg["content"]
        size = _size(content.get("text")) + _size(content.get("data"))
        if not self.watch.count(size, exceeded=msg["msg_type"] == EXCEEDED) and msg["msg_type"] != "status":
            return None
        if msg["msg_type"] == "stream" and isinstance(content.get("text"), str):
            self.watch.printed.add(content["text"])
        return super().process_message(_valid(msg), cell, cell_index)


def _valid(msg: dict[str, Any]) -> dict[str, Any]:
    """Return a message with an output that pages can show, or an error in its place; other messages as they are."""
    kind, content = msg["msg_type"], msg["content"]
    if kind in SHOWN:
        content = {**content, "data": with_json_names(content.get("data"))}
    if text := output_fault(kind, content):
        return {
            **msg,
            "msg_type": "error",
            "header": {**msg["header"], "msg_type": "error"},
            "content": error_output(text),
        }
    if kind in SHOWN:
        return {**msg, "content": {**content, "data": join_lines(content["data"])}}
    return {**msg, "content": {**content, "text": "".join(content["text"])}} if kind == "stream" else msg


def _size(value: Any) -> int:
    """Return the number of characters in the content of a message."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_size, value.values()))
    if isinstance(value, Sequence):
        return sum(map(_size, value))
    return 0 if value is None else 8


async def run(
    task: Task,
    start: KernelOrigin,
    scratch: Path,
    variables: Mapping[str, str],
    trace: str = "",
    report: Callable[[CellProgress], None] = lambda _: None,
) -> Result:
    """Run a page and return its result, a failure too: nothing that the page's code does raises an exception here.

    ``start`` says where its kernel comes from, ``scratch`` is an empty folder of its own, ``variables`` are added to
    its environment, and ``trace`` is the address of a `Tracer`, or "". ``report`` is called while cells run.
    """
    begin = time.monotonic()
    notebook = nbformat.from_dict(task.notebook)
    log = scratch / "opened.jsonl"
    try:
        manager = Manager(kernel_name=task.kernel, kernel_spec_manager=SPECS)
        provisioner = manager.provisioner = Provisioner(
            kernel_id=scratch.name, kernel_spec=manager.kernel_spec, parent=manager
        )
    except NoSuchKernel as err:
        question = did_you_mean(task.kernel, SPECS.find_kernel_specs(), most=2)
        hint = question or "install it, or name another in the front matter"
        absent = Failure(None, None, "NoSuchKernel", f"{err}; {hint}", "")
        return Result(task.docname, notebook, absent, 0.0, None)
    provisioner.zygote, provisioner.stage = start.zygote, start.stage
    manager.connect_in(scratch)
    marker = str(scratch / "run")
    watch = Watch(task, provisioner, marker)
    client = _client(notebook, manager, watch, _folder(task, scratch))
    environment = {
        **kernel_environment(task.environment),
        **variables,
        "JUPYTER_RUNTIME_DIR": marker,
        **settings(
            task.root,
            (*task.unobserved, str(scratch.parent)),
            log,
            task.limits.output,
            keep=task.keep,
            outside=task.outside,
            trace=trace,
            imports=task.imports,
        ),
    }
    watchers = [asyncio.create_task(watch.limit_memory()), asyncio.create_task(watch.report_progress(report))]
    gently = False
    try:
        failure = await _execute(client, watch, environment)
        gently = watch.stopped is None
    finally:
        for watcher in watchers:
            watcher.cancel()
        watch.look()
        if gently:
            await manager.leave()
            watch.note_left()
        await manager.kill()
        watch.note_left()
        watch.end_left()
        if client.kc is not None:
            client.kc.stop_channels()
        await manager.cleanup_resources()
    used = read_log(log, Path(task.root))
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        clean_outputs(cell)
    name_cells(notebook, cell_file_name)
    notebook = number_widgets(notebook)
    seconds = time.monotonic() - begin
    return Result(
        task.docname,
        notebook,
        failure,
        seconds,
        watch.peak or None,
        reads=used.reads,
        writes=used.writes,
        before=used.before,
        unseen=used.unseen,
        leftovers=watch.leftovers,
    )


def _client(notebook: Any, manager: Manager, watch: Watch, folder: str) -> QuietNotebookClient:
    async def begin(cell: Any, cell_index: int) -> None:
        watch.begin_cell(cell_index)

    async def end(cell: Any, cell_index: int, execute_reply: Any) -> None:
        watch.look()
        asked = [item for item in execute_reply["content"].get("payload", ()) if item.get("source") == "ask_exit"]
        if asked and not asked[-1].get("keepkernel"):
            raise _KernelExitError
        allowed = client.allow_errors or "raises-exception" in cell.metadata.get("tags", ())
        if not allowed and execute_reply["content"]["status"] == "ok":
            wanted = SHOWS_TRACEBACK.search(cell.source)
            for output in shown_errors(cell):
                if output["ename"] == INVALID or not wanted:
                    raise _ShownError(output)

    limit = watch.task.limits.cell_seconds
    client = QuietNotebookClient(
        notebook,
        km=manager,
        kernel_name=watch.task.kernel,
        timeout_func=lambda _: None if math.isinf(limit) else limit,  # `timeout` takes only whole seconds
        allow_errors=watch.task.allow_errors,
        iopub_timeout=OUTPUT_SECONDS,
        raise_on_iopub_timeout=True,
        resources={"metadata": {"path": folder}},
        record_timing=False,  # times of day would differ from run to run
        coalesce_streams=False,  # `clean_outputs` does it; nbclient takes time with the square of a line's length
        ipython_hist_file="",
        on_cell_execute=begin,
        on_cell_executed=end,
    )
    client.watch, client.manager = watch, manager
    return client


def _folder(task: Task, scratch: Path) -> str:
    """Return the folder in which the kernel runs."""
    if not task.in_temp:
        return task.folder
    folder = scratch / "folder"
    folder.mkdir()
    return str(folder)


async def _execute(client: QuietNotebookClient, watch: Watch, environment: Mapping[str, str]) -> Failure | None:
    """Run all cells; return why they did not run to the end, or None if they did."""
    limits = watch.task.limits
    try:
        async with asyncio.timeout(limits.page_seconds) as page:
            try:
                await client.async_execute(env=dict(environment))
            except DeadKernelError:
                if not page.expired():  # nbclient reports a timeout of ours as a dead kernel too
                    return watch.died()
                raise
    except CellExecutionError as err:
        return cell_failure(err, client.nb, watch.cell or 0)
    except _ShownError as err:
        return shown_failure(err.output, watch.cell or 0)
    except _KernelExitError:
        return watch.stop(
            "KernelExit", "the cell ended the kernel, and no cell can follow; remove its `exit()` or `quit()`"
        )
    except KernelStartError as err:
        return watch.stop("KernelStartError", str(err))
    except CellTimeoutError:
        if time.monotonic() - watch.began < limits.cell_seconds:
            return watch.stop(
                "OutputMissing",
                f"the cell ended, but not all of its outputs came within {OUTPUT_SECONDS} seconds; print less at once",
            )
        return watch.stop(
            "TimeoutError", f"the cell took longer than {limits.cell_seconds:g} seconds; see d2lbook_cell_timeout"
        )
    except (TimeoutError, DeadKernelError):
        return watch.stop(
            "TimeoutError",
            f"the page took longer than {limits.page_seconds:g} seconds; see d2lbook_page_timeout, or `timeout:` below "
            "`d2lbook:` in its front matter",
        )
    return watch.stopped


def kernel_environment(own: Mapping[str, str]) -> dict[str, str]:
    """Return all variables of a kernel from its ``own``; the folders of the build's PYTHONPATH come after its own."""
    environment = {**os.environ, **own, **styled(own)}
    paths = [own.get("PYTHONPATH"), os.environ.get("PYTHONPATH")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment
