"""Output streams of a kernel that stop a cell which prints without end."""

import threading

from ipykernel.iostream import OutStream


class OutputLimitExceeded(Exception):
    """A cell gave more output than `d2lbook_output_limit` allows."""


class _Count:
    """Characters that the running cell may still print; None for any number."""

    limit = 0
    left = None


class LimitedStream(OutStream):
    """What a kernel puts in place of `sys.stdout` and `sys.stderr`."""

    def write(self, string):
        """Write what may still be written, and raise OutputLimitExceeded in the cell that wants more."""
        if _Count.left is None or not isinstance(string, str):
            return super().write(string)
        size = len(string)
        if size <= _Count.left:
            _Count.left -= size
            return super().write(string)
        part, _Count.left = string[: _Count.left], 0
        if part:
            super().write(part)
        if threading.current_thread() is threading.main_thread():
            raise OutputLimitExceeded(
                f"the cell printed more than {_Count.limit} characters; print less, or raise d2lbook_output_limit"
            )
        return size  # a thread that copies what programs write: it goes on, and what it brings is dropped


def limit(shell, size):
    """Allow each cell that `shell` runs `size` characters; 0 for any number."""
    if not size:
        return
    _Count.limit = size

    def begin(*_):
        _Count.left = size

    shell.events.register("pre_run_cell", begin)
