"""Telling how a run goes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TextIO


class Display:
    def __init__(self, lines: Callable[..., None], total: int) -> None:
        self.lines, self.total, self.done = lines, total, 0

    def started(self, docname: str) -> None: ...

    def finished(self, docname: str, state: str, seconds: float, reason: str) -> None:
        self.done += 1
        self.lines("[%d/%d] %s %s in %.1f s: %s", self.done, self.total, docname, state, seconds, reason)

    def tick(self) -> None: ...


@contextmanager
def open_display(
    stream: TextIO, lines: Callable[..., None], total: int, expected: Mapping[str, float]
) -> Iterator[Display]:
    yield Display(lines, total)
