"""How a long command tells how far it is: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep as pause

from rich import progress as bars
from rich.console import Console
from rich.markup import escape

from ..forum.sync import Step

SAY_FROM = 3.0
"""Seconds; shorter pauses are not worth a line."""
COLUMNS = (
    bars.TextColumn("{task.description}"),
    bars.BarColumn(),
    bars.TaskProgressColumn(),
    bars.TimeRemainingColumn(),
)


def printable(text: str) -> str:
    """``text`` as it can do a terminal no harm: labels and titles come from the book, the map and the forum."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


class Progress:
    """Plain lines. Is a `Listener` of a sync."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0

    def section(self, identifier: str) -> None:
        self.done += 1

    def step(self, step: Step) -> None:
        topic = f" (topic {step.topic})" if step.topic else ""
        self.say(printable(f"[{self.done}/{self.total}] {step.act}: {step.identifier}{topic}: {step.detail}"))

    def wait(self, seconds: float, reason: str) -> None:
        """Sleep; say why, if it takes long."""
        if reason and seconds >= SAY_FROM:
            print(printable(f"waiting {seconds:.0f} s: {reason}"), file=sys.stderr, flush=True)
        pause(seconds)

    def say(self, line: str) -> None:
        print(line, flush=True)


class Bar(Progress):
    """On a terminal."""

    def __init__(self, total: int, bar: bars.Progress) -> None:
        super().__init__(total)
        self._bar = bar
        self._task = bar.add_task("", total=total)

    def section(self, identifier: str) -> None:
        super().section(identifier)
        self._bar.update(self._task, completed=self.done - 1, description=escape(printable(identifier)))

    def wait(self, seconds: float, reason: str) -> None:
        if not reason or seconds < SAY_FROM:
            pause(seconds)
            return
        task = self._bar.add_task(f"waiting: {escape(printable(reason))}", total=seconds)
        left = seconds
        while left > 0:
            pause(min(left, 0.5))
            left -= 0.5
            self._bar.update(task, completed=seconds - left)
        self._bar.remove_task(task)

    def say(self, line: str) -> None:
        self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)


@contextmanager
def open_progress(total: int) -> Iterator[Progress]:
    console = Console()
    if not console.is_terminal:
        yield Progress(total)
        return
    with bars.Progress(*COLUMNS, console=console, transient=True) as bar:
        yield Bar(total, bar)
