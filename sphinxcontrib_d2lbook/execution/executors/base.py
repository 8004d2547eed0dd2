"""What an executor is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from ..model import Result, Task


class Executor(Protocol):
    """Runs tasks somewhere. Called in the process that builds, which must stay free of threads and zmq contexts."""

    def run(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """Run all tasks and yield one result for each, as they end.

        A cell that fails, a kernel that dies or a time that runs out is a result, never an exception. Closing the
        iterator stops what still runs. Raises ExecutorError where nothing can run at all.
        """
        ...


class ExecutorError(Exception):
    """The executor itself does not work; says why."""
