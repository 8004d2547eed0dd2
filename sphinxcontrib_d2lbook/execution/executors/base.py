"""What an executor is: the base class of ours and of those that other distributions bring, and how a build gets one.

An executor runs pages. It is named by an entry point, and `d2lbook_executor` takes that name:

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

from ..tasks import Result, Started, Task


class Executor(ABC):
    """Runs tasks somewhere: on this machine, on a cluster, on a service.

    **Where it is called.** In the process that builds, which later forks: it must stay free of threads and of zmq
    contexts. An executor that needs either works in a process of its own, as ours do. `child.events` reads what such a
    process prints, and `child.stop` ends it.

    **Tasks.** A `Task` is one page with all that its run depends on. It pickles, and `dataclasses.asdict` and
    `model.task_from_json` take it through JSON. The kernel has to run in `Task.folder` with `Task.environment` added
    to that of the build, and none of the tasks shares a kernel with another. A task may start when all pages in
    `Task.after` that are among the tasks have ended well, and when `Task.resources` are free; one that is `alone` has
    nothing of this build beside it. What a page writes below `Task.root` must be there for the pages that come after
    it, and for the author when the build ends.

    **Results.** There is exactly one `Result` for each task, in any order, and a `Started` before it if a kernel was
    started. `Result.notebook` is the task's notebook with outputs and execution counts, as nbclient leaves it; after a
    failure it has the cells up to the one that failed. Whatever goes wrong with a page is its result and never an
    exception: `Result.failure` names the cell, the line in it, the exception's class, and the message. The names of
    failures that are none of the page's own exceptions are

        DeadKernel            the kernel died while the cell ran
        TimeoutError          `Limits.cell_seconds` or `Limits.page_seconds` are over; the kernel is ended
        MemoryLimitExceeded   the kernel and its children use more than `Limits.memory`; the kernel is ended
        OutputLimitExceeded   the cell gave more than `Limits.output`
        ResourceError         no machine has what `Task.resources` asks for; nothing was started
        DependencyError       a page in `Task.after` failed or could not run; nothing was started
        NoSuchKernel          there is no kernel of the name `Task.kernel`

    Only the executor's own failure is an exception: `ExecutorError`, where nothing can run at all.

    **What a page read and wrote.** `Result.reads` decides whether the page is run again by later builds, so that a file
    that is missing in it makes them show old outputs. It has an entry for each path below `Task.root` that the page
    was seen to open, to list or to look for, without those in `Task.unobserved` and without those that it
    wrote itself: the name relative to the root, with `/`, -> `states.state` of the path as it was when the page read
    it. That is the digest of a file, "folder " and the digest of a folder's names, or `model.MISSING` for what was
    looked for and was not there. Where a file changed between being read and the end of the page it is
    `model.UNSETTLED`, and the page runs again. `Result.writes` has the names of all files below the root that the page
    wrote, sorted, those in `Task.unobserved` left out. `Result.leftovers` are processes that the page had started and
    that outlived its kernel; the executor ends them.

    The simplest way to fill all of these, wherever a page runs, is to run a `LocalExecutor` there with the one task,
    which observes the kernel, and to send its result back by `dataclasses.asdict` and `model.result_from_json`. Paths
    in a result are those of the machine that builds.

    **Cancellation.** The build may close the generator at any time, for instance on Ctrl-C. Then, and when the process
    that builds is killed, everything that still runs has to end, kernels on other machines and what they have started
    too. Nothing is yielded any more. A page that was stopped has no result.
    """

    @abstractmethod
    def run(self, tasks: Sequence[Task]) -> Generator[Started | Result | None, None, None]:
        """Run all tasks; yield what happens, and None a few times a second where nothing does.

        The None lets the build show how long pages have run. ``tasks`` come in the order in which they should start,
        as far as `Task.after` and `Task.resources` allow: pages that took long first. Raises ExecutorError.
        """


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
