"""Hand the decisions of a build to the processes that write its outputs, which decide and run nothing themselves."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from .session import BuildExecution

CHILD_VARIABLE = "D2LBOOK_CHILD"
"""Environment variable of a process that writes one output of a build: pages that ran or failed do not run again.

Its value is the file that `hand_over` wrote, or `FORKED` in a process that was forked and so has its parent's state.
"""
FORKED = "1"


def hand_over(session: BuildExecution, file: Path) -> None:
    """Write to ``file`` which runs the pages show. Raise OSError if that fails."""
    file.write_bytes(pickle.dumps(session.decisions))


def take_over(session: BuildExecution) -> None:
    """Take over the decisions of the build that started this process, if one did. Raise OSError if that fails."""
    file = os.environ.get(CHILD_VARIABLE, FORKED)
    if file != FORKED:
        session.decisions = pickle.loads(Path(file).read_bytes())
