"""Tell code that reads a page for which frameworks the part is that it reads, on a page in several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

_frameworks: ContextVar[tuple[str, ...]] = ContextVar("frameworks", default=())


@contextmanager
def reading_for(frameworks: Sequence[str]) -> Iterator[None]:
    """Make ``frameworks`` those for which a part of a page is read. Called where the part begins."""
    token = _frameworks.set(tuple(frameworks))
    try:
        yield
    finally:
        _frameworks.reset(token)


def current_frameworks() -> tuple[str, ...]:
    """Return the frameworks for which a part of a page is read; () for all."""
    return _frameworks.get()
