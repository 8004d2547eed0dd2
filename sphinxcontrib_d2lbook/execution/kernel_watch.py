"""What is known of a kernel while a page runs: which cell, how much memory, which processes, and why it was stopped."""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass, field

import psutil

from .kernels import process_tree
from .kernels.manager import Provisioner
from .tasks import Failure, Leftover, Task

LOOK = 0.2
"""Seconds between two looks at a kernel's memory."""


@dataclass
class Watch:
    """One kernel, from its start to its end."""

    task: Task
    provisioner: Provisioner
    marker: str
    """Stands in the environment of what this kernel starts, and of nothing else."""
    cell: int | None = None
    """Index of the cell that runs."""
    began: float = 0.0
    """When it began, by `time.monotonic`."""
    given: int = 0
    """Characters that the cell has given."""
    peak: int = 0
    seen: dict[int, tuple[int | None, psutil.Process]] = field(default_factory=dict)
    """Descendants of the kernel, with the cell in which each was first seen."""
    stopped: Failure | None = None
    _left: dict[int, str] = field(default_factory=dict)
    _ending: asyncio.Future[None] | None = None
    """Why the page was ended from here."""

    def stop(self, name: str, message: str) -> Failure:
        """Note why the page is ended; the first reason counts, since others follow from it."""
        if self.stopped is None:
            self.stopped = Failure(self.cell, None, name, message, "")
        return self.stopped

    def look(self) -> int:
        """Note descendants and the memory that all hold; this memory."""
        pid = self.provisioner.pid
        if pid is None or self.provisioner.process is None:
            return 0
        members = process_tree.family(pid)
        new = members - self.seen.keys() - {pid}
        self.seen |= {child: (self.cell, process) for child, process in process_tree.identities(new).items()}
        held = process_tree.memory(members)
        self.peak = max(self.peak, held)
        return held

    async def limit_memory(self) -> None:
        """End the kernel when it holds too much; runs beside the notebook until it is cancelled."""
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
        """Add to what the cell has given, of whatever kind, and end a kernel that gives too much; whether it may.

        The kernel itself stops a cell that prints too much; here are other kernels, data that are no text, and
        programs of which the kernel says that they have ``exceeded`` the limit.
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
        """Note what runs on after the kernel came to its end: its descendants, and the others of its session.

        What was started in a session of its own just before that, nobody has seen: its environment tells of it.
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
        """What ran on, with the cell in which it began where that is known."""
        return tuple(Leftover(self.seen[pid][0], command) for pid, command in self._left.items())

    def end_left(self) -> None:
        """Kill what was seen and still runs."""
        process_tree.end(process for _, process in self.seen.values())

    def died(self) -> Failure:
        """Why a kernel is gone that was not ended from here."""
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
    except ValueError:  # of a system that has more of them
        return "unknown"
