"""Define the base class of executors, ours and those of other distributions, and how a build makes one.

An executor runs pages. An entry point gives it a name, which `d2lbook_executor` takes:

    [project.entry-points."sphinxcontrib_d2lbook.executors"]
    slurm = "book_on_slurm:make_executor"

The object is a `Factory`. A build imports and calls it only if pages must run, and then calls `Executor.run` once.
`sphinxcontrib_d2lbook.testing.executors` has the tests that every executor passes.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..tasks import CellProgress, Result, Started, Task

Event = Started | CellProgress | Result | None
"""What an executor yields."""


class Executor(ABC):
    """Base class of executors, which run tasks somewhere: on this machine, on a cluster, on a service.

    **Where it is called.** In the process that builds, which later forks: it must stay free of threads and of zmq
    contexts. An executor that needs either works in a process of its own, as ours do. `child_process.events` reads what
    such a process prints, and `child_process.stop` ends it.

    **Tasks.** A `Task` is one page with all that its run depends on. It can be pickled, and `dataclasses.asdict` and
    `tasks.task_from_json` carry it through JSON. The kernel has to run in `Task.folder` with `Task.environment` added
    to that of the build, and no two tasks share a kernel. A task may start when all pages in `Task.after` that are
    among the tasks have ended well, and when `Task.resources` are free; nothing else of the build may run beside a task
    that is `alone`. The files that a page writes below `Task.root` must be there for the pages that come after it, and
    for the author when the build ends.

    **Results.** There is exactly one `Result` for each task, in any order, and a `Started` before it if a kernel was
    started. In between there may be a `CellProgress` now and then, which the build shows to the author.
    `Result.notebook` is the task's notebook with outputs and execution counts, as nbclient leaves it; after a failure
    it has the cells up to the one that failed. Whatever goes wrong with a page is its result and never an
    exception: `Result.failure` names the cell, the line in it, the exception's class, and the message. Failures other
    than the page's own exceptions have these names:

        DeadKernel            the kernel died while the cell ran
        TimeoutError          `Limits.cell_seconds` or `Limits.page_seconds` are over; the kernel is ended
        MemoryLimitExceeded   the kernel and its children use more than `Limits.memory`; the kernel is ended
        OutputLimitExceeded   the cell gave more than `Limits.output`
        ResourceError         no machine has what `Task.resources` asks for; nothing was started
        DependencyError       a page in `Task.after` failed or could not run; nothing was started
        NoSuchKernel          there is no kernel of the name `Task.kernel`

    Only a failure of the executor itself is an exception: `ExecutorError`, if nothing can run at all.

    **What a page read and wrote.** `Result.reads` decides whether later builds run the page again, so that a file that
    is missing in it makes them show old outputs. It has an entry for each path below `Task.root` that the page was seen
    to open, to list or to look for, without those in `Task.unobserved` and without those that it wrote itself. An entry
    maps the name relative to the root, with `/`, to the state of the path when the page read it (see file_states.py).
    This is the digest of a file, "folder " and the digest of a folder's names, or `tasks.MISSING` for a path that was
    looked for and did not exist. If a file changed between being read and the end of the page, it is
    `tasks.UNSETTLED`, and the page runs again. `Result.writes` has the names of all files below the root that the page
    wrote, sorted, without those in `Task.unobserved`. `Result.leftovers` are processes that the page had started and
    that outlived its kernel; the executor ends them.

    The simplest way to fill all of these, wherever a page runs, is to run a `LocalExecutor` there with the one task,
    which observes the kernel, and to send its result back by `dataclasses.asdict` and `tasks.result_from_json`. Paths
    in a result are those of the machine that builds.

    **Cancellation.** The build may close the generator at any time, for instance on Ctrl-C. Then, and when the process
    that builds is killed, everything that still runs has to end, also kernels on other machines and what they have
    started. Nothing is yielded any more. A page that was stopped has no result.
    """

    @abstractmethod
    def run(self, tasks: Sequence[Task]) -> Generator[Event, None, None]:
        """Run all tasks; yield what happens, and None a few times a second while nothing does.

        The None lets the build show how long pages have run. ``tasks`` come in the order in which they should start,
        as far as `Task.after` and `Task.resources` allow: pages that took long first. Raise ExecutorError if nothing
        can run at all.
        """


class ExecutorError(Exception):
    """Raised if the executor itself cannot work; the message says why."""


@dataclass(frozen=True)
class Settings:
    """Settings of a build from which an executor is made."""

    config: Any
    """Values of conf.py as attributes, including those of other extensions."""
    root: Path
    """Folder of conf.py: paths in its values are relative to it."""
    work: Path
    """Folder for what is neither source nor output, such as a log. It may not exist yet."""


Factory = Callable[[Settings], Executor]
"""Type of the object that an entry point names: it makes an executor, and raises ExecutorError for wrong values. It is
imported and called only if pages must run."""
