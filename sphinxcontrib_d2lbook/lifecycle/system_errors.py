"""What an author can do about an exception that others have raised: a full disk, a source that went away."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator

from ..common.errors import BookError, BookProblems
from .source_contents import unreadable_sources


def in_plain_words(exception: BaseException) -> BookError | None:
    """Return the misfortune behind an exception, as an author is told of it; None for what is none, or is told so."""
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
    """Whether a file was not there or could not be decoded. What a process that reads has raised comes as text."""
    kinds = (FileNotFoundError, UnicodeDecodeError)
    for one in _with_causes(exception):
        said = str(getattr(one, "orig_exc", ""))
        if isinstance(one, kinds) or any(kind.__name__ in said for kind in kinds):
            return True
    return False


def full_disk(exception: BaseException | None) -> OSError | None:
    """The error of the system behind an exception, where there was no room to write."""
    for one in _with_causes(exception):
        if isinstance(one, OSError) and one.errno in (errno.ENOSPC, errno.EDQUOT):
            return one
    return None


def _with_causes(exception: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception, and those behind it."""
    while exception is not None:
        yield exception
        exception = exception.__cause__ or exception.__context__
