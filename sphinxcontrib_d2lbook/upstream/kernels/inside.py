"""What a kernel's process uses of ipykernel, IPython and Python, beyond their documented interfaces.

Loaded by its path, in the kernel's Python: see the package. It imports nothing but the standard library until a
function is called, and knows the Pythons and kernels of the last years. `KernelChanged` goes to `kernels.log`.
"""

from __future__ import annotations

import atexit
import builtins
import importlib.machinery
import logging
import os
import sys
import threading
import warnings
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Callable, Iterable, Iterator, NoReturn, Sequence  # noqa: UP035  (older than collections.abc's)

IPYKERNEL = ("ipykernel", "6.29 to 7.4")
"""Distribution, and the versions for which what is used of it is known to hold."""
IPYTHON = ("ipython", "8.0 to 9.18")
PYTHON = ("python", "3.8 to 3.13")


class KernelChanged(Exception):
    """Something private of a kernel is gone, and going on would give wrong outputs."""


def need(owner: Any, name: str, use: str, upstream: tuple[str, str] = IPYKERNEL) -> Any:
    """Return an attribute. ``use`` completes "…, with which ". Raises KernelChanged where there is none."""
    try:
        return getattr(owner, name)
    except AttributeError:
        distribution, holds = upstream
        what = f"{getattr(owner, '__name__', type(owner).__name__)}.{name}"
        raise KernelChanged(
            f"{distribution} {_version(distribution)} has no {what}, with which {use}; it is known from {holds}: "
            "install one of these for the kernel, or report this at "
            "https://github.com/d2lbook/sphinxcontrib-d2lbook/issues"
        ) from None


def _version(distribution: str) -> str:
    if distribution == PYTHON[0]:
        return sys.version.split()[0]
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "(version unknown)"


def lose_no_output(app: Any) -> None:
    """Let a kernel's outputs queue without end: by default what a client falls behind with is dropped without a word.

    The sockets are made in `IPKernelApp.init_iopub` of ipykernel 6.29 to 7.4, from a context that it is handed and
    that there is no way to set up before.
    """
    init = need(app, "init_iopub", "no output is lost")

    def init_iopub(context: Any) -> None:
        context.sndhwm = 0  # of the sockets that are made from here on
        init(context)

    app.init_iopub = init_iopub


def take_arguments(app: Any, arguments: Sequence[str], options: Any) -> None:
    """Have a kernel's application take a command line and ``options``, which go before it.

    Where there is nothing but the connection file, no parser is made: that of ipykernel knows every option of IPython,
    and making it takes a fifth of the time in which a kernel starts. `initialize` calls `parse_command_line`, of
    traitlets, and uses what it has set; hence the method is replaced.
    """
    from traitlets.config import Config

    parse = need(app, "parse_command_line", "a kernel is told its connection file")

    def parse_command_line(argv: list[str] | None = None) -> None:
        if len(arguments) == 2 and arguments[0] == "-f":
            app.argv, app.extra_args = list(arguments), []
            config = Config({"IPKernelApp": {"connection_file": arguments[1]}})
            config.merge(Config(options))
            app.update_config(config)
        else:
            parse(list(arguments))
            app.update_config(Config(options))

    app.parse_command_line = parse_command_line


class _FewModules:
    """`sys` for the module that makes the kernel: with none of the modules that are there."""

    modules: dict[str, ModuleType] = {}  # noqa: RUF012

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(sys, name, value)


def initialize(app: Any, arguments: Sequence[str]) -> None:
    """Initialize a kernel's application without the list of all modules that only a debugger would use.

    ipykernel 6.29 to 7.4 go through `sys.modules` in `ipkernel.py` for the files of all modules; in a copy of another
    process, to look at a module is to copy it. The name `sys` in that module is another for so long. Where it is not
    there, only speed and memory are lost.
    """
    from ipykernel import ipkernel

    names = vars(ipkernel)
    looks = names.get("sys") is sys
    if looks:
        names["sys"] = _FewModules()
    try:
        app.initialize(list(arguments))
    finally:
        if looks:
            names["sys"] = sys


async def _nothing() -> None:
    pass


