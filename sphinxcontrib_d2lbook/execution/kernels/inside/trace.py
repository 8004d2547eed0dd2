"""Let the system report calls that name files, of a kernel and its programs, to tracer.py, by seccomp on Linux.

No privileges are needed. A kernel sets a filter for itself and all processes that it starts. At a call that names a
path, the system stops the caller and tells the holder of the filter's handle, tracer.py, which notes the path and lets
the call go on. So the build knows exactly which files were opened, looked for or changed, and by which page.

The kernel's own Python is observed by observe.py, which costs less. The filter knows calls of the kernel's C library by
the address from which they come (other programs have the library at another, since the system lays out each at random),
and of those reports only what Python does not do: opening files without O_CLOEXEC, as C and C++ do, or with O_NOFOLLOW,
as SQLite does. If the system lacks any of this, `attach` says so.

Formats: linux/seccomp.h, linux/filter.h, linux/audit.h; seccomp_unotify(2).
"""

from __future__ import annotations

import ctypes
import os
import platform
import socket
import struct
import sys
from functools import cache
from typing import Callable, List, NamedTuple, Sequence, Tuple  # noqa: UP035  (older than collections.abc's)

LOAD, JUMP_EQUAL, JUMP_GREATER_EQUAL, JUMP_SET, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
ALLOW, REPORT = 0x7FFF0000, 0x7FC00000
NUMBER, ARCHITECTURE, POINTER, ARGUMENTS = 0, 4, 8, 16
"""Offsets in `struct seccomp_data`, in bytes."""
SET_MODE_FILTER = 1
TSYNC, SPEC_ALLOW, NEW_LISTENER, TSYNC_ESRCH, WAIT_KILLABLE = 1, 4, 8, 16, 32
PR_SET_NO_NEW_PRIVS = 38
ADDR_NO_RANDOMIZE = 0x40000
O_CLOEXEC, O_NOFOLLOW = 0x80000, 0x20000 if platform.machine() == "x86_64" else 0x8000
AT_EMPTY_PATH = 0x1000
MARK = ".observed"
"""Suffix of the name of the page's log, by which a Python process tells that it observes itself: it opens that file."""
SECCOMP = {"x86_64": 317, "aarch64": 277}
"""Machine -> number of the system call `seccomp`."""
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""Machine -> its number in `struct seccomp_data`."""


Code = List[Tuple[int, int, int, int]]  # noqa: UP006  (evaluated at run time, in Python 3.8 too)
"""Instructions of a filter: operation, number of instructions to skip if a test holds and if not, and a value."""


class Call(NamedTuple):
    """System call that names paths; arguments are counted from 0."""

    name: str
    numbers: dict[str, int]
    """Machine -> number of the call."""
    paths: tuple[tuple[int | None, int], ...]
    """For each path, the argument with the folder to which it is relative (None: the current one), and its own."""
    flags: int | None = None
    """Argument with flags, if there is one."""


def _call(
    name: str, x86: int | None, arm: int | None, *paths: tuple[int | None, int], flags: int | None = None
) -> Call:
    numbers = {machine: number for machine, number in (("x86_64", x86), ("aarch64", arm)) if number is not None}
    return Call(name, numbers, paths, flags)


OPENS = (
    _call("open", 2, None, (None, 0), flags=1),
    _call("openat", 257, 56, (0, 1), flags=2),
    _call("openat2", 437, 437, (0, 1), flags=2),
)
STARTS = (
    _call("execve", 59, 221, (None, 0)),
    _call("execveat", 322, 281, (0, 1)),
)
LOOKS = (
    _call("stat", 4, None, (None, 0)),
    _call("lstat", 6, None, (None, 0)),
    _call("newfstatat", 262, 79, (0, 1), flags=3),
    _call("statx", 332, 291, (0, 1), flags=2),
    _call("access", 21, None, (None, 0)),
    _call("faccessat", 269, 48, (0, 1)),
    _call("faccessat2", 439, 439, (0, 1)),
    _call("readlink", 89, None, (None, 0)),
    _call("readlinkat", 267, 78, (0, 1)),
)
CHANGES = (
    _call("creat", 85, None, (None, 0)),
    _call("rename", 82, None, (None, 0), (None, 1)),
    _call("renameat", 264, 38, (0, 1), (2, 3)),
    _call("renameat2", 316, 276, (0, 1), (2, 3)),
    _call("link", 86, None, (None, 0), (None, 1)),
    _call("linkat", 265, 37, (0, 1), (2, 3)),
    _call("symlink", 88, None, (None, 1)),
    _call("symlinkat", 266, 36, (1, 2)),
    _call("unlink", 87, None, (None, 0)),
    _call("unlinkat", 263, 35, (0, 1)),
    _call("mkdir", 83, None, (None, 0)),
    _call("mkdirat", 258, 34, (0, 1)),
    _call("rmdir", 84, None, (None, 0)),
    _call("truncate", 76, 45, (None, 0)),
)
CALLS = (*OPENS, *STARTS, *LOOKS, *CHANGES)


class _Instruction(ctypes.Structure):
    _fields_ = (("code", ctypes.c_ushort), ("yes", ctypes.c_ubyte), ("no", ctypes.c_ubyte), ("value", ctypes.c_uint32))


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.POINTER(_Instruction)))


def attach(address: str, settings: bytes, *, every: bool = False) -> str:
    """Let the tracer at the socket `address` observe this process and all that it starts; return why it cannot, or "".

    `settings` are for the tracer: those of `notes.Notes`, as JSON. With `every`, all files that this process opens are
    reported, for libraries that open them as Python does.
    """
    machine = platform.machine()
    if not address and sys.platform == "linux":
        return "programs cannot be observed: there is no tracer"
    if sys.platform != "linux" or machine not in MACHINES or sys.maxsize < 1 << 32:
        return f"programs cannot be observed on {sys.platform} {machine}"
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as tracer:
            tracer.connect(address)
            handle = _install(_program(machine, every))
            try:
                socket.send_fds(tracer, [settings], [handle])
            finally:
                os.close(handle)
    except OSError as err:
        return f"programs cannot be observed: {err}"
    return ""


@cache
def _program(machine: str, every: bool) -> _Program:
    """Return the filter in the system's format. It is made once: forks have the libraries at the same addresses."""
    code = _filter(machine, _own_libraries(), every=every)
    return _Program(len(code), (_Instruction * len(code))(*(_Instruction(*fields) for fields in code)))


