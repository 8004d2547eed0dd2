"""Replace the function by which Sphinx prints the exception that ends a build."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from .versions import SPHINX


def wrap_error_printer(wrapper: Callable[..., None]) -> None:
    """Make Sphinx call ``wrapper(printer, exception, **options)`` where it would call its ``printer``.

    Sphinx 9.0 to 9.2 print every exception as a report for their developers, without a hook. Their function is
    `sphinx._cli.util.errors.handle_exception`, which is replaced, unless it is replaced already. Without it, authors'
    mistakes are printed the long way: only comfort is lost.
    """
    try:
        module: Any = import_module("sphinx._cli.util.errors")
    except ImportError:
        module = None
    printer = getattr(module, "handle_exception", None)
    if not callable(printer):
        SPHINX.do_without("sphinx._cli.util.errors.handle_exception", "mistakes are printed as faults of the program")
    elif not isinstance(printer, partial):  # several applications in one process, as in tests
        module.handle_exception = partial(wrapper, printer)


def red(text: str) -> str:
    """Return text in red, as Sphinx prints errors; plain if the terminal has no colours or Sphinx no such function.

    Sphinx 9.0 to 9.2 have it, with their rule for the use of colours, in `sphinx.util.console`, which their manual does
    not name.
    """
    from sphinx.util import console

    paint: Callable[[str], str] = getattr(console, "red", str)
    return paint(text)
