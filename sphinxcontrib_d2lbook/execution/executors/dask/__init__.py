"""Runs pages on the workers of a dask.distributed scheduler that is already there.

    build process          client (a process of its own)         worker                     runner (its child)
    executor.py   tasks ->  client.py   order, files  ->  worker.py   task in a copy  ->  LocalExecutor, one page
                  <- lines              <- result, files              <- result

A page is submitted when the schedule lets it start (submission.py). The worker says which contents it lacks, the client
sends these and allows the start; from then on it renews the *lease* of the page every few seconds. A worker whose
lease runs out, or that is told to stop, ends its kernel: nothing goes on running when the build is stopped, even by
SIGKILL.

The first run of a page may not know all its files. What the page looked for at the worker and home has is sent then,
and the page runs again (local_project.py); the store knows the files from then on.
"""

from .executor import DaskExecutor, make_executor

__all__ = ["DaskExecutor", "make_executor"]
