"""How a failure is told to the author."""

from __future__ import annotations

from .model import Failure, Task


def describe(task: Task, failure: Failure) -> tuple[str, str]:
    """Where a page failed, as "path:line", and what to tell the author: the cell's line and a short traceback."""
    if failure.cell is None:
        return f"{task.path}:1", f"the page cannot run: {failure.name}: {failure.message}"
    line = task.lines[failure.cell] + (failure.line or 1) - 1
    source = str(task.notebook["cells"][failure.cell]["source"]).splitlines()
    shown = source[failure.line - 1].strip() if failure.line and failure.line <= len(source) else "\n".join(source[:1])
    number = sum(cell["cell_type"] == "code" for cell in task.notebook["cells"][: failure.cell + 1])
    text = f"code cell {number} failed with {failure.name}: {failure.message}\n    {shown}"
    trace = [row for row in failure.traceback.splitlines() if row.strip()]
    if len(trace) > 12:
        trace = [*trace[:5], "...", *trace[-6:]]
    return f"{task.path}:{line}", "\n".join([text, *(f"    | {row}" for row in trace)])
