"""Output streams of a kernel, which stop a cell that prints without end and keep the order of what is printed.

What compiled code and other programs write to the file descriptor goes through a pipe, which ipykernel reads in a
thread. Here the pipe is emptied before a cell ends or prints by itself: otherwise the order would be chance.
"""

from __future__ import annotations

import codecs
import os
import select
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ....upstream.kernels.pipes import PipeStream
else:  # boot.py has loaded it
    from _d2lbook_pipes import PipeStream

try:
    import fcntl
    import termios
except ImportError:  # Windows: there ipykernel copies nothing
    fcntl = termios = None  # type: ignore[assignment]

SIZE = 1 << 16
PAUSE = 0.0005
EXCEEDED = "d2lbook_output_limit"
"""Type of the message that asks the build to end this kernel."""


class OutputLimitExceeded(Exception):
    """Raised in a cell that prints more than `d2lbook_output_limit` allows."""


class _CharacterLimit:
    """Number of characters that cells may print: `limit` for each, `left` for the running one (None for any number)."""

    limit = 0
    left: int | None = None
    reported = False
    """Whether the build was asked to end this kernel."""


class LimitedStream(PipeStream):
    """Stream that a kernel puts in place of `sys.stdout` and `sys.stderr`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._copying = threading.Lock()  # held from reading the pipe until the text is written
        self._copied = 0  # number of bytes that were read from the pipe
        self._written = False  # whether there may be text that was not sent yet
        super().__init__(*args, **options)

    def write(self, string: str) -> int:
        """Write a text as far as the limit allows, and raise OutputLimitExceeded in the cell beyond it."""
        self._empty_pipe()
        if _CharacterLimit.left is None or not isinstance(string, str):
            return self._write(string)
        size = len(string)
        if size <= _CharacterLimit.left:
            _CharacterLimit.left -= size
            return self._write(string)
        part, _CharacterLimit.left = string[: _CharacterLimit.left], 0
        if part:
            self._write(part)
        if threading.current_thread() is threading.main_thread():
            raise OutputLimitExceeded(
                f"the cell printed more than {_CharacterLimit.limit} characters; print less, or raise"
                " d2lbook_output_limit"
            )
        if not _CharacterLimit.reported:
            self._tell_build()
        return size

    def flush(self) -> None:
        """Send what was written, also by other programs. It is called many times in a cell, mostly with nothing new."""
        self._empty_pipe()
        if self._written:
            self._written = False  # first: another thread may write meanwhile
            super().flush()  # type: ignore[no-untyped-call]

    def _write(self, string: str) -> int:
        super().write(string)
        self._written = True
        return len(string)

    def _tell_build(self) -> None:
        """Ask the build to stop the programs that print: an exception in this thread, which copies, would not."""
        _CharacterLimit.reported = True
        super().flush()  # type: ignore[no-untyped-call]
        self.tell_client(EXCEEDED)

    def copy_pipe(self) -> None:
        """Copy what is written to the file descriptor, in whole characters, until it is closed. Runs in a thread."""
        decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        pipe: int = self.pipe
        while True:
            select.select([pipe], [], [])
            with self._copying:
                data = os.read(pipe, SIZE)
                if not data or not self.is_copied:
                    return
                text = decode(data)
                if text:
                    self.write(text)
                self._copied += len(data)

    def _empty_pipe(self) -> None:
        """Wait until all that is in the pipe now was copied."""
        thread = self.copying_thread
        if thread is None or thread is threading.current_thread() or not self.is_here:
            return
        with self._copying:
            end = self._copied + _waiting(self.pipe)
        while self._copied < end and thread.is_alive():
            time.sleep(PAUSE)


def _waiting(pipe: Any) -> int:
    """Return the number of bytes that can be read from a pipe."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def limit(shell: Any, size: int) -> None:
    """Allow each cell that `shell` runs `size` characters; 0 for any number."""
    if not size:
        return
    _CharacterLimit.limit = size

    def begin(*_: Any) -> None:
        _CharacterLimit.left, _CharacterLimit.reported = size, False

    shell.events.register("pre_run_cell", begin)
