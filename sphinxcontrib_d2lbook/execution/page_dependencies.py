"""Find the runs on which a page depends by the names in its `depends`."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace

from .plan import PlannedPage


def resolve_depends(plans: dict[str, PlannedPage]) -> list[str]:
    """Replace the names in `depends` by names of runs, and return a message for each that is no page with code.

    Of another page in several frameworks, the run in the framework of this page is enough if there is one.
    """
    faults = []
    runs_of: dict[str, dict[str, str]] = {}
    for run, plan in plans.items():
        runs_of.setdefault(plan.task.page, {})[plan.task.framework] = run
    for run, plan in plans.items():
        after: list[str] = []
        for name in plan.task.after:
            other = _docname(plan.task.page, name.removesuffix(".md").removesuffix(".ipynb"))
            if other in runs_of:
                after += _runs_in(runs_of[other], plan.task.framework)
            else:
                faults.append(
                    f"{plan.task.path}:1: the page depends on {name!r}, and there is no page {other!r} with code that "
                    "runs; name another as in a toctree, or remove this `depends`"
                )
        plans[run] = replace(plan, task=replace(plan.task, after=tuple(dict.fromkeys(after))))
    return list(dict.fromkeys(faults))


def _docname(page: str, name: str) -> str:
    """Return the docname that a page means by a name, as in a toctree: relative to its folder, or from the root."""
    return posixpath.normpath(posixpath.join("/", posixpath.dirname(page), name)).lstrip("/")


def _runs_in(of_page: Mapping[str, str], framework: str) -> list[str]:
    return [of_page[framework]] if framework in of_page else list(of_page.values())
