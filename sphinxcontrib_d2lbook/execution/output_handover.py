"""What a build hands to the processes that write its outputs: they decide and run nothing by themselves."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from .session import Session

CHILD_VARIABLE = "D2LBOOK_CHILD"
"""Set in a process that writes one output of a build: what ran there, or failed, is not to be run again here.

Its value is the file of `hand_over`, or "1" in a process that was forked and has all that its parent had.
"""
FORKED = "1"


def hand_over(session: Session, file: Path) -> None:
    """Write which runs the pages show. Raises OSError."""
    file.write_bytes(pickle.dumps(session.verdicts))


def take_over(session: Session) -> None:
    """Have the pages show what they show in the build that has started this process, if one has. Raises OSError."""
    file = os.environ.get(CHILD_VARIABLE, FORKED)
    if file != FORKED:
        session.verdicts = pickle.loads(Path(file).read_bytes())
