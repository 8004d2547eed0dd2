"""Use ipykernel, IPython and Python beyond their documented interfaces, in the process of a kernel.

The module is loaded by path, in the kernel's Python: see the package. It imports only the standard library until a
function is called, and supports Pythons and kernels of several years. The message of `KernelChanged` goes to
`kernels.log`.
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
"""Distribution, and the versions for which its private interface is known."""
IPYTHON = ("ipython", "8.0 to 9.18")
PYTHON = ("python", "3.8 to 3.13")


class KernelChanged(Exception):
    """A private interface of a kernel is gone, and going on would give wrong outputs."""


def need(owner: Any, name: str, use: str, upstream: tuple[str, str] = IPYKERNEL) -> Any:
    """Return an attribute. ``use`` completes "…, with which ". Raise KernelChanged if it is missing."""
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
    """Make a kernel queue its outputs without limit. By default, outputs that a client is too slow for are dropped.

    The sockets are made in `IPKernelApp.init_iopub` of ipykernel 6.29 to 7.4, from a context that cannot be configured
    before.
    """
    init = need(app, "init_iopub", "no output is lost")

    def init_iopub(context: Any) -> None:
        context.sndhwm = 0  # for the sockets that are made from here on
        init(context)

    app.init_iopub = init_iopub


def take_arguments(app: Any, arguments: Sequence[str], options: Any) -> None:
    """Make a kernel's application use a command line, and ``options``, which override it.

    If there is only the connection file, no parser is made: ipykernel's parser knows every option of IPython, and
    making it takes a fifth of the time in which a kernel starts. `initialize` calls `parse_command_line`, of traitlets,
    and uses its result; so that method is replaced.
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
    """Substitute for `sys` in the module that makes the kernel, with an empty dictionary of modules."""

    modules: dict[str, ModuleType] = {}  # noqa: RUF012

    def __getattr__(self, name: str) -> Any:
        return getattr(sys, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(sys, name, value)


def initialize(app: Any, arguments: Sequence[str]) -> None:
    """Initialize a kernel's application without the list of all modules, which only a debugger would use.

    ipykernel 6.29 to 7.4 search `sys.modules` in `ipkernel.py` for the files of all modules. In a forked process,
    looking at a module means copying it. So the name `sys` in that module is replaced meanwhile. If the module has no
    such name, only speed and memory are lost.
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
    """Make a kernel leave its child processes running when it ends: the build reports them, and ends them.

    ipykernel 6.29 to 7.4 end them in `_progressively_terminate_all_children`, for which there is no setting. Without
    that method, the kernel either leaves them running or ends them before they are reported; a warning says so.
    """
    name = "_progressively_terminate_all_children"
    if hasattr(kernel, name):
        setattr(kernel, name, _nothing)
    else:
        logging.getLogger("IPKernelApp").warning("processes that a page leaves behind may end without being told of")


def end_without_closing(app: Any) -> None:
    """Prevent an application from closing its sockets and threads when the process ends.

    Its `close`, which ipykernel 6.29 to 7.4 register with `atexit`, waits for a thread that may wait for another one
    that has ended. By then everything has been sent.
    """
    atexit.unregister(need(app, "close", "a kernel ends without waiting"))


def kernel_log() -> logging.Logger:
    """Return the logger to which an application writes warnings; its handlers decide where they go.

    The logger that an application makes by itself also handles records below warnings, and then drops them. Making it
    searches all loggers, and closes handlers that imports have made. The name is ipykernel's.
    """
    log = logging.getLogger("IPKernelApp")
    if log.level != logging.WARNING:
        log.setLevel(logging.WARNING)
    log.propagate = False
    return log


def warm_up() -> None:
    """Compile the regular expressions of IPython's first cell now.

    `TransformerManager.transform_cell` of IPython 8.0 to 9.18 reads a cell as a shell does.
    """
    from IPython.core.inputtransformer2 import TransformerManager

    manager: Any = TransformerManager
    read = need(manager(), "transform_cell", "kernels start fast", IPYTHON)
    read("text = f\"a\" + 'b'\n\"\"\"\nc\"\"\"\n'''\nd'''\n")


@contextmanager
def as_in_kernel(shell: type) -> Iterator[None]:
    """Let modules that are imported in the block get ``shell`` when they ask IPython for the current shell.

    IPython has none before the kernel exists. Its shells of 8.0 to 9.18 add `get_ipython` to the built-in functions.
    """
    names = vars(builtins)
    names["get_ipython"] = shell
    try:
        yield
    finally:
        del names["get_ipython"]


class _After:
    """Finder that calls a function with a module as soon as it is imported."""

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
    """Call ``call`` with a module as soon as it is imported; at once if it is imported already.

    Python documents finders, and has no hook for the time after an import; so the loader's method is replaced.
    """
    if name in sys.modules:
        call(sys.modules[name])
    else:
        sys.meta_path.insert(0, _After(name, call))


def forget_modules(names: Iterable[str]) -> None:
    """Remove modules from `sys.modules`, so that they are imported again where they must set their hooks."""
    for name in names:
        sys.modules.pop(name, None)


def put_in_front(filters: Sequence[Any]) -> None:
    """Put filters of warnings before the present ones; later imports put theirs before the present ones too.

    `warnings.filters` can be read and extended; Python has no function to insert whole filters. The end of
    `catch_warnings` tells `warnings` that the filters have changed.
    """
    if filters:
        warnings.filters = [*filters, *(item for item in warnings.filters if item not in filters)]
        with warnings.catch_warnings():
            pass


ENDS = ((threading, "_shutdown"), (atexit, "_run_exitfuncs"))
"""Functions that Python 3.8 to 3.13 call at its end: they wait for threads, and run registered functions."""


def check_end() -> None:
    """Check that `leave` can do its work for functions that a page registers with `atexit`. Raise KernelChanged."""
    for module, name in ENDS:
        need(module, name, "a kernel does at its end what a page wants", PYTHON)


def leave(code: int) -> NoReturn:
    """End the process: run registered functions, but do not destroy the modules, which takes long.

    `os._exit`, which is documented, does neither; Python's normal end does both.
    """
    try:
        for module, name in ENDS:
            getattr(module, name)()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
