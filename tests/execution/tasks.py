"""A task of which only the name counts."""

from __future__ import annotations

from typing import Any

from sphinxcontrib_d2lbook.execution.tasks import Limits, Task


def bare_task(docname: str, folder: str, **more: Any) -> Task:
    """A page without cells, in a project's ``folder``."""
    return Task(
        docname=docname,
        path=f"{docname}.md",
        parts={},
        notebook={},
        lines=(),
        folder=folder,
        root=folder,
        unobserved=(),
        kernel="python3",
        environment={},
        limits=Limits(1, 1, 0, 0),
        **more,
    )
