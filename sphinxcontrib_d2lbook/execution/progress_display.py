"""Show how pages run: a line for each that has run and, on a terminal, below these lines what runs now.

What runs now is the cell of each page, for how long it has run, and what it printed last. Where there is no terminal, a
line now and then says so while nothing else is logged.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from statistics import median
from typing import IO

from rich.console import Console, ConsoleDimensions, Group
from rich.live import Live
from rich.text import Text

from ..common import build_news
from ..common.terminal_text import for_terminal
from .running_cells import RunningCell, starting

LOGGER = "sphinx"
"""Name of the logger of all messages of a build."""
QUIET = 60.0
"""Seconds without a line after which a log that is no terminal gets one that says what runs."""
QUIET_PAGES = 3
"""Most pages that such a line names."""
OTHER_LINES = 4
"""Number of lines of a terminal that the list of running pages leaves free."""


class Display:
    """Display of progress by plain lines only."""

    def __init__(self, lines: Callable[..., None], total: int, clock: Callable[[], float]) -> None:
        self.total = total
        self.done = 0
        self.failed = 0
        self._lines = lines
        self._clock = clock
        self._said = clock()
        """Time of the last line."""
        self._begun: dict[str, float] = {}
        """docname -> time at which the page began to run, for those that run."""
        self._cells: dict[str, tuple[RunningCell, float]] = {}
        """docname -> cell that runs, and the time at which it began."""

    def started(self, docname: str, page: str = "") -> None:
        """Note that a page has begun to run. ``page`` is its docname without a framework, if that is another."""
        self._begun[docname] = now = self._clock()
        self._cells[docname] = (starting(docname, page or docname), now)
        self._tell()

    def runs(self, cell: RunningCell) -> None:
        """Note which cell of a page runs, and what it has printed."""
        self._cells[cell.docname] = (cell, self._clock() - cell.seconds)
        self._tell()

    def finished(self, docname: str, state: str, seconds: float, reason: str) -> None:
        """Note that a page has ended, with the state "ran" or "failed"."""
        self._begun.pop(docname, None)
        self._cells.pop(docname, None)
        self._said = self._clock()
        self.done += 1
        self.failed += state == "failed"
        self._lines("[%d/%d] %s %s in %.1f s: %s", self.done, self.total, docname, state, seconds, for_terminal(reason))
        self._tell()

    def tick(self) -> None:
        """Note that some time has passed: say what runs if nothing has been said for long."""
        now = self._clock()
        if self._begun and now - self._said >= QUIET:
            self._said = now
            names = self._longest_first()
            rows = [f"{name} for {duration(now - self._begun[name])}{self._cell(name, now)}" for name in names]
            more = [f"{len(rows) - QUIET_PAGES} more"] if len(rows) > QUIET_PAGES else []
            self._lines("[%d/%d] running: %s", self.done, self.total, "; ".join([*rows[:QUIET_PAGES], *more]))

    def _longest_first(self) -> list[str]:
        """Return the running pages, the longest running first."""
        return sorted(self._begun, key=lambda name: (self._begun[name], name))

    def _cell(self, name: str, now: float) -> str:
        """Return the cell that runs, for how long, and what it printed last; "" while the kernel starts."""
        cell, begun = self._cells[name]
        if not cell.cell:
            return ""
        return f", {cell.place} for {duration(now - begun)}{': ' if cell.text else ''}{cell.text}"

    def _tell(self) -> None:
        """Tell the preview which cells run."""
        if build_news.is_heard():
            now = self._clock()
            cells = [replace(cell, seconds=now - begun) for cell, begun in self._cells.values()]
            build_news.tell(running=[asdict(cell) for cell in cells])


class _LiveDisplay(Display):
    """Display of progress on a terminal: lines, and below them a part that is drawn again with each event.

    No thread draws it, since the build forks later.
    """

    def __init__(
        self,
        lines: Callable[..., None],
        total: int,
        expected: Mapping[str, float],
        console: Console,
        clock: Callable[[], float],
    ) -> None:
        super().__init__(lines, total, clock)
        self._console = console
        self._estimate = Estimate(total, expected)
        self._live: Live | None = None

    def started(self, docname: str, page: str = "") -> None:
        """Note that a page has begun to run, and draw it."""
        super().started(docname, page)
        self._estimate.started(docname)
        self.show()

    def runs(self, cell: RunningCell) -> None:
        """Note which cell of a page runs, and draw it."""
        super().runs(cell)
        self.show()

    def finished(self, docname: str, state: str, seconds: float, reason: str) -> None:
        """Note that a page has ended, and draw what runs now."""
        self._estimate.finished(docname, seconds)
        super().finished(docname, state, seconds, reason)
        self.show()

    def tick(self) -> None:
        """Draw the times that have passed."""
        self.show()

    def show(self) -> None:
        """Draw what runs, in place of what was drawn before."""
        # Rich would take the size of the process's own terminal, which may be another than that of the file.
        with contextlib.suppress(OSError, io.UnsupportedOperation):
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
        """Remove what was drawn, so that other lines can take its place."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _picture(self) -> Group:
        """Return a line of numbers and one for each running page, the longest running first, cut to the terminal."""
        now = self._clock()
        numbers = [f"{self.done} of {self.total} pages", f"{len(self._begun)} running"]
        if self.failed:
            numbers.append(f"{self.failed} failed")
        remaining = self._estimate.left({name: now - begun for name, begun in self._begun.items()})
        if remaining is not None:
            numbers.append(f"about {duration(remaining)} left")
        rows = [Text(", ".join(numbers), style="bold")]
        room = max(1, self._console.height - OTHER_LINES)
        running = self._longest_first()
        # `Text`, unlike a plain string, does not read markup from a docname.
        rows += [
            Text(f"  {duration(now - self._begun[name]):>7}  {name}{self._cell(name, now)}") for name in running[:room]
        ]
        if len(running) > room:
            rows.append(Text(f"  and {len(running) - room} more"))
        for row in rows:
            row.no_wrap, row.overflow = True, "ellipsis"
        return Group(*rows)


