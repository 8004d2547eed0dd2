"""Python's collector of garbage, kept from what a build imports: none of it becomes garbage before the build ends."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (10_000, 5, 5)
"""Of the collector: it looks for garbage among the newest objects when there are so many of them; among those that
outlived it, at each fifth time; among all, at each fifth of these. Python's 700, or 2000, are reached every few
milliseconds while a page is read, whose doctree then is looked through again and again. Fives, where Python has tens,
keep the memory of a book of 400 pages within some megabytes of what it was."""


@contextmanager
def imports_kept(for_good: bool) -> Iterator[None]:
    """While modules are imported, nothing is collected; afterwards what is there is never looked at again, and what is
    new less often.

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
        gc.set_threshold(*max(gc.get_threshold(), THRESHOLDS))


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
