"""Telling how a run goes: a line for each page that has run, and on a terminal, below them, what runs now."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from statistics import median
from typing import IO

from rich.console import Console, ConsoleDimensions, Group
from rich.live import Live
from rich.text import Text

from ..common.terminal_text import for_terminal

LOGGER = "sphinx"
"""Name of the logger to which all of a build's messages go."""
OTHER_LINES = 4
"""Lines of a terminal that running pages leave free."""


class Display:
    """Plain lines only."""

    def __init__(self, lines: Callable[..., None], total: int) -> None:
        self.total = total
        self.done = 0
        self.failed = 0
        self._lines = lines

    def started(self, docname: str) -> None:
        """A page has begun to run."""

    def finished(self, docname: str, state: str, seconds: float, reason: str) -> None:
        """A page has "ran" or "failed"."""
        self.done += 1
        self.failed += state == "failed"
        self._lines("[%d/%d] %s %s in %.1f s: %s", self.done, self.total, docname, state, seconds, for_terminal(reason))

    def tick(self) -> None:
        """Some time has passed."""


class _LiveDisplay(Display):
    """Lines, and below them a part that is drawn anew with each event, by no thread: the build forks later on."""

    def __init__(
        self,
        lines: Callable[..., None],
        total: int,
        expected: Mapping[str, float],
        console: Console,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(lines, total)
        self._console = console
        self._clock = clock
        self._begun: dict[str, float] = {}
        self._estimate = Estimate(total, expected)
        self._live: Live | None = None

    def started(self, docname: str) -> None:
        self._begun[docname] = self._clock()
        self._estimate.started(docname)
        self.show()

    def finished(self, docname: str, state: str, seconds: float, reason: str) -> None:
        self._begun.pop(docname, None)
        self._estimate.finished(docname, seconds)
        super().finished(docname, state, seconds, reason)
        self.show()

    def tick(self) -> None:
        self.show()

    def show(self) -> None:
        """Draw what runs, in place of what was drawn before."""
        with contextlib.suppress(OSError, io.UnsupportedOperation):  # rich asks the size of the process's own terminal
            width, height = os.get_terminal_size(self._console.file.fileno())
            if width and height:
                self._console.size = ConsoleDimensions(width, height)
        if self._live is None:
            self._live = Live(
                console=self._console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        self._live.update(self._picture(), refresh=True)

    def hide(self) -> None:
        """Take away what was drawn, so that other lines can come in its place."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _picture(self) -> Group:
        """A line of numbers, and one for each page that runs, the longest running first; none longer than a line."""
        now = self._clock()
        numbers = [f"{self.done} of {self.total} pages", f"{len(self._begun)} running"]
        if self.failed:
            numbers.append(f"{self.failed} failed")
        left = self._estimate.left({name: now - begun for name, begun in self._begun.items()})
        if left is not None:
            numbers.append(f"about {duration(left)} left")
        rows = [Text(", ".join(numbers), style="bold")]
        room = max(1, self._console.height - OTHER_LINES)
        running = sorted(self._begun, key=lambda name: (self._begun[name], name))
        # `Text` takes what it is given as it is: a docname is no markup.
        rows += [Text(f"  {duration(now - self._begun[name]):>7}  {name}") for name in running[:room]]
        if len(running) > room:
            rows.append(Text(f"  and {len(running) - room} more"))
        for row in rows:
            row.no_wrap, row.overflow = True, "ellipsis"
        return Group(*rows)


class Estimate:
    """How long the rest takes: from times of earlier runs, or else of this one, with as many at once as until now."""

    def __init__(self, total: int, expected: Mapping[str, float]) -> None:
        """``expected`` are seconds of earlier runs, of pages that are among the ``total`` that run."""
        self._expected = dict(expected)
        self._waiting = dict(expected)
        self._unknown = total - len(expected)
        """Pages without a time that have not begun."""
        self._took: list[float] = []
        self._running: set[str] = set()
        self._most = 0

    def started(self, docname: str) -> None:
        if self._waiting.pop(docname, None) is None:
            self._unknown -= 1
        self._running.add(docname)
        self._most = max(self._most, len(self._running))

    def finished(self, docname: str, seconds: float) -> None:
        """Of a page that ran, or of one that was given up before it began."""
        if docname in self._running:
            self._running.remove(docname)
            self._took.append(seconds)
        elif self._waiting.pop(docname, None) is None:
            self._unknown -= 1

    def left(self, running: Mapping[str, float]) -> float | None:
        """Seconds, while ``running`` pages have run for so long; None while nothing is known."""
        known = [*self._expected.values(), *self._took]
        if not known:
            return None
        usual = median(known)
        rest = [max(0.0, self._expected.get(name, usual) - elapsed) for name, elapsed in running.items()]
        waiting = [*self._waiting.values(), *[usual] * max(0, self._unknown)]
        return max([sum([*rest, *waiting]) / max(1, self._most), *rest, *waiting], default=0.0)


def duration(seconds: float) -> str:
    """4 s, 3:07 or 1:02:03."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class _Hide(logging.Handler):
    """Clears the place for a message that other handlers are about to write."""

    def __init__(self, display: _LiveDisplay) -> None:
        super().__init__()
        self._display = display

    def emit(self, record: logging.LogRecord) -> None:
        self._display.hide()


@contextmanager
def open_display(
    stream: IO[str] | None,
    lines: Callable[..., None],
    total: int,
    expected: Mapping[str, float],
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[Display]:
    """Tell how ``total`` pages run. ``stream`` is where the build's status goes, None for plain lines only; ``lines``
    logs a message there.

    ``expected`` are the seconds of earlier runs, where known. On a terminal the log's other messages come above the
    part that is drawn; NO_COLOR and TERM=dumb are heard.
    """
    console = Console(file=stream, highlight=False)
    if stream is None or not console.is_terminal or console.is_dumb_terminal:
        yield Display(lines, total)
        return
    display = _LiveDisplay(lines, total, expected, console, clock)
    logger, handler = logging.getLogger(LOGGER), _Hide(display)
    logger.handlers.insert(0, handler)  # before those that write
    try:
        yield display
    finally:
        logger.removeHandler(handler)
        display.hide()
