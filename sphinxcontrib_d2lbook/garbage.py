"""Python's collector of garbage, kept from what a build imports: none of it becomes garbage before the build ends."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def imports_kept(for_good: bool) -> Iterator[None]:
    """While modules are imported, nothing is collected; afterwards what is there is never looked at again.

    The collector else walks through all modules whenever some pages have been read, and a forked child that does so
    copies the memory that it walks through. With ``for_good`` false nothing is changed: a program that makes many
    applications wants each of them collected.
    """
    if not for_good or not gc.isenabled():
        yield
        return
    with paused():
        yield
        gc.freeze()


@contextmanager
def paused() -> Iterator[None]:
    """Collect nothing while much is made that lives on: looking for garbage among it takes longer than making it."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