def leave_children(kernel: Any) -> None:
    """Have a kernel that ends leave the processes that it has started: the build tells of them, and ends them.

    ipykernel 6.29 to 7.4 end them in `_progressively_terminate_all_children`, which it has no setting for. Where it
    is not there, the kernel is said to leave them, or they are ended without being told of; a warning says so.
    """
    name = "_progressively_terminate_all_children"
    if hasattr(kernel, name):
        setattr(kernel, name, _nothing)
    else:
        logging.getLogger("IPKernelApp").warning("processes that a page leaves behind may end without being told of")


def end_without_closing(app: Any) -> None:
    """Have an application not close its sockets and threads when the process ends.

    Its `close`, which ipykernel 6.29 to 7.4 register with `atexit`, waits for a thread that may wait for another which
    has ended; all that is to be said has been said by then.
    """
    atexit.unregister(need(app, "close", "a kernel ends without waiting"))


def kernel_log() -> logging.Logger:
    """Return the logger for an application to write warnings to: its handlers decide where they go.

    The one that an application makes by itself takes all that is below that, too, and then drops it; and to make that
    one is to look through all loggers, and to close the handlers that imports have made. Its name is of ipykernel.
    """
    log = logging.getLogger("IPKernelApp")
    if log.level != logging.WARNING:
        log.setLevel(logging.WARNING)
    log.propagate = False
    return log


def warm_up() -> None:
    """Have IPython compile now the regular expressions that its first cell would compile.

    `TransformerManager.transform_cell` of IPython 8.0 to 9.18 reads a cell as a shell does.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    manager: Any = TransformerManager
    read = need(manager(), "transform_cell", "kernels start fast", IPYTHON)
    read("text = f\"a\" + 'b'\n\"\"\"\nc\"\"\"\n'''\nd'''\n")


@contextmanager
def as_in_kernel(shell: type) -> Iterator[None]:
    """Let modules that are imported meanwhile find ``shell`` when they ask IPython where they are.

    IPython has no kernel before it is one. Its shells of 8.0 to 9.18 put `get_ipython` among the built-in functions.
    """
    names = vars(builtins)
    names["get_ipython"] = shell
    try:
        yield
    finally:
        del names["get_ipython"]


class _After:
    """A finder that has a function called with a module as soon as that is there."""

    def __init__(self, name: str, call: Callable[[Any], None]) -> None:
        self.name = name
        self.call = call

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            execute(module)
            self.call(module)

        setattr(spec.loader, "exec_module", exec_module)  # noqa: B010  (mypy takes no assignment to a method)
        return spec


def after_import(name: str, call: Callable[[Any], None]) -> None:
    """Have ``call`` get a module as soon as it is imported; at once where it is.

    Python has finders, which are documented, and no hook for what comes after; the loader's method is replaced.
    """
    if name in sys.modules:
        call(sys.modules[name])
    else:
        sys.meta_path.insert(0, _After(name, call))


def forget_modules(names: Iterable[str]) -> None:
    """Take modules out of `sys.modules`, so that they are imported anew: they set hooks where they are imported."""
    for name in names:
        sys.modules.pop(name, None)


def put_in_front(filters: Sequence[Any]) -> None:
    """Let filters of warnings stand before those that are there, in which imports put them that come later.

    `warnings.filters` can be read and added to; Python has no way to put whole filters into it. The end of
    `catch_warnings` tells `warnings` that they have changed.
    """
    if filters:
        warnings.filters = [*filters, *(item for item in warnings.filters if item not in filters)]
        with warnings.catch_warnings():
            pass


ENDS = ((threading, "_shutdown"), (atexit, "_run_exitfuncs"))
"""What Python 3.8 to 3.13 call at their end: they wait for threads, and run what is registered."""


def check_end() -> None:
    """Make sure that `leave` can do its work, for what a page registers with `atexit`. Raises KernelChanged."""
    for module, name in ENDS:
        need(module, name, "a kernel does at its end what a page wants", PYTHON)


def leave(code: int) -> NoReturn:
    """End the process: what is registered for that is run, but modules are not taken apart, which takes long.

    `os._exit`, which is documented, does neither; Python's own way does both.
    """
    try:
        for module, name in ENDS:
            getattr(module, name)()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
