"""Tell the preview which page the next build will probably run: the one that was edited last."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from .executors import standby
from .executors.local import LOG
from .plan import PlannedPage
from .session import BuildExecution


def tell_next_run(session: BuildExecution, file_of: Callable[[str], str | Path], work: Path) -> None:
    """Tell the preview what that page needs, if a page can run.

    ``file_of`` gives the file of a page; ``work`` is the work folder.
    """

    def edited(plan: PlannedPage) -> int:
        try:
            return Path(file_of(plan.task.page)).stat().st_mtime_ns
        except OSError:  # it was removed a moment ago
            return 0

    if session.plans:
        standby.tell_expected(max(session.plans.values(), key=edited).task, work / LOG)
