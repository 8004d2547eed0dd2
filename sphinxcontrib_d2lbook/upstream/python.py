"""Use what Python keeps in a process: its exit handlers, regular expressions, and the metadata of distributions."""

from __future__ import annotations

import atexit
import contextlib
import re
import weakref
from collections.abc import Callable, Iterable
from importlib import metadata


def forget_exit_handlers() -> None:
    """Forget, in a process that was just forked, what its parent does at its end, since it would be done twice.

    `atexit` can only unregister single functions that one knows. Python 3.11 to 3.14 have `atexit._clear`. Objects of
    `weakref.finalize`, which remove temporary folders, are in a table of their class.
    """
    finalizers = weakref.finalize
    for finalizer in list(getattr(finalizers, "_registry", ())):
        finalizer.atexit = False
    setattr(finalizers, "_registered_with_atexit", False)  # noqa: B010  the next one registers itself again
    atexit._clear()


def run_exit_handlers() -> None:
    """Run the functions registered since then, as Python does at the end of a process that was not forked."""
    atexit._run_exitfuncs()


def compiled_patterns() -> list[tuple[str, int]]:
    """Return text and flags of the regular expressions that this process has compiled, as many as Python remembers.

    Python 3.11 to 3.14 keep them in `re._cache`, by type, text and flags.
    """
    cache: Iterable[tuple[type, object, int]] = list(getattr(re, "_cache", ()))
    return [(text, int(flags)) for kind, text, flags in cache if kind is str and isinstance(text, str)]


def compile_patterns(patterns: Iterable[tuple[str, int]]) -> None:
    """Compile regular expressions, so that this process and those that it forks have them."""
    for text, flags in patterns:
        with contextlib.suppress(re.error, ValueError):
            re.compile(text, flags)


def remember_entry_points() -> None:
    """Read the entry points of each installed distribution only once, in this process and those that it forks.

    Python reads them again whenever a program asks for a group. Python 3.11 to 3.14 have the folder of a distribution's
    metadata in `PathDistribution._path`. A distribution without it is read each time. Whoever calls this must start
    another process when something is installed.
    """
    known: dict[str, metadata.EntryPoints] = {}
    read: Callable[[metadata.Distribution], metadata.EntryPoints] = vars(metadata.Distribution)["entry_points"].fget

    def entry_points(self: metadata.Distribution) -> metadata.EntryPoints:
        path = getattr(self, "_path", None)
        if path is None:
            return read(self)
        if str(path) not in known:
            known[str(path)] = read(self)
        return known[str(path)]

    setattr(metadata.Distribution, "entry_points", property(entry_points))  # noqa: B010  (mypy knows it as read-only)
