"""Decide which task may start next, so that running tasks never need more than the machine has.

Nothing here reads a clock, a file or the machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from .tasks import Failure, Task

REMEDY = "run it on a machine that has them, or bring its outputs from there by d2lbook_store"


@dataclass(frozen=True)
class Capacity:
    """Resources of a machine that tasks share."""

    jobs: int
    """Number of kernels that may run at a time."""
    memory: int
    """Memory in bytes."""
    gpus: tuple[str, ...] = ()
    """Names of the GPUs, as in CUDA_VISIBLE_DEVICES."""


class Scheduler:
    """Order in which tasks start: by rank, the time of a task plus that of the longest chain of tasks waiting for it.

    A task that must be alone starts when nothing runs, and nothing starts beside it. Once it is the first of those that
    could start, no other task starts before it: the processors that then fall idle are the price of being alone.
    Likewise, a task that waits for memory or GPUs holds back tasks of lower rank that want the same.
    """

    def __init__(self, tasks: Sequence[Task], capacity: Capacity) -> None:
        """Rank ``tasks``; those of equal rank start in the order given."""
        self.capacity = capacity
        self.refused: list[tuple[Task, Failure]] = []
        """Tasks that can never run on this machine, each with the reason."""
        self._tasks = {task.docname: task for task in tasks}
        self._running: dict[str, tuple[str, ...]] = {}
        self._ended: set[str] = set()
        self._rank = self._ranks(tasks)
        order = {task.docname: number for number, task in enumerate(tasks)}
        self._waiting = sorted(self._tasks, key=lambda name: (-self._rank[name], order[name]))
        for name in list(self._waiting):
            fault = self._impossible(self._tasks[name])
            if fault and name in self._waiting:
                self._waiting.remove(name)
                self.refused.append((self._tasks[name], Failure(None, None, "ResourceError", fault, "")))
                self.refused += self._give_up(name)

    def _ranks(self, tasks: Sequence[Task]) -> dict[str, float]:
        known = [task.seconds for task in tasks if task.seconds is not None]
        usual = median(known) if known else 1.0
        followers: dict[str, list[str]] = {task.docname: [] for task in tasks}
        for task in tasks:
            for name in task.after:
                if name in followers:
                    followers[name].append(task.docname)
        ranks: dict[str, float] = {}

        def rank(name: str) -> float:
            if name not in ranks:
                ranks[name] = 0.0  # ends the recursion in a circle of dependencies, which no checked book has
                own = self._tasks[name].seconds
                ranks[name] = (usual if own is None else own) + max(map(rank, followers[name]), default=0.0)
            return ranks[name]

        for task in tasks:
            rank(task.docname)
        return ranks

    def _impossible(self, task: Task) -> str:
        wants, has = task.resources, self.capacity
        if wants.gpus > len(has.gpus):
            return f"the page asks for {wants.gpus} GPUs, and there are {len(has.gpus)}; {REMEDY}"
        if wants.memory > has.memory:
            return f"the page asks for {_size(wants.memory)} of memory, and there are {_size(has.memory)}; {REMEDY}"
        return ""

    def start_ready(self) -> list[tuple[Task, dict[str, str]]]:
        """Return the tasks to start now, each with variables for its kernel, and count them as running."""
        started = []
        blocked_gpus = blocked_memory = False
        for name in list(self._waiting):
            if len(self._running) >= self.capacity.jobs or any(self._is_alone(other) for other in self._running):
                break
            task = self._tasks[name]
            if not self._may_follow(task):
                continue
            wants = task.resources
            if wants.alone and self._running:
                break
            lacks_gpus = wants.gpus > len(self._free_gpus()) or (wants.gpus > 0 and blocked_gpus)
            lacks_memory = wants.memory > self._free_memory() or (wants.memory > 0 and blocked_memory)
            if lacks_gpus or lacks_memory:
                blocked_gpus |= lacks_gpus
                blocked_memory |= lacks_memory
                continue
            self._waiting.remove(name)
            self._running[name] = tuple(self._free_gpus()[: wants.gpus])
            started.append((task, self._variables(name)))
        return started

    def finished(self, docname: str, *, ok: bool) -> list[tuple[Task, Failure]]:
        """Free what a task held, and return the tasks that are given up because it failed, each with the reason."""
        del self._running[docname]
        if ok:
            self._ended.add(docname)
            return []
        return self._give_up(docname)

    @property
    def idle(self) -> bool:
        """Whether nothing runs and nothing waits."""
        return not self._running and not self._waiting

    def _give_up(self, docname: str) -> list[tuple[Task, Failure]]:
        message = f"the page did not run, since {docname}, on which it depends, failed"
        given_up: list[tuple[Task, Failure]] = []
        for name in [name for name in self._waiting if docname in self._tasks[name].after]:
            if name in self._waiting:
                self._waiting.remove(name)
                given_up.append((self._tasks[name], Failure(None, None, "DependencyError", message, "")))
                given_up += self._give_up(name)
        return given_up

    def _may_follow(self, task: Task) -> bool:
        return all(name not in self._tasks or name in self._ended for name in task.after)

    def _is_alone(self, docname: str) -> bool:
        return self._tasks[docname].resources.alone

    def _free_gpus(self) -> list[str]:
        taken = {gpu for gpus in self._running.values() for gpu in gpus}
        return [gpu for gpu in self.capacity.gpus if gpu not in taken]

    def _free_memory(self) -> int:
        return self.capacity.memory - sum(self._tasks[name].resources.memory for name in self._running)

    def _variables(self, docname: str) -> dict[str, str]:
        """Return variables that show a page only the GPUs it asked for, so that its outputs do not depend on others."""
        return {"CUDA_VISIBLE_DEVICES": ",".join(self._running[docname])} if self.capacity.gpus else {}


def _size(size: int) -> str:
    return f"{size / 1e9:.3g} GB"
