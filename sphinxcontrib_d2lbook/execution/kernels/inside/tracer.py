"""Note which files programs open, look for and change, at the other end of trace.py: `python tracer.py FD PARENT`.

FD is the file descriptor of a listening socket, PARENT the id of the process that started this one. A process that is
to be observed connects and sends the settings of its page (see notes.py) with the handle of its filter. This process
waits at all handles, notes the paths of each system call that is reported, and lets the call go on. It ends when no
process can connect any more and none is observed.
"""

from __future__ import annotations

import ctypes
import fcntl
import importlib.util
import json
import os
import select
import signal
import socket
import struct
import sys
import traceback
from collections.abc import Callable
from types import ModuleType
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
PR_SET_PDEATHSIG = 1
MESSAGE = 1 << 16
NAME = 4096
"""Largest length of a path in bytes."""
CONTINUE = 1
SYNCHRONOUS = 1
O_PATH = 0x200000
STATX_MTIME, STATX_SIZE, STATX_BASIC = 0x40, 0x200, 0x7FF
TIMED = frozenset({"make", "gmake", "ninja", "rsync"})
"""Programs that compare the times of files by system calls that do not tell that they ask for the time."""


def load(name: str) -> ModuleType:
    """Load a file beside this one as a module."""
    spec = importlib.util.spec_from_file_location(f"_d2lbook_{name}", os.path.join(HERE, f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


trace = load("trace")
notes = load("notes")


def _request(number: int, size: int, direction: int = 3) -> int:
    """Return the number of an `ioctl` of seccomp's handles, made as the macro `_IOC` of Linux does."""
    return direction << 30 | size << 16 | 0x21 << 8 | number


RECEIVE = _request(0, trace.NOTIFICATION.size)
SEND = _request(1, trace.ANSWER.size)
SET_FLAGS = _request(4, 8, 1)


class TracedPage:
    """Page whose programs are observed."""

    def __init__(self, handle: int, settings: dict[str, Any]) -> None:
        self.handle = handle
        self.mark: str = settings["log"] + trace.MARK
        self.note = notes.Notes(settings)
        self.hooked: set[int] = set()
        """Ids of the Python processes that observe themselves."""
        # From Linux 6.6 on, the caller and this process then take turns on one processor.
        ctypes.CDLL(None).ioctl(handle, SET_FLAGS, ctypes.c_uint64(SYNCHRONOUS))

    def answer(self) -> None:
        """Take one report of a system call, note its paths, and let the call go on."""
        buffer = bytearray(trace.NOTIFICATION.size)
        try:
            fcntl.ioctl(self.handle, RECEIVE, buffer)
        except OSError:  # the process has been killed meanwhile
            return
        number, pid, _, call, _, _, *arguments = trace.NOTIFICATION.unpack(buffer)
        try:
            self._take(Caller(pid), NUMBERS[call], arguments)
        except OSError as err:
            if isinstance(err, PermissionError):
                self.note.unseen("programs that run with other rights than the build")
        except Exception:  # whatever it is, the program must go on
            traceback.print_exc()
        finally:
            try:
                fcntl.ioctl(self.handle, SEND, trace.ANSWER.pack(number, 0, 0, CONTINUE))
            except OSError:  # killed
                pass

    def _take(self, caller: Caller, call: Any, arguments: list[int]) -> None:
        paths = []
        for folder, name in call.paths:
            text = caller.text(arguments[name])
            if not text:
                return
            if text == self.mark:
                self.hooked.add(caller.group())
                return
            paths.append(
                text if text[0] == "/" else caller.relative(text, None if folder is None else arguments[folder])
            )
        if not any(self.note.counts(os.path.normpath(path), "w") for path in paths):
            if call in trace.STARTS:
                self.hooked.discard(caller.pid)
            return
        if call in trace.STARTS:
            self.hooked.discard(caller.pid)
            self.note("r", paths[0])
        elif call in trace.OPENS:
            self._opened(caller, call, paths[0], arguments[call.flags])
        elif call in trace.LOOKS:
            if not self._observes_itself(caller):
                self._looked(caller, call, paths[0], arguments)
        elif not self._observes_itself(caller):
            CHANGES[call.name](self.note, paths)

    def _observes_itself(self, caller: Caller) -> bool:
        return bool(self.hooked) and (caller.pid in self.hooked or caller.group() in self.hooked)

    def _opened(self, caller: Caller, call: Any, path: str, flags: int) -> None:
        if call.name == "openat2":
            (flags,) = struct.unpack("=Q", caller.memory(flags, 8))
        if flags & os.O_DIRECTORY or (os.path.isdir(path) and not flags & (os.O_WRONLY | os.O_RDWR)):
            if not self._observes_itself(caller):
                self.note("e" if flags & O_PATH else "d", path)
            return
        if flags & os.O_CLOEXEC and not flags & os.O_NOFOLLOW and self._observes_itself(caller):
            return
        if flags & O_PATH:
            self.note("e", path)
            return
        new = flags & os.O_EXCL and flags & os.O_CREAT
        if new:
            self.note("e", path)
        elif not flags & os.O_TRUNC:
            self.note("r", path)
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_TRUNC | os.O_CREAT):
            self.note("w", path)

    def _looked(self, caller: Caller, call: Any, path: str, arguments: list[int]) -> None:
        if call.name == "statx":
            mask = arguments[3] & STATX_BASIC
            if mask & STATX_MTIME and mask != STATX_BASIC:
                self.note("t", path)
            self.note("s" if mask & STATX_SIZE else "e", path)
        elif call.name in ("stat", "lstat", "newfstatat"):
            self.note("s", path)
            if caller.program() in TIMED:
                self.note("t", path)
        else:
            self.note("e", path)


def _moved(note: Any, paths: list[str]) -> None:
    note("r", paths[0])
    note("w", paths[0])
    note("w", paths[1])


def _linked(note: Any, paths: list[str]) -> None:
    note("r", paths[0])
    note("w", paths[1])


def _made(note: Any, paths: list[str]) -> None:
    note("e", paths[0])
    note("w", paths[0])


def _cut(note: Any, paths: list[str]) -> None:
    note("r", paths[0])
    note("w", paths[0])


CHANGES: dict[str, Callable[[Any, list[str]], None]] = {
    "creat": lambda note, paths: note("w", paths[0]),
    **dict.fromkeys(("rename", "renameat", "renameat2"), _moved),
    **dict.fromkeys(("link", "linkat"), _linked),
    **dict.fromkeys(("symlink", "symlinkat", "unlink", "unlinkat", "rmdir"), _made),
    **dict.fromkeys(("mkdir", "mkdirat"), lambda note, paths: note.folder(paths[0])),
    "truncate": _cut,
}
NUMBERS = {
    call.numbers[trace.platform.machine()]: call for call in trace.CALLS if trace.platform.machine() in call.numbers
}


class Caller:
    """Thread that waits in a system call. All methods raise OSError if it is gone, or belongs to another user."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def memory(self, address: int, size: int) -> bytes:
        """Return up to `size` bytes of its memory at an address."""
        handle = os.open(f"/proc/{self.pid}/mem", os.O_RDONLY | os.O_CLOEXEC)
        try:
            return os.pread(handle, size, address)
        finally:
            os.close(handle)

    def text(self, address: int) -> str:
        """Return the string at an address of its memory."""
        return os.fsdecode(self.memory(address, NAME).partition(b"\0")[0]) if address else ""

    def relative(self, name: str, folder: int | None) -> str:
        """Return the absolute path of a name that is relative to its open folder `folder`, or to its current one."""
        number = ctypes.c_int32(folder).value if folder is not None else -1
        where = f"/proc/{self.pid}/" + (f"fd/{number}" if number >= 0 else "cwd")
        return os.path.join(os.readlink(where), name)

    def program(self) -> str:
        """Return the name of the program that it runs."""
        return os.path.basename(os.readlink(f"/proc/{self.pid}/exe"))

    def group(self) -> int:
        """Return the id of the process of which it is a thread."""
        with open(f"/proc/{self.pid}/status", encoding="utf-8", errors="replace") as stream:
            return next((int(line.split()[1]) for line in stream if line.startswith("Tgid:")), self.pid)


def serve(listener: socket.socket) -> None:
    """Observe until no process can connect any more and none is observed."""
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    waiting: dict[int, socket.socket] = {}
    pages: dict[int, TracedPage] = {}
    open_door = True
    while open_door or waiting or pages:
        for handle, event in poll.poll():
            if handle == listener.fileno():
                try:
                    peer, _ = listener.accept()
                except OSError:
                    poll.unregister(listener)
                    open_door = False
                    continue
                waiting[peer.fileno()] = peer
                poll.register(peer, select.POLLIN)
            elif handle in waiting:
                poll.unregister(handle)
                with waiting.pop(handle) as peer:
                    data, handles, _, _ = socket.recv_fds(peer, MESSAGE, 1)
                for new in handles:
                    pages[new] = TracedPage(new, json.loads(data))
                    poll.register(new, select.POLLIN)
            elif event & select.POLLIN:
                pages[handle].answer()
            else:
                poll.unregister(handle)
                pages.pop(handle).note.close()
                os.close(handle)


def main(handle: int, parent: int) -> None:
    """Serve the listening socket `handle` for as long as the process `parent`, which started this one, lives."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == parent:
        serve(socket.socket(fileno=handle))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
