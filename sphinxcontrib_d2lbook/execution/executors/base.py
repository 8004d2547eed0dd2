"""What an executor is, and how a build gets one."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..model import Result, Started, Task


class Executor(Protocol):
    """Runs tasks somewhere. Called in the process that builds, which must stay free of threads and zmq contexts."""

    def run(self, tasks: Sequence[Task]) -> Generator[Started | Result | None, None, None]:
        """Run all tasks; `Started` as each begins, one `Result` for each as it ends, None where nothing happens.

        ``tasks`` come in the order in which they should start, as far as `Task.after` and `Task.resources` allow. A
        cell that fails, a kernel that dies, a limit that is reached, a resource that no worker has and a page that had
        to run before and failed are results, never exceptions. Closing the iterator stops what still runs, kernels
        on other machines too. Raises ExecutorError where nothing can run at all.
        """
        ...


class ExecutorError(Exception):
    """The executor itself does not work; says why."""


@dataclass(frozen=True)
class Settings:
    """What a build tells the maker of an executor."""

    config: Any
    """The values of conf.py as attributes, those of other extensions too."""
    root: Path
    """The folder of conf.py: paths in its values are relative to it."""
    work: Path
    """Folder for what is neither source nor output, such as a log. It may not be there yet."""


Factory = Callable[[Settings], Executor]
"""What an entry point names. Imported and called only if pages must run; raises ExecutorError for wrong values."""
