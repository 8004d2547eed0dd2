"""Watch a kernel while a page runs: the cell, the memory and the processes, and why the kernel was stopped."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

from .kernels import process_tree
from .kernels.manager import Provisioner
from .printed_line import PrintedLine
from .tasks import CellProgress, Failure, Leftover, Task

LOOK = 0.2
"""Seconds between two measurements of a kernel's memory."""
REPORT = 0.25
"""Seconds between two reports of progress."""


@dataclass
class Watch:
    """State of one kernel, from its start to its end."""

    task: Task
    provisioner: Provisioner
    marker: str
    """Text in the environment of the processes that this kernel starts, and of no others."""
    cell: int | None = None
    """Index of the cell that runs."""
    began: float = 0.0
    """Time at which the cell began, by `time.monotonic`."""
    given: int = 0
    """Number of characters in the outputs of the cell so far."""
    printed: PrintedLine = field(default_factory=PrintedLine)
    """Line that the cell printed last."""
    peak: int = 0
    """Largest memory that the kernel and its descendants held together, in bytes."""
    seen: dict[int, tuple[int | None, psutil.Process]] = field(default_factory=dict)
    """Process id of a descendant of the kernel -> index of the cell in which it was first seen, and the process."""
    stopped: Failure | None = None
    """Reason for which the build ended the page; None if it did not."""
    _left: dict[int, str] = field(default_factory=dict)
    """Process id -> command line of what ran on after the kernel had ended."""
    _ending: asyncio.Future[None] | None = None
    """Killing of the kernel in progress, kept so that it is not garbage collected."""

    def stop(self, name: str, message: str) -> Failure:
        """Note why the page is ended and return the reason; only the first counts, since others follow from it."""
        if self.stopped is None:
            self.stopped = Failure(self.cell, None, name, message, "")
        return self.stopped

    def look(self) -> int:
        """Note the kernel's descendants and the memory that all hold together; return this memory in bytes."""
        pid = self.provisioner.pid
        if pid is None or self.provisioner.process is None:
            return 0
        members = process_tree.family(pid)
        new = members - self.seen.keys() - {pid}
        self.seen |= {child: (self.cell, process) for child, process in process_tree.identities(new).items()}
        held = process_tree.memory(members)
        self.peak = max(self.peak, held)
        return held

    def begin_cell(self, index: int) -> None:
        """Note that a cell begins."""
        self.cell, self.given, self.began, self.printed = index, 0, time.monotonic(), PrintedLine()

    async def report_progress(self, report: Callable[[CellProgress], None]) -> None:
        """Report which cell runs and what it prints, a few times a second and only if it is something else than before.

        Runs beside the notebook until it is cancelled. Cells that take no time are not reported.
        """
        told: tuple[int | None, str] = (None, "")
        while True:
            await asyncio.sleep(REPORT)
            now = (self.cell, self.printed.shown())
            if self.cell is not None and now != told:
                told = now
                seconds = round(time.monotonic() - self.began, 3)
                report(CellProgress(self.task.docname, self.cell, seconds, now[1]))

    async def limit_memory(self) -> None:
        """End the kernel when it holds too much memory. Runs beside the notebook until it is cancelled."""
        limit = self.task.limits.memory
        while True:
            await asyncio.sleep(LOOK)
            held = self.look()
            if limit and held > limit:
                self.stop(
                    "MemoryLimitExceeded",
                    f"the kernel held {held / 1e9:.3g} GB, and may hold {limit / 1e9:.3g} GB; let the page use less, "
                    "or give it more by `memory:` below `d2lbook:` in its front matter or by d2lbook_kernel_memory",
                )
                await self.provisioner.kill()

    def count(self, size: int, *, exceeded: bool = False) -> bool:
        """Count ``size`` characters of output, end a kernel that gives too much, and return whether it may go on.

        An IPython kernel itself stops a cell that prints too much. This is for other kernels, for data other than text,
        and for programs of which the kernel says that they have ``exceeded`` the limit.
        """
        limit = self.task.limits.output
        self.given += size
        if not exceeded and (not limit or self.given <= 2 * limit):
            return True
        if self.stopped is None:
            self.stop("OutputLimitExceeded", f"the cell gave more than {limit} characters; see d2lbook_output_limit")
            self._ending = asyncio.ensure_future(self.provisioner.kill())
        return False

    def note_left(self) -> None:
        """Note the processes that run on after the kernel has ended: its descendants, and others of its session.

        A process that was started in a session of its own just before the end is found by its environment.
        """
        pid = self.provisioner.pid
        if pid is not None:
            others = (process_tree.in_session(pid) | process_tree.started_with(self.marker)) - self.seen.keys() - {pid}
            self.seen |= {child: (None, process) for child, process in process_tree.identities(others).items()}
        for pid, (_, process) in self.seen.items():
            if pid in self._left or process_tree.is_helper(process) or process_tree.is_ending(process):
                continue
            if process_tree.is_running(process):
                self._left[pid] = process_tree.command(process)

    @property
    def leftovers(self) -> tuple[Leftover, ...]:
        """Processes that ran on after the kernel, each with the cell in which it began where that is known."""
        return tuple(Leftover(self.seen[pid][0], command) for pid, command in self._left.items())

    def end_left(self) -> None:
        """Kill the processes that were seen and still run."""
        process_tree.end(process for _, process in self.seen.values())

    def died(self) -> Failure:
        """Note and return why a kernel died that the build did not end."""
        process = self.provisioner.process
        code = process.poll() if process is not None else None
        how = ""
        if code is not None and code < 0:
            how = f" of signal {-code} ({_signal(-code)})"
        elif code is not None:
            how = f" with exit code {code}"
        return self.stop("DeadKernel", f"the kernel died{how} while the cell ran")


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:  # a signal that Python does not know
        return "unknown"
