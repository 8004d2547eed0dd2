"""Warn the author, after the pages have run, of what is odd about them, apart from failures."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .session import BuildExecution
from .tasks import PageReport

UNTRACED = "programs cannot be observed"
"""Beginning of the phrase by which a kernel says that it has no tracer (see kernels/inside/trace.py)."""


@dataclass(frozen=True)
class RunWarning:
    """Message to the author."""

    level: Literal["warning", "info", "verbose"]
    text: str
    place: str = ""
    """Path and line of a warning, as "path:line"."""


def run_warnings(session: BuildExecution, reports: Mapping[str, PageReport]) -> Iterator[RunWarning]:
    """Yield messages about the files of pages, and about outputs that another machine made."""
    yield from _undeclared(session)
    yield from _unseen(session, reports)
    others = list(session.machine_differences())
    for docname, differences in others:
        yield RunWarning("verbose", f"{docname} is shown as it ran elsewhere: {differences}")
    if others:
        what = "1 page is shown as it ran" if len(others) == 1 else f"{len(others)} pages are shown as they ran"
        yield RunWarning("info", f"{what} on another machine (-v says which)")


def _undeclared(session: BuildExecution) -> Iterator[RunWarning]:
    for docname, name, writer in session.undeclared():
        text = (
            f"the page reads {name}, which the page {writer} writes; add `depends: [/{writer}]` below `d2lbook:` in "
            "the front matter, so that they run in this order"
        )
        yield RunWarning("warning", text, f"{session.plans[docname].task.path}:1")


def _unseen(session: BuildExecution, reports: Mapping[str, PageReport]) -> Iterator[RunWarning]:
    """Yield messages about what the pages that ran used and a build cannot observe, so that its change runs no page."""
    blind: dict[str, str] = {}
    for docname, report in sorted(reports.items()):
        for what in report.unseen if report.execution != "cached" else ():
            if what.startswith(UNTRACED):
                blind[docname] = what
            else:
                text = f"{docname} uses {what}, and does not run again when that changes"
                yield RunWarning("info", f"{text}; d2lbook_execute = 'always' runs it")
    if blind:
        first = next(iter(blind))
        text = (
            f"{blind[first]}; these pages start some: {', '.join(blind)}. They do not run again when a file changes "
            "that only a program reads: declare such files by `reads:` below `d2lbook:` in the front matter"
        )
        yield RunWarning("warning", text, f"{session.plans[first].task.path}:1")