def prepare() -> None:
    """Do what takes longest ahead of time, in the process from which kernels are forked."""
    machine = platform.machine()
    if sys.platform == "linux" and machine in MACHINES:
        try:
            _program(machine, False)
        except OSError:  # each kernel says by itself what is missing
            pass


def _own_libraries() -> list[tuple[int, int]]:
    """Return the addresses of this process's C library and loader, or nothing if all programs have them there."""
    with open("/proc/sys/kernel/randomize_va_space", encoding="ascii") as stream:
        random = stream.read().strip() != "0"
    with open("/proc/self/personality", encoding="ascii") as stream:
        random = random and not int(stream.read(), 16) & ADDR_NO_RANDOMIZE
    if not random:
        return []
    ranges = []
    with open("/proc/self/maps", encoding="utf-8", errors="surrogateescape") as stream:
        for line in stream:
            fields = line.split(None, 5)
            name = os.path.basename(fields[5].strip()) if len(fields) > 5 else ""
            if "x" in fields[1] and name.startswith(("libc.", "libc-", "libpthread", "ld-")):
                start, end = (int(text, 16) for text in fields[0].split("-"))
                ranges.append((start, end))
    return ranges


def _filter(machine: str, own: Sequence[tuple[int, int]], *, every: bool) -> Code:
    """Return the filter as Berkeley Packet Filter code: which calls are reported, and which go on at once."""
    code: Code = []

    def instruction(what: int, value: int, yes: int = 0, no: int = 0) -> None:
        code.append((what, yes, no, value))

    def test(what: int, value: int, body: Code, *, holds: bool = True) -> None:
        """Add a body that runs only if a test of the accumulator holds, or does not."""
        length = len(body)
        instruction(what, value, *((0, length) if holds else (length, 0)))
        code.extend(body)

    instruction(LOAD, ARCHITECTURE)
    test(JUMP_EQUAL, MACHINES[machine], [(RETURN, 0, 0, ALLOW)], holds=False)  # another machine's programs
    instruction(LOAD, NUMBER)
    for start in STARTS:
        if machine in start.numbers:
            test(JUMP_EQUAL, start.numbers[machine], [(RETURN, 0, 0, REPORT)])
    inside = _inside(own)
    for call in (*OPENS, *LOOKS, *CHANGES):
        if machine in call.numbers:
            body = [*inside(_own_call(call, every=every)), *_other_call(call)]
            test(JUMP_EQUAL, call.numbers[machine], body)
    instruction(RETURN, ALLOW)
    return code


