"""Start an IPython kernel for a build: `boot.py -f CONNECTION_FILE ...` in place of `-m ipykernel_launcher`.

The same function starts a kernel in a process of its own and in a fork of the zygote, so that a page cannot tell the
difference. The build passes settings in the environment variable `D2LBOOK_KERNEL`, which a page does not see. It is
JSON with "root", "without", "log", "keep", "outside" (see notes.py), "trace", "every" (see trace.py), "output"
(characters that a cell may print; 0 for any number) and "parent" (id of the process that starts the kernel; 0 in a
fork, which knows it).
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import logging
import os
import random
import signal
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, Sequence  # noqa: UP035  (older than collections.abc's)

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
UPSTREAM = os.path.join(PACKAGE, "upstream", "kernels")
ELSEWHERE = {"upstream": os.path.join(UPSTREAM, "inside.py"), "pipes": os.path.join(UPSTREAM, "pipes.py")}
"""Name -> file of modules that `load` takes from the folder for what we use of ipykernel's and Python's internals."""
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
OPTIONS = {
    "HistoryManager": {"hist_file": ":memory:"},
    "IPKernelApp": {"outstream_class": "_d2lbook_stream.LimitedStream"},
}


def load(name: str) -> ModuleType:
    """Load a file beside this one, or one of `ELSEWHERE`, as a module that no page can import by accident."""
    full = f"_d2lbook_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, ELSEWHERE.get(name, os.path.join(HERE, f"{name}.py")))
        if spec is None or spec.loader is None:
            raise ImportError(full)
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


if TYPE_CHECKING:
    from ....upstream.kernels import inside as upstream
else:
    upstream = load("upstream")


def load_stream() -> ModuleType:
    """Load stream.py, whose class is derived from that of pipes.py, which is derived from ipykernel's."""
    load("pipes")
    return load("stream")


def die_with_parent(parent: int) -> None:
    """Let the system kill this process when its parent ends, on Linux. `parent` is the parent's process id."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if parent and os.getppid() != parent:  # the parent has ended already, so that no signal will come
            os._exit(1)


def keep_descendants() -> None:
    """Adopt descendants whose parents end, on Linux, so that they are found when the kernel ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def go_first() -> None:
    """Let the system end this process before others when memory runs out."""
    try:
        with open("/proc/self/oom_score_adj", "w") as stream:
            stream.write("1000")
    except OSError:
        pass


def seed() -> None:
    """Seed the random generators of Python and, when it is imported, of NumPy with D2LBOOK_SEED."""
    value = int(os.environ.get("D2LBOOK_SEED") or 0)
    random.seed(value)
    upstream.after_import("numpy.random", lambda module: module.seed(value % 2**32))


def seed_first_cell(shell: Any) -> None:
    """Seed just before the first cell, since IPython draws a random tip for each client that asks for kernel info."""

    def begin(*_: Any) -> None:
        shell.events.unregister("pre_run_cell", begin)
        seed()

    shell.events.register("pre_run_cell", begin)


def observe(settings: dict[str, Any]) -> None:
    """Observe from now on what this process and those that it starts read and write."""
    installed = [sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)]
    root = os.path.join(settings["root"], "")
    # The tracer may run in another Python, so it is told where this one is installed.
    settings["without"] += [path for path in installed if not root.startswith(os.path.join(path, ""))]
    notes = load("notes").Notes(settings)
    why = load("trace").attach(settings["trace"], json.dumps(settings).encode(), every=settings["every"])
    load("children").prepare(settings)
    load("observe").install(notes, untraced=why)


def start(arguments: list[str], parent: int = 0, filters: Sequence[Any] = ()) -> None:
    """Run a kernel in this process until it is shut down.

    `arguments` are those after the program's name, `parent` is the process id of the parent if it is known here, and
    `filters` are the filters of warnings that imports have set before.
    """
    settings = json.loads(os.environ.pop("D2LBOOK_KERNEL", "{}"))
    die_with_parent(parent or settings.get("parent") or 0)
    keep_descendants()
    go_first()
    import ipykernel_launcher
    from ipykernel.kernelapp import IPKernelApp

    upstream.check_end()
    stream = load_stream()
    sys.argv = [ipykernel_launcher.__file__, *arguments]
    log = upstream.kernel_log()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("[%(name)s] %(levelname)s %(message)s"))
    log.addHandler(handler)
    app = IPKernelApp.instance(parent_handle=0, log=log)
    upstream.lose_no_output(app)
    upstream.take_arguments(app, arguments, OPTIONS)
    upstream.initialize(app, arguments)
    upstream.put_in_front(filters)
    upstream.leave_children(app.kernel)
    upstream.end_without_closing(app)
    stream.limit(app.shell, settings.get("output") or 0)
    seed_first_cell(app.shell)
    if settings.get("log"):
        observe(settings)
    app.start()


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file
    start(sys.argv[1:])
    upstream.leave(0)
