"""Use Python's own exit handlers, which a forked process inherits from its parent and must not run."""

from __future__ import annotations

import atexit
import weakref


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
