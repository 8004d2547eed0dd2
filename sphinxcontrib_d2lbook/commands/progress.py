"""Show the progress of a long command: a bar on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep as pause

from rich import progress as bars
from rich.console import Console
from rich.markup import escape

from ..forum.sync import TopicStep

SAY_FROM = 3.0
"""Seconds; shorter pauses are not worth a line."""
COLUMNS = (
    bars.TextColumn("{task.description}"),
    bars.BarColumn(),
    bars.TaskProgressColumn(),
    bars.TimeRemainingColumn(),
)


def printable(text: str) -> str:
    """Return ``text`` without characters that could harm a terminal: labels and titles come from others too."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)


class Progress:
    """Progress in plain lines. It is a `Listener` of a sync."""

    def __init__(self, total: int) -> None:
        self.total, self.done = total, 0

    def section(self, identifier: str) -> None:
        self.done += 1

    def step(self, step: TopicStep) -> None:
        topic = f" (topic {step.topic})" if step.topic else ""
        self.say(printable(f"[{self.done}/{self.total}] {step.act}: {step.identifier}{topic}: {step.detail}"))

    def wait(self, seconds: float, reason: str) -> None:
        """Sleep, and print the reason if it takes long."""
        if reason and seconds >= SAY_FROM:
            print(printable(f"waiting {seconds:.0f} s: {reason}"), file=sys.stderr, flush=True)
        pause(seconds)

    def say(self, line: str) -> None:
        print(line, flush=True)


class Bar(Progress):
    """Progress as a bar on a terminal."""

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
        remaining = seconds
        while remaining > 0:
            pause(min(remaining, 0.5))
            remaining -= 0.5
            self._bar.update(task, completed=seconds - remaining)
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
