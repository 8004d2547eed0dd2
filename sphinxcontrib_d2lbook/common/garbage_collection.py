"""Keep Python's garbage collector away from the modules that a build imports.

None of them becomes garbage before the build ends.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (10_000, 5, 5)
"""Thresholds of the collector: it searches the newest objects when there are so many of them, those that survive at
every fifth search, and all objects at every fifth of these. Python's default of 700 or 2000 is reached every few
milliseconds while a page is read, and then the page's doctree is searched again and again. Fives in place of Python's
tens keep the memory of a book of 400 pages within a few megabytes of what it was."""


@contextmanager
def imports_kept(for_good: bool) -> Iterator[None]:
    """Collect nothing while modules are imported; afterwards never search these objects again, and others less often.

    Otherwise the collector walks through all modules whenever some pages have been read, and a forked child that does
    so copies the memory that it walks through. If ``for_good`` is false nothing is changed: a program that makes many
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
    """Collect nothing while many lasting objects are made: searching them for garbage takes longer than making them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
