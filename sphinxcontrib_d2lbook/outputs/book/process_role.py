"""Tell which process of a build this is: the one that leads it, or one that only writes an output."""

from __future__ import annotations

import os

from ...execution.output_handover import CHILD_VARIABLE


def in_child() -> bool:
    """Check whether this process only writes one output for a build that another process leads."""
    return CHILD_VARIABLE in os.environ
