"""ipykernel's output stream, with public names for how it copies what programs write to the file descriptor.

Loaded by its path, in the kernel's Python, as inside.py is.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ipykernel.iostream import OutStream

if TYPE_CHECKING:
    from .inside import need
else:  # boot.py has loaded it
    from _d2lbook_upstream import need

USE = "what programs print is in its place"
USED = ("_watch_pipe_fd", "flush", "write")
"""Methods of the class in ipykernel 6.29 to 7.4."""
MADE = ("_master_pid", "_should_watch", "session", "pub_thread", "topic", "parent_header")
"""Attributes of its objects, there when it is made."""
PIPE = "_fid"
"""Another, which in ipykernel 6.29 is there only where a pipe is read."""

for _name in USED:
    need(OutStream, _name, USE)


class PipeStream(OutStream):
    """What a kernel puts in place of `sys.stdout` and `sys.stderr`.

    What compiled code and other programs write goes through a pipe, which a thread of ipykernel 6.29 to 7.4 reads in
    `_watch_pipe_fd`, from `_fid` as long as `_should_watch` says. It has no option for what is done with it: a subclass
    overrides `copy_pipe`, which is called in that thread, once.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        """Raises KernelChanged where ipykernel's object has not what is used of it."""
        super().__init__(*args, **options)  # type: ignore[no-untyped-call]
        for name in (*MADE, PIPE) if self.is_copied else MADE:
            need(self, name, USE)

    def copy_pipe(self) -> None:
        """Read the pipe until it ends or `is_copied` says no."""
        super()._watch_pipe_fd()  # type: ignore[no-untyped-call]

    def _watch_pipe_fd(self) -> None:
        self.copy_pipe()

    @property
    def pipe(self) -> Any:
        """The end of the pipe that is read; None where nothing is copied."""
        return getattr(self, PIPE, None)

    @property
    def is_copied(self) -> bool:
        """Whether what comes from the pipe is still to be passed on; false while the stream is closed."""
        return bool(self._should_watch)

    @property
    def copying_thread(self) -> Any:
        """The thread that reads the pipe; None where there is none, as before it is started."""
        return getattr(self, "watch_fd_thread", None)

    @property
    def is_here(self) -> bool:
        """Whether this is the process that made the stream, not one that was forked from it and has no such thread."""
        return bool(os.getpid() == self._master_pid)

    def tell_client(self, kind: str) -> None:
        """Send a message of another kind than output to whom the output goes."""
        self.session.send(self.pub_thread, kind, {}, parent=self.parent_header, ident=self.topic)
