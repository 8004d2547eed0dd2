"""Which pages may go to the scheduler: those that have to run before, and those that run alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...model import Task


class Order:
    """Pages in the order in which they should start; what runs where is the scheduler's to decide."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self.waiting = {task.docname: task for task in tasks}
        self.running: dict[str, Task] = {}
        self._tasks = dict(self.waiting)

    def take(self) -> Iterator[Task]:
        """Those that may start now; they count as running from here on.

        A page that runs alone starts when nothing else can, and holds back all others until it ends.
        """
        if any(task.resources.alone for task in self.running.values()):
            return
        ready = [task for task in self.waiting.values() if not self._before(task)]
        together = [task for task in ready if not task.resources.alone]
        for task in together or ([] if self.running else ready[:1]):
            self.running[task.docname] = self.waiting.pop(task.docname)
            yield task

    def _before(self, task: Task) -> bool:
        return any(name in self.waiting or name in self.running for name in task.after)

    def end(self, docname: str, *, failed: bool = False) -> list[tuple[Task, str]]:
        """A page has ended. The pages that now cannot run, each with the page before it that failed."""
        self.running.pop(docname, None)
        self.waiting.pop(docname, None)
        lost: list[tuple[Task, str]] = []
        if failed:
            for task in [task for task in self.waiting.values() if docname in task.after]:
                if task.docname in self.waiting:
                    lost += [(task, docname), *self.end(task.docname, failed=True)]
        return lost

    def ancestors(self, task: Task) -> Iterator[Task]:
        """The pages of this build on which one depends, directly or not; a page may come more than once."""
        for name in task.after:
            if name in self._tasks:
                yield self._tasks[name]
                yield from self.ancestors(self._tasks[name])
