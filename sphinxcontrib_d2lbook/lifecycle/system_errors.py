"""Explain to an author what to do about exceptions of the system: a full disk, a source that has gone."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

from ..common.errors import BookError, BookProblems
from .source_contents import unreadable_sources


def in_plain_words(exception: BaseException) -> BookError | None:
    """Return the mishap behind an exception, in words for the author.

    Return None if the exception has another cause, or is a `BookError` already.
    """
    if isinstance(exception, BookError):
        return None
    full = full_disk(exception)
    if full is not None:
        return BookError(f"the disk is full: {full}; make room, and build again")
    if _has_missed_a_file(exception) and (gone := unreadable_sources()):
        return BookProblems(
            f"{os.path.relpath(name)}: is gone, or is no longer UTF-8, since this build has read it; build again"
            for name in gone
        )
    return None


def _has_missed_a_file(exception: BaseException | None) -> bool:
    """Return whether a file was missing or could not be decoded. A process that reads reports its exception as text."""
    kinds = (FileNotFoundError, UnicodeDecodeError)
    for cause in _with_causes(exception):
        original = str(getattr(cause, "orig_exc", ""))
        if isinstance(cause, kinds) or any(kind.__name__ in original for kind in kinds):
            return True
    return False


def full_disk(exception: BaseException | None) -> OSError | None:
    """Return the system's error behind an exception if there was no room to write, else None."""
    for cause in _with_causes(exception):
        if isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT):
            return cause
    return None


def _with_causes(exception: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and those that led to it."""
    while exception is not None:
        yield exception
        exception = exception.__cause__ or exception.__context__
