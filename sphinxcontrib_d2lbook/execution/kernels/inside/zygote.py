"""Import what pages share and fork a process for each kernel: `python zygote.py FD PARENT`.

FD is the file descriptor of one end of a SOCK_SEQPACKET pair, PARENT the id of the process that started this one. The
process never has a second thread or a zmq context. A message is JSON:

    {"op": "stage", "preparation": code, "imports": [names], "cwd": path}, with a socket: fork a stage, which runs the
        code and imports the names in that folder and then serves on that socket; it answers there {"ready": true}, or
        {"failed": name, "why": text} and ends
    {"op": "current"}: check whether the files that were imported are still so; the answer is {"current": boolean}
    {"op": "kernel", "id": number, "argv": [...], "set": {...}, "unset": [...], "cwd": path}: fork a process that
        becomes a kernel; the answers are {"id", "pid"} and, when it has ended, {"id", "exit": code}

When the socket is closed, all forks are ended.
"""

from __future__ import annotations

import gc
import hmac
import importlib
import importlib.util
import json
import os
import random
import select
import signal
import socket
import sys
import time
import traceback
import warnings
from typing import Any, Iterable, Iterator, NoReturn, Sequence  # noqa: UP035  (older than collections.abc's)

HERE = os.path.dirname(os.path.abspath(__file__))
BASE = [
    "cProfile",
    "IPython.core.completer",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.formatters",
    "IPython.core.logger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.core.pylabtools",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.displayhook",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel_launcher",
    "profile",
    "pygments.formatters.terminal256",
    "pygments.lexers.python",
    "sqlite3",
    "tornado.platform.asyncio",
    "zmq.eventloop.zmqstream",
]
"""Modules that a kernel imports while it starts and in its first cells."""
COMPANIONS = {
    "matplotlib.pyplot": ["matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg"],
    "PIL.Image": [f"PIL.{name}ImagePlugin" for name in ("Bmp", "Gif", "Jpeg", "Ppm", "Png")],
}
"""Library -> modules that it imports when the first figure is drawn or the first image is written, in its order."""
IN_KERNEL_ONLY = ("matplotlib_inline", "tqdm.auto")
"""Modules that set hooks in the kernel that imports them, or ask IPython for its kernel."""
BACKEND = "module://matplotlib_inline.backend_inline"
"""Backend that a kernel sets for Matplotlib."""
SIZE = 1 << 20
"""Largest size of a message in bytes."""
BEGAN = time.time_ns()
"""Time in nanoseconds from which on files that change are not those that were imported."""
filters: list[Any] = []
"""Filters that shared imports have put at the front of `warnings.filters`."""


def _load_boot() -> Any:
    """Load boot.py as a module that no page can import by accident."""
    spec = importlib.util.spec_from_file_location("_d2lbook_start", os.path.join(HERE, "boot.py"))
    if spec is None or spec.loader is None:
        raise ImportError("boot.py")
    module = sys.modules["_d2lbook_start"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


del sys.path[0]  # the folder of this file: this is a program, and never imported
boot = _load_boot()


def main(control: socket.socket, parent: int) -> None:
    """Import what every kernel needs and serve the socket `control`."""
    boot.die_with_parent(parent)
    boot.keep_descendants()
    if "MPLBACKEND" not in os.environ:  # a kernel sets it too; Matplotlib reads it when it is imported
        os.environ["MPLBACKEND"] = BACKEND
    bring_in_if_there(BASE)
    boot.load_stream()
    for name in ("notes", "observe", "trace", "children"):
        boot.load(name)
    boot.load("trace").prepare()
    rehearse()
    serve(control)


def rehearse() -> None:
    """Do what a kernel does first, so that Python and its libraries have made what they make on first use and keep."""
    boot.upstream.warm_up()
    hmac.new(b"key", b"message", "sha256").hexdigest()
    boot.upstream.kernel_log()


def serve(control: socket.socket) -> NoReturn:
    """Answer requests until the socket is closed, then end all forks."""
    # Looked for once, here: a fork that did it would touch, and so copy, the memory of all these names.
    unwanted = [name for name in sys.modules if name.startswith(IN_KERNEL_ONLY)]
    imported = imported_files()
    gc.collect()
    gc.freeze()  # the garbage collector of a fork then does not touch, and so copy, the memory from before
    receive, wake = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kernels: dict[int, int] = {}
    me = os.getpid()
    while True:
        ready, _, _ = select.select([control.fileno(), receive], [], [])
        if receive in ready:
            while _read(receive):
                pass
            for pid, code in ended():
                number = kernels.pop(pid, None)
                if number is not None:
                    send(control, {"id": number, "exit": code})
        if control.fileno() in ready:
            try:
                data, handles, _, _ = socket.recv_fds(control, SIZE, 1)
            except OSError:
                data, handles = b"", []
            if not data:
                break
            request = json.loads(data)
            if request["op"] == "current":
                send(control, {"current": are_current(imported)})
                continue
            pid = os.fork()
            if pid == 0:
                os.close(receive)
                signal.set_wakeup_fd(-1)
                os.close(wake)
                control.close()
                run_copy(request, handles, me, unwanted)
            for handle in handles:
                os.close(handle)
            if request["op"] == "kernel":
                kernels[pid] = request["id"]
                send(control, {"id": request["id"], "pid": pid})
    for pid in kernels:
        for end in (os.killpg, os.kill):
            try:
                end(pid, signal.SIGKILL)
            except OSError:
                continue
    os._exit(0)


def imported_files() -> dict[str, tuple[int, ...]]:
    """Return file -> state, for the files of all modules and for Matplotlib's settings in this folder."""
    files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
    files.append(os.path.abspath("matplotlibrc"))
    return {file: file_state(file) for file in files if isinstance(file, str)}


def file_state(file: str) -> tuple[int, ...]:
    """Return times, size and inode of a file; an empty tuple if there is none."""
    try:
        status = os.stat(file)
    except OSError:
        return ()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino


def are_current(files: dict[str, tuple[int, ...]]) -> bool:
    """Check whether files are as they were when they were imported.

    One that changed after this process began may have been imported before or after that.
    """
    return all(file_state(file) == state and (not state or state[1] < BEGAN) for file, state in files.items())


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 4096)
    except BlockingIOError:
        return b""


