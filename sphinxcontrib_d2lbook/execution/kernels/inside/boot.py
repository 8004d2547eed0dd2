"""Starts an IPython kernel as a build wants it: `boot.py -f CONNECTION_FILE ...` in place of `-m ipykernel_launcher`.

The same function starts a kernel in a process of its own and in a copy of the zygote, so that a page cannot tell which
it is. The build speaks by environment variables, which a page does not see: `D2LBOOK_KERNEL` holds JSON with "root",
"without", "log", "keep", "outside" (see notes.py), "trace", "every" (see trace.py), "output" (characters that a cell
may print; 0 for any number) and "parent" (the pid of the process that starts it; 0 in a copy, which knows that itself).
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
"""Files that are loaded in the same way and are in the folder of what is used of ipykernel and Python."""
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
OPTIONS = {
    "HistoryManager": {"hist_file": ":memory:"},
    "IPKernelApp": {"outstream_class": "_d2lbook_stream.LimitedStream"},
}


def load(name: str) -> ModuleType:
    """Return a file beside this one, or one of `ELSEWHERE`, as a module that no page can import by accident."""
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
    """Return stream.py, which subclasses what pipes.py makes of ipykernel's class."""
    load("pipes")
    return load("stream")


def die_with_parent(parent: int) -> None:
    """End when the process `parent`, which started this one, does. Does nothing where the system cannot."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if parent and os.getppid() != parent:  # it has ended already, and then no signal comes
            os._exit(1)


def keep_descendants() -> None:
    """Make processes whose parent ended children of this one, so that they are found when the kernel is to end."""
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
    """Put the generators of Python and, as soon as it is there, of NumPy to D2LBOOK_SEED."""
    value = int(os.environ.get("D2LBOOK_SEED") or 0)
    random.seed(value)
    upstream.after_import("numpy.random", lambda module: module.seed(value % 2**32))


def seed_first_cell(shell: Any) -> None:
    """Seed at the last moment: IPython draws a random tip for each client that asks who is there."""

    def begin(*_: Any) -> None:
        shell.events.unregister("pre_run_cell", begin)
        seed()

    shell.events.register("pre_run_cell", begin)


def observe(settings: dict[str, Any]) -> None:
    """Note from now on what this process and those that it starts read and write."""
    installed = [sys.prefix, sys.base_prefix, os.path.dirname(os.__file__)]
    root = os.path.join(settings["root"], "")
    # Of this Python: the tracer may run in another.
    settings["without"] += [path for path in installed if not root.startswith(os.path.join(path, ""))]
    notes = load("notes").Notes(settings)
    why = load("trace").attach(settings["trace"], json.dumps(settings).encode(), every=settings["every"])
    load("children").prepare(settings)
    load("observe").install(notes, untraced=why)


def start(arguments: list[str], parent: int = 0, filters: Sequence[Any] = ()) -> None:
    """Run a kernel in this process until it is shut down.

    `arguments` are those behind the program's name, `filters` those of warnings that imports have set before.
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