def _inside(own: Sequence[tuple[int, int]]) -> Callable[[Code], Code]:
    """Return a function that wraps code to run only if a call comes from one of the ranges of addresses.

    The code must end the filter.
    """

    def wrap(body: Code) -> Code:
        code: Code = []
        for start, end in own:
            if start >> 32 != end - 1 >> 32:
                continue
            length = len(body)
            code += [
                (LOAD, 0, 0, POINTER + 4),
                (JUMP_EQUAL, 0, length + 3, start >> 32),
                (LOAD, 0, 0, POINTER),
                (JUMP_GREATER_EQUAL, 0, length + 1, start & 0xFFFFFFFF),
                (JUMP_GREATER_EQUAL, length, 0, end & 0xFFFFFFFF),
                *body,
            ]
        return code

    return wrap


def _own_call(call: Call, *, every: bool) -> Code:
    """Return the code for a call of the kernel itself: it reports files that Python does not open, or `every` file."""
    if call.flags is None or call not in OPENS[:2]:
        return [(RETURN, 0, 0, ALLOW)]
    if every:
        return [(RETURN, 0, 0, REPORT)]
    return [
        (LOAD, 0, 0, ARGUMENTS + 8 * call.flags),
        (JUMP_SET, 1, 0, O_NOFOLLOW),
        (JUMP_SET, 1, 0, O_CLOEXEC),
        (RETURN, 0, 0, REPORT),
        (RETURN, 0, 0, ALLOW),
    ]


def _other_call(call: Call) -> Code:
    """Return the code for a call of another program: it reports all but questions about a file that is already open."""
    if call.name in ("newfstatat", "statx") and call.flags is not None:
        return [
            (LOAD, 0, 0, ARGUMENTS + 8 * call.flags),
            (JUMP_SET, 0, 1, AT_EMPTY_PATH),
            (RETURN, 0, 0, ALLOW),
            (RETURN, 0, 0, REPORT),
        ]
    return [(RETURN, 0, 0, REPORT)]


def _install(program: _Program) -> int:
    """Set a filter for all threads, and return the handle by which calls are reported. Raise OSError if that fails."""
    system = ctypes.CDLL(None, use_errno=True)
    number = SECCOMP[platform.machine()]
    flags = TSYNC | TSYNC_ESRCH | SPEC_ALLOW | NEW_LISTENER
    for privileged in (True, False):
        if not privileged and system.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
            raise OSError(ctypes.get_errno(), "no_new_privs")
        for more in (WAIT_KILLABLE, 0):  # WAIT_KILLABLE needs Linux 5.19
            handle: int = system.syscall(number, SET_MODE_FILTER, flags | more, ctypes.byref(program))
            if handle >= 0:
                return handle
    raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()) + " (seccomp)")


NOTIFICATION = struct.Struct("=QIIiIQ6Q")
ANSWER = struct.Struct("=QqiI")
