"""Run pages on the workers of an existing dask.distributed scheduler.

    build process          client (a process of its own)         worker                     runner (its child)
    executor.py   tasks ->  client.py   order, files  ->  worker.py   task in a copy  ->  LocalExecutor, one page
                  <- lines              <- result, files              <- result

A page is submitted when the schedule lets it start (submission.py). The worker says which file contents it lacks, and
the client sends these and allows the start; from then on it renews the *lease* of the page every few seconds. A worker
ends its kernel when the lease runs out or the client cancels it, so that nothing goes on running when the build is
stopped, even by SIGKILL.

In the first run of a page, not all of its files may be known. If the page looked for files that the worker lacks and
the machine of the build has, these are sent, and the page runs again (local_project.py). Later builds know the files
from the store.
"""

from .executor import DaskExecutor, make_executor

__all__ = ["DaskExecutor", "make_executor"]
