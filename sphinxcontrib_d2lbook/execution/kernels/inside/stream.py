"""Output streams of a kernel: they stop a cell that prints without end, and keep what programs print in its place.

What compiled code and other programs write to the file descriptor goes through a pipe, which ipykernel reads in a
thread. Here the pipe is emptied before a cell ends or prints by itself: otherwise chance would say what stands where.
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
    """A cell gave more output than `d2lbook_output_limit` allows."""


class _CharacterLimit:
    """Characters that the running cell may still print; None for any number."""

    limit = 0
    left: int | None = None
    told = False


class LimitedStream(PipeStream):
    """What a kernel puts in place of `sys.stdout` and `sys.stderr`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        self._copying = threading.Lock()  # held from reading the pipe to passing on what was read
        self._copied = 0
        self._written = False  # whether something may wait to be sent
        super().__init__(*args, **options)

    def write(self, string: str) -> int:
        """Write what may still be written, and raise OutputLimitExceeded in the cell that wants more."""
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
        if not _CharacterLimit.told:
            self._tell_build()
        return size

    def flush(self) -> None:
        """Send what was written, also by other programs. It is asked for many times in a cell, mostly for nothing."""
        self._empty_pipe()
        if self._written:
            self._written = False  # first: another thread may write meanwhile
            super().flush()  # type: ignore[no-untyped-call]

    def _write(self, string: str) -> int:
        super().write(string)
        self._written = True
        return len(string)

    def _tell_build(self) -> None:
        """An exception raised in this thread, which copies what programs print, would not stop them: the build will."""
        _CharacterLimit.told = True
        super().flush()  # type: ignore[no-untyped-call]
        self.tell_client(EXCEEDED)

    def copy_pipe(self) -> None:
        """In a thread: copy what is written to the file descriptor, characters whole, until it is closed."""
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
        """Wait until all that stands in the pipe now was copied."""
        thread = self.copying_thread
        if thread is None or thread is threading.current_thread() or not self.is_here:
            return
        with self._copying:
            end = self._copied + _waiting(self.pipe)
        while self._copied < end and thread.is_alive():
            time.sleep(PAUSE)


def _waiting(pipe: Any) -> int:
    """Bytes that can be read."""
    return int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder)


def limit(shell: Any, size: int) -> None:
    """Allow each cell that `shell` runs `size` characters; 0 for any number."""
    if not size:
        return
    _CharacterLimit.limit = size

    def begin(*_: Any) -> None:
        _CharacterLimit.left, _CharacterLimit.told = size, False

    shell.events.register("pre_run_cell", begin)