class Estimate:
    """Estimate of the time until all pages have run.

    It uses the times of earlier runs, else of pages in this one, and the largest number of pages that ran at once.
    """

    def __init__(self, total: int, expected: Mapping[str, float]) -> None:
        """Take the number of pages that run; ``expected`` is docname -> seconds of an earlier run, for some of them."""
        self._expected = dict(expected)
        self._waiting = dict(expected)
        self._unknown = total - len(expected)
        """Number of pages without a time of an earlier run that have not begun."""
        self._took: list[float] = []
        self._running: set[str] = set()
        self._most = 0

    def started(self, docname: str) -> None:
        """Note that a page has begun to run."""
        if self._waiting.pop(docname, None) is None:
            self._unknown -= 1
        self._running.add(docname)
        self._most = max(self._most, len(self._running))

    def finished(self, docname: str, seconds: float) -> None:
        """Note that a page has run, or was given up before it began."""
        if docname in self._running:
            self._running.remove(docname)
            self._took.append(seconds)
        elif self._waiting.pop(docname, None) is None:
            self._unknown -= 1

    def left(self, running: Mapping[str, float]) -> float | None:
        """Return the seconds left; None while no time is known. ``running`` is docname -> seconds it has run so far."""
        known = [*self._expected.values(), *self._took]
        if not known:
            return None
        usual = median(known)
        rest = [max(0.0, self._expected.get(name, usual) - elapsed) for name, elapsed in running.items()]
        waiting = [*self._waiting.values(), *[usual] * max(0, self._unknown)]
        return max([sum([*rest, *waiting]) / max(1, self._most), *rest, *waiting], default=0.0)


def duration(seconds: float) -> str:
    """Return a time as text: "4 s", "3:07" or "1:02:03"."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


class _Hide(logging.Handler):
    """Logging handler that removes what was drawn before other handlers write a message."""

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
    """Show how ``total`` pages run, for as long as the context lasts.

    ``stream`` is the build's status stream, or None for plain lines only, and ``lines`` logs a message there.
    ``expected`` maps docnames to the seconds of earlier runs, where known. On a terminal, other messages of the log
    come above the part that is drawn. NO_COLOR and TERM=dumb have their usual effect.
    """
    console = Console(file=stream, highlight=False)
    if stream is None or not console.is_terminal or console.is_dumb_terminal:
        yield Display(lines, total, clock)
        return
    display = _LiveDisplay(lines, total, expected, console, clock)
    logger, handler = logging.getLogger(LOGGER), _Hide(display)
    logger.handlers.insert(0, handler)  # before those that write
    try:
        yield display
    finally:
        logger.removeHandler(handler)
        display.hide()
