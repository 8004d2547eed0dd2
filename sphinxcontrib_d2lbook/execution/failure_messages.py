"""Describe the failure of a page to its author."""

from __future__ import annotations

from ..common.terminal_text import cut, for_terminal
from .inline_values import is_value
from .tasks import Failure, Task

MESSAGE = 2000
"""Characters of an exception's message that the log shows; the page shows more."""
LINE = 300
"""Characters of any other line that the log shows."""
MESSAGE_LINES = 20
"""Lines of an exception's message that the log shows."""


LACKING = ("ModuleNotFoundError", "NoSuchKernel", "ResourceError")
"""Failures that tell that the machine lacks something which the page needs."""


def describe(task: Task, failure: Failure, kept: str = "", reason: str = "") -> tuple[str, str]:
    """Return where a page failed, as "path:line", and a message with the line of the cell and a short traceback.

    ``kept`` is the folder of the committed outputs of the run, "" for none, and ``reason`` says why it had to run.
    """
    message = _message(failure)
    if kept and failure.name in LACKING:
        message += (
            f"; the outputs in {kept} no longer fit ({reason}): build on a machine that has what is missing here and "
            f"commit {kept}, or undo the change"
        )
    of = f" of the framework {task.framework}" if task.framework else ""
    if failure.cell is None:
        text = f"the page cannot run{of and f' for the framework {task.framework}'}: {message}"
        return task.place(None), text
    source = str(task.notebook["cells"][failure.cell]["source"]).splitlines()
    shown = source[failure.line - 1].strip() if failure.line and failure.line <= len(source) else "\n".join(source[:1])
    before = task.notebook["cells"][: failure.cell + 1]
    number = sum(cell["cell_type"] == "code" and not is_value(cell) for cell in before)
    cell = "an expression in the text" if is_value(before[-1]) else f"code cell {number}"
    text = f"{cell}{of} failed with {message}\n    {_line(shown)}"
    trace = [row for row in failure.traceback.splitlines() if row.strip()]
    if len(trace) > 12:
        trace = [*trace[:5], "...", *trace[-6:]]
    return task.place(failure.cell, failure.line or 1), "\n".join([text, *(f"    | {_line(row)}" for row in trace)])


def in_one_line(place: str, failure: Failure, framework: str = "") -> str:
    """Return a failure as one line of the list at the end of the log."""
    place = f"{place} ({framework})" if framework else place
    return f"{place}: {_line(f'{failure.name}: {failure.message}'.partition(chr(10))[0])}".rstrip(": ")


def _message(failure: Failure) -> str:
    return for_terminal(cut(f"{failure.name}: {failure.message}", MESSAGE, MESSAGE_LINES))


def _line(text: str) -> str:
    return for_terminal(cut(text, LINE, 1))
