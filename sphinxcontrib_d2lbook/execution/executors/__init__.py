"""Executors, which run tasks: base.py defines what one must do, local.py and dask/ are two of them.

They are found by name through the entry points of `GROUP`, so that another distribution can add one:

    [project.entry-points."sphinxcontrib_d2lbook.executors"]
    slurm = "book_on_slurm:make_executor"

The object is a `base.Factory`; it is imported only where `d2lbook_executor` names it.
"""

from __future__ import annotations

from importlib.metadata import entry_points

from .base import Executor, ExecutorError, Factory, Settings

GROUP = "sphinxcontrib_d2lbook.executors"


def executor_names() -> list[str]:
    """Return the names of the executors that are installed, which `d2lbook_executor` takes."""
    return sorted({point.name for point in entry_points(group=GROUP)})


def make_executor(name: str, settings: Settings) -> Executor:
    """Return the executor with a name. Raise ExecutorError if there is none, or if it cannot be imported or made."""
    points = list(entry_points(group=GROUP, name=name))
    if not points:
        raise ExecutorError(f"there is no executor {name!r}; d2lbook_executor takes {', '.join(executor_names())}")
    if len({point.value for point in points}) > 1:
        values = " and ".join(sorted(point.value for point in points))
        raise ExecutorError(f"two distributions provide an executor {name!r}, {values}; uninstall one of them")
    try:
        factory: Factory = points[0].load()
    except (ImportError, AttributeError) as err:
        raise ExecutorError(
            f"the executor {name!r} cannot be imported from {points[0].value}: {err}; install what it needs"
        ) from err
    executor: object = factory(settings)
    if not isinstance(executor, Executor):
        raise ExecutorError(
            f"the executor {name!r}: {points[0].value} returned no object of a class derived from "
            f"{Executor.__module__}.{Executor.__qualname__}"
        )
    return executor