def ended() -> Iterator[tuple[int, int]]:
    """Yield process id and exit code of each child that has ended since the last call."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        yield pid, os.waitstatus_to_exitcode(status)


def send(control: socket.socket, message: dict[str, Any]) -> None:
    """Send a message as JSON, unless the other end is gone."""
    try:
        control.send(json.dumps(message).encode())
    except OSError:  # the next read then ends this process
        pass


def run_copy(request: dict[str, Any], handles: Sequence[int], parent: int, unwanted: Sequence[str]) -> None:
    """Become what a request asks for, a stage or a kernel. Called in a fork; never returns."""
    code = 1
    try:
        if request["op"] == "stage":
            boot.die_with_parent(parent)
            boot.keep_descendants()
            control = socket.socket(fileno=handles[0])
            if prepare(request, control):
                serve(control)
        else:
            become_kernel(request, parent, unwanted)
        code = 0
    except SystemExit as err:
        code = err.code if isinstance(err.code, int) else 0 if err.code is None else 1
    except BaseException:
        traceback.print_exc()
    boot.upstream.leave(code)


class ZMQInteractiveShell:
    """Shell that a module finds if it asks, while it is imported, whether it is in a kernel, as its forks will be.

    pandas asks, and without a shell it would show wide tables as on a terminal.
    """

    kernel = None
    config: dict[str, Any] = {"IPKernelApp": {}}  # noqa: RUF012


def prepare(request: dict[str, Any], control: socket.socket) -> bool:
    """Import what pages share, in a stage; return whether everything was imported and started no thread."""
    state = random.getstate()
    before = list(warnings.filters)
    name = "the code that the package runs first"
    try:
        os.chdir(request["cwd"])
        with boot.upstream.as_in_kernel(ZMQInteractiveShell):
            if request["preparation"]:
                exec(compile(request["preparation"], "<package>", "exec"), {"__name__": "preparation"})
            for name in request["imports"]:
                if not name.startswith(IN_KERNEL_ONLY):
                    bring_in(name)
                    if len(os.listdir("/proc/self/task")) > 1:
                        raise RuntimeError("it starts threads")
            bring_in_if_there(name for library, names in COMPANIONS.items() if library in sys.modules for name in names)
    except Exception as err:
        send(control, {"failed": name, "why": f"{type(err).__name__}: {err}"})
        return False
    random.setstate(state)
    if warnings.filters[-len(before) :] == before:
        filters.extend(warnings.filters[: -len(before)])
    send(control, {"ready": True})
    return True


def bring_in(name: str) -> None:
    """Import a module; for the name of an object, `module.name`, import the module that it is in."""
    parent, _, last = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as err:
        if not parent or err.name != name:
            raise
        if not hasattr(importlib.import_module(parent), last):
            raise


def bring_in_if_there(names: Iterable[str]) -> None:
    """Import modules, except those that this version of a library does not have: a kernel imports what it needs."""
    for name in names:
        try:
            importlib.import_module(name)
        except ImportError:
            continue


def become_kernel(request: dict[str, Any], parent: int, unwanted: Iterable[str]) -> None:
    """Undo what distinguishes a fork from a new process, forget the modules `unwanted`, and run a kernel."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    nothing = os.open(os.devnull, os.O_RDONLY)
    if nothing:
        os.dup2(nothing, 0)
        os.close(nothing)
    if os.environ["MPLBACKEND"] == BACKEND:
        del os.environ["MPLBACKEND"]
    for name in request["unset"]:
        os.environ.pop(name, None)
    os.environ.update(request["set"])
    os.chdir(request["cwd"])
    boot.upstream.forget_modules(unwanted)
    boot.start(request["argv"], parent, filters)


if __name__ == "__main__":
    main(socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2]))
