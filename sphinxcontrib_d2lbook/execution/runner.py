"""The child process of the local executor: `python -m sphinxcontrib_d2lbook.execution.runner TASKS.json`.

Reads tasks, runs each in a kernel of its own, and prints one line of JSON for each as it ends.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, CellExecutionError, CellTimeoutError, DeadKernelError

from .model import Failure, Result, Task

COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
CELL_LINE = re.compile(
    r"^(?:\s*)(?:Cell|File) (?:In\s?\[\d+\]|<ipython-input-\d+-\w+>)[^\n]*?line:? (\d+)", re.MULTILINE
)
"""IPython's "Cell In[3], line 5": where in the cell the error arose."""


async def run_all(tasks: list[Task], jobs: int, out: TextIO) -> None:
    places = asyncio.Semaphore(jobs)

    async def one(task: Task) -> None:
        async with places:
            result = await run(task)
        out.write(json.dumps(asdict(result)) + "\n")
        out.flush()

    await asyncio.gather(*(one(task) for task in tasks))


async def run(task: Task) -> Result:
    """Run one page, cell by cell. Never raises for what its code does."""
    start = time.monotonic()
    notebook = nbformat.from_dict(task.notebook)
    running: list[int] = []
    peak: list[int] = []

    async def note_start(cell: Any, cell_index: int) -> None:
        running.append(cell_index)

    async def note_memory(cell: Any, cell_index: int, execute_reply: Any) -> None:
        provisioner = getattr(client.km, "provisioner", None)
        size = peak_memory(getattr(provisioner, "pid", None))
        if size is not None:
            peak.append(size)

    client = NotebookClient(
        notebook,
        kernel_name=task.kernel,
        timeout=task.timeout,
        resources={"metadata": {"path": task.folder}},
        record_timing=False,  # times of day would differ from run to run
        coalesce_streams=True,
        on_cell_execute=note_start,
        on_cell_executed=note_memory,
    )
    failure = None
    try:
        await client.async_execute(env=kernel_environment(task))
    except CellExecutionError as err:
        failure = _cell_failure(err, notebook, running[-1])
    except CellTimeoutError:
        message = f"the cell took longer than {task.timeout:g} seconds"
        failure = Failure(running[-1] if running else None, None, "TimeoutError", message, "")
    except DeadKernelError:
        failure = Failure(
            running[-1] if running else None, None, "DeadKernel", "the kernel died while the cell ran", ""
        )
    except (CellControlSignal, NoSuchKernel, RuntimeError, OSError) as err:
        failure = Failure(running[-1] if running else None, None, type(err).__name__, str(err), "")
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
    return Result(task.docname, notebook, failure, time.monotonic() - start, max(peak, default=None))


def kernel_environment(task: Task) -> dict[str, str]:
    """The variables of a task's kernel; what stands on the build's PYTHONPATH stays behind the task's own."""
    environment = {**os.environ, **task.environment}
    paths = [task.environment.get("PYTHONPATH"), os.environ.get("PYTHONPATH")]
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment


def _cell_failure(err: CellExecutionError, notebook: nbformat.NotebookNode, index: int) -> Failure:
    outputs = [output for output in notebook.cells[index].get("outputs", ()) if output.output_type == "error"]
    text = COLOURS.sub("", "\n".join(outputs[-1].traceback) if outputs else str(err))
    found = CELL_LINE.search(text)
    return Failure(index, int(found[1]) if found else None, err.ename, err.evalue, text)


def peak_memory(pid: int | None) -> int | None:
    """Largest resident memory of a process so far, in bytes; None where the system does not tell."""
    if pid is None:
        return None
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else None


def main(request: str) -> None:
    value = json.loads(Path(request).read_text(encoding="utf-8"))
    tasks = [Task(**{**task, "lines": tuple(task["lines"])}) for task in value["tasks"]]
    # What a library prints must not get between the lines of JSON.
    out, sys.stdout = sys.stdout, sys.stderr
    asyncio.run(run_all(tasks, value["jobs"], out))


if __name__ == "__main__":
    main(sys.argv[1])
