"""Give public names to parts of ipykernel's output stream that copy what programs write to the file descriptor.

The module is loaded by path, in the kernel's Python, as `inside.py` is.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ipykernel.iostream import OutStream

if TYPE_CHECKING:
    from .inside import need
else:  # `boot.py` has loaded it
    from _d2lbook_upstream import need

USE = "what programs print is in its place"
USED = ("_watch_pipe_fd", "flush", "write")
"""Methods of the class in ipykernel 6.29 to 7.4."""
MADE = ("_master_pid", "_should_watch", "session", "pub_thread", "topic", "parent_header")
"""Attributes that its objects always have."""
PIPE = "_fid"
"""Attribute that objects of ipykernel 6.29 have only if a pipe is read."""

for _name in USED:
    need(OutStream, _name, USE)


class PipeStream(OutStream):
    """Stream that a kernel sets as `sys.stdout` and `sys.stderr`.

    Output of compiled code and other programs goes through a pipe. A thread of ipykernel 6.29 to 7.4 reads it in
    `_watch_pipe_fd`, from `_fid`, as long as `_should_watch` is true. There is no option to process the data, so a
    subclass overrides `copy_pipe`, which is called once in that thread.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        """Raise KernelChanged if ipykernel's object lacks an attribute that is used."""
        super().__init__(*args, **options)  # type: ignore[no-untyped-call]
        for name in (*MADE, PIPE) if self.is_copied else MADE:
            need(self, name, USE)

    def copy_pipe(self) -> None:
        """Read the pipe until it ends or `is_copied` is false."""
        super()._watch_pipe_fd()  # type: ignore[no-untyped-call]

    def _watch_pipe_fd(self) -> None:
        self.copy_pipe()

    @property
    def pipe(self) -> Any:
        """End of the pipe that is read; None if nothing is copied."""
        return getattr(self, PIPE, None)

    @property
    def is_copied(self) -> bool:
        """Whether data from the pipe are still to be passed on; false while the stream is closed."""
        return bool(self._should_watch)

    @property
    def copying_thread(self) -> Any:
        """Thread that reads the pipe; None if there is none, as before it is started."""
        return getattr(self, "watch_fd_thread", None)

    @property
    def is_here(self) -> bool:
        """Whether this process made the stream, and was not forked from the one that did and has the thread."""
        return bool(os.getpid() == self._master_pid)

    def tell_client(self, kind: str) -> None:
        """Send a message of a kind other than output to the receiver of the output."""
        self.session.send(self.pub_thread, kind, {}, parent=self.parent_header, ident=self.topic)
