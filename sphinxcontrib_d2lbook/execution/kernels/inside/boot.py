"""Starts an IPython kernel as a build wants it: `boot.py -f CONNECTION_FILE ...` in place of `-m ipykernel_launcher`.

The same function starts a kernel in a process of its own and in a copy of the zygote, so that a page cannot tell which
it is. The build speaks by environment variables, which a page does not see: `D2LBOOK_KERNEL` holds JSON with "root",
"without", "log" (see observe.py), "output" (characters that a cell may print; 0 for any number) and "parent" (the pid
of the process that starts it; 0 in a copy, which knows that itself).
"""

from __future__ import annotations

import atexit
import ctypes
import importlib.machinery
import importlib.util
import json
import logging
import os
import random
import signal
import sys
import threading
import warnings
from types import ModuleType
from typing import Any, NoReturn, Sequence  # noqa: UP035  (older than collections.abc's)

HERE = os.path.dirname(os.path.abspath(__file__))
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
OPTIONS = {
    "HistoryManager": {"hist_file": ":memory:"},
    "IPKernelApp": {"outstream_class": "_d2lbook_stream.LimitedStream"},
}


def load(name: str) -> ModuleType:
    """A file beside this one, as a module that no page can import by accident."""
    full = f"_d2lbook_{name}"
    if full not in sys.modules:
        spec = importlib.util.spec_from_file_location(full, os.path.join(HERE, f"{name}.py"))
        if spec is None or spec.loader is None:
            raise ImportError(full)
        sys.modules[full] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[full])
    return sys.modules[full]


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


class _SeedNumPy:
    """A finder that has NumPy's global generator seeded as soon as it is there."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != "numpy.random":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            module.seed(self.seed)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def seed() -> None:
    """Put the generators of Python and NumPy to D2LBOOK_SEED."""
    value = int(os.environ.get("D2LBOOK_SEED") or 0)
    random.seed(value)
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed(value % 2**32)
    else:
        sys.meta_path.insert(0, _SeedNumPy(value % 2**32))


def seed_first_cell(shell: Any) -> None:
    """Seed at the last moment: IPython draws a random tip for each client that asks who is there."""

    def begin(*_: Any) -> None:
        shell.events.unregister("pre_run_cell", begin)
        seed()

    shell.events.register("pre_run_cell", begin)


def lose_no_output(app: Any) -> None:
    """Let outputs queue without end: by default what a client that falls behind has not read is dropped silently."""
    init = app.init_iopub

    def init_iopub(context: Any) -> None:
        context.sndhwm = 0  # of the sockets that are made from here on
        init(context)

    app.init_iopub = init_iopub


def take_arguments(app: Any, arguments: list[str]) -> None:
    """Parse the command line and add our options, without a parser where there is nothing but the connection file.

    That parser knows every option of IPython, and making it takes a fifth of the time in which a kernel starts.
    """
    from traitlets.config import Config

    parse = app.parse_command_line

    def parse_command_line(argv: list[str] | None = None) -> None:
        if len(arguments) == 2 and arguments[0] == "-f":
            app.argv, app.extra_args = list(arguments), []
            options = Config({"IPKernelApp": {"connection_file": arguments[1]}})
            options.merge(Config(OPTIONS))
            app.update_config(options)
        else:
            parse(arguments)
            app.update_config(Config(OPTIONS))

    app.parse_command_line = parse_command_line


def kernel_log() -> logging.Logger:
    """Where the application writes warnings: to `kernels.log`.

    The one that it makes by itself takes all that is below that, too, and then drops it; and to make that one is to
    look through all loggers, and to close the handlers that imports have made.
    """
    log = logging.getLogger("IPKernelApp")
    if log.level != logging.WARNING:
        log.setLevel(logging.WARNING)
    log.propagate = False
    return log


class _FewModules:
    """`sys` for the module that makes the kernel: with none of the modules that are there.

    It lists the files of all of them, for a debugger that no build has; in a copy, to look at a module is to copy it.
    """

    modules: dict[str, ModuleType] = {}  # noqa: RUF012

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(sys, name, value)


def initialize(app: Any, arguments: list[str]) -> None:
    """As the application does it, without what only a debugger would have of it."""
    from ipykernel import ipkernel

    names = vars(ipkernel)
    looks = names.get("sys") is sys
    if looks:
        names["sys"] = _FewModules()
    try:
        app.initialize(arguments)
    finally:
        if looks:
            names["sys"] = sys


async def _nothing() -> None:
    pass


def put_in_front(filters: Sequence[Any]) -> None:
    """Let filters of warnings stand before those of the kernel, where imports put them that come after its start."""
    if filters:
        warnings.filters = [*filters, *(item for item in warnings.filters if item not in filters)]
        with warnings.catch_warnings():  # whose end tells that filters have changed
            pass


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

    stream = load("stream")
    sys.argv = [ipykernel_launcher.__file__, *arguments]
    log = kernel_log()
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("[%(name)s] %(levelname)s %(message)s"))
    log.addHandler(handler)
    app = IPKernelApp.instance(parent_handle=0, log=log)
    lose_no_output(app)
    take_arguments(app, arguments)
    initialize(app, arguments)
    put_in_front(filters)
    # Which processes a page leaves behind is for the build to tell, and to end.
    app.kernel._progressively_terminate_all_children = _nothing
    # It waits for a thread that may wait for another which has ended; all that is to be said has been said by then.
    atexit.unregister(app.close)
    stream.limit(app.shell, settings.get("output") or 0)
    seed_first_cell(app.shell)
    if settings.get("log"):
        load("observe").install(settings["root"], settings["without"], settings["log"])
    app.start()


def leave(code: int) -> NoReturn:
    """End the process: what is registered for that is run, but modules are not taken apart, which takes long."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


if __name__ == "__main__":
    del sys.path[0]  # the folder of this file
    start(sys.argv[1:])
    leave(0)
