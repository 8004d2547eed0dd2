"""On a terminal the author sees what runs, above it all that was logged; elsewhere a line a page."""

from __future__ import annotations

import fcntl
import io
import logging
import os
import pty
import re
import struct
import termios
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from sphinxcontrib_d2lbook.execution.progress_display import LOGGER, Estimate, duration, open_display

CONTROL = re.compile(r"\x1b\[(\?)?([0-9;]*)([A-Za-z])")


@dataclass
class Screen:
    """The little of a terminal that is needed to see what an author sees."""

    width: int
    lines: list[str] = field(default_factory=lambda: [""])
    row: int = 0
    column: int = 0

    def feed(self, text: str) -> None:
        while text:
            found = CONTROL.match(text)
            if found:
                self._control(found[2], found[3])
                text = text[found.end() :]
                continue
            self._put(text[0])
            text = text[1:]

    def _control(self, number: str, letter: str) -> None:
        if letter == "A":
            self.row -= int(number or 1)
            assert self.row >= 0
        elif letter == "K":
            assert number == "2"
            self.lines[self.row] = ""
        else:
            assert letter in "mhl", letter

    def _put(self, character: str) -> None:
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")
        else:
            if self.column == self.width:
                self._put("\r")
                self._put("\n")
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + character + line[self.column + 1 :]
            self.column += 1

    @property
    def seen(self) -> list[str]:
        return [line.rstrip() for line in self.lines if line.strip()]


class Terminal:
    """A pseudo terminal, with a log that writes to it as Sphinx's does."""

    def __init__(self, width: int, height: int = 20) -> None:
        self.width = width
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
        os.set_blocking(self._ours, False)
        self.stream = os.fdopen(theirs, "w", encoding="utf-8")
        self.raw = ""
        self.logger = logging.getLogger(LOGGER)
        self.handler = logging.StreamHandler(self.stream)

    def screen(self) -> list[str]:
        """What stands on the terminal now."""
        self.stream.flush()
        try:
            while data := os.read(self._ours, 1 << 16):
                self.raw += data.decode()
        except BlockingIOError:
            pass
        screen = Screen(self.width)
        screen.feed(self.raw)
        return screen.seen

    def handlers(self) -> list[logging.Handler]:
        """Those of the log, without what pytest adds."""
        return [one for one in self.logger.handlers if "LogCapture" not in type(one).__name__]

    def close(self) -> None:
        self.stream.close()
        os.close(self._ours)


@pytest.fixture
def terminal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    for name in ("COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    found = Terminal(getattr(request, "param", 60))
    before, level = found.logger.handlers[:], found.logger.level
    found.logger.handlers[:] = [found.handler]
    found.logger.setLevel(logging.INFO)
    yield found
    found.logger.handlers[:] = before
    found.logger.setLevel(level)
    found.close()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(terminal: Terminal, total: int, expected: Mapping[str, float] = {}, clock: Any = None) -> Any:
    return open_display(terminal.stream, terminal.logger.info, total, expected, clock or Clock())


def test_a_terminal_shows_what_runs_below_what_has_run(terminal: Terminal) -> None:
    clock = Clock()
    with opened(terminal, 3, {"a": 10.0, "b": 4.0, "c": 4.0}, clock) as display:
        display.started("a")
        display.started("b")
        clock.now = 2.0
        display.tick()
        assert terminal.screen() == ["0 of 3 pages, 2 running, about 8 s left", "      2 s  a", "      2 s  b"]
        clock.now = 4.0
        display.finished("b", "failed", 4.0, "code of cell 1 changed")
        display.started("c")
        assert terminal.screen() == [
            "[1/3] b failed in 4.0 s: code of cell 1 changed",
            "1 of 3 pages, 2 running, 1 failed, about 6 s left",
            "      4 s  a",
            "      0 s  c",
        ]
        assert threading.active_count() == len(threading.enumerate())
        assert not any("Refresh" in type(thread).__name__ for thread in threading.enumerate())
    assert terminal.screen() == ["[1/3] b failed in 4.0 s: code of cell 1 changed"]
    assert terminal.raw.rindex("\x1b[?25h") > terminal.raw.rindex("\x1b[?25l"), "the cursor is shown again"
    assert terminal.handlers() == [terminal.handler]


def test_what_is_logged_meanwhile_stands_above(terminal: Terminal) -> None:
    with opened(terminal, 2) as display:
        display.started("a")
        terminal.logger.warning("first\nof two lines")
        terminal.logger.warning("second")
        display.tick()
        assert terminal.screen() == ["first", "of two lines", "second", "0 of 2 pages, 1 running", "      0 s  a"]


@pytest.mark.parametrize("terminal", [12, 20, 30], indirect=True)
def test_a_narrow_terminal_shows_no_line_broken(terminal: Terminal) -> None:
    with opened(terminal, 2) as display:
        for _ in range(3):
            display.started("chapter/with-a-long-name")
            display.tick()
        assert len(terminal.screen()) == 2
        assert all(len(line) <= terminal.width for line in terminal.screen())
        assert terminal.screen()[0].endswith("…") == (terminal.width < 23)
    assert terminal.screen() == []


def test_a_low_terminal_shows_no_more_than_it_holds(terminal: Terminal) -> None:
    with opened(terminal, 100) as display:
        for number in range(40):
            display.started(f"page-{number:02}")
            seen = terminal.screen()
        assert len(seen) == 18
        assert seen[-1] == "  and 24 more"


def test_docnames_are_no_markup(terminal: Terminal) -> None:
    with opened(terminal, 1) as display:
        display.started("[red]a[/red]:smile:")
        assert terminal.screen()[1] == "      0 s  [red]a[/red]:smile:"


def test_an_error_leaves_a_clean_terminal(terminal: Terminal) -> None:
    def stopped() -> None:
        with opened(terminal, 1) as display:
            display.started("a")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert terminal.screen() == []
    assert terminal.handlers() == [terminal.handler]


def test_no_color_means_no_colour(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    with opened(terminal, 1) as display:
        display.started("a")
        terminal.screen()
        assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", terminal.raw)


def test_a_dumb_terminal_gets_plain_lines(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    with opened(terminal, 1) as display:
        display.started("a")
        display.tick()
        display.finished("a", "ran", 1.0, "not run before")
    assert terminal.screen() == ["[1/1] a ran in 1.0 s: not run before"]
    assert "\x1b" not in terminal.raw


def test_a_file_gets_plain_lines() -> None:
    stream, said = io.StringIO(), []
    with open_display(stream, lambda text, *args: said.append(text % args), 40, {}) as display:
        display.started("a")
        display.tick()
        display.finished("a", "ran", 2.123, "code of cell 4 changed")
        display.finished("b", "failed", 0.0, "not run before")
    assert said == ["[1/40] a ran in 2.1 s: code of cell 4 changed", "[2/40] b failed in 0.0 s: not run before"]
    assert stream.getvalue() == ""


def test_the_time_left_is_that_of_earlier_runs_or_of_this_one() -> None:
    estimate = Estimate(4, {})
    estimate.started("a")
    estimate.started("b")
    assert estimate.left({"a": 1.0, "b": 1.0}) is None
    estimate.finished("a", 3.0)
    estimate.started("c")
    assert estimate.left({"b": 3.0, "c": 0.0}) == 3.0
    estimate.finished("b", 3.0)
    estimate.finished("d", 0.0)  # given up before it began
    assert estimate.left({"c": 3.0}) == 0.0
    one_long = Estimate(3, {"long": 100.0, "a": 1.0, "b": 1.0})
    one_long.started("long")
    one_long.started("a")
    assert one_long.left({"long": 10.0, "a": 0.0}) == 90.0


@pytest.mark.parametrize(("seconds", "text"), [(3.6, "4 s"), (187, "3:07"), (59.7, "1:00"), (3723, "1:02:03")])
def test_durations_are_read_at_a_glance(seconds: float, text: str) -> None:
    assert duration(seconds) == text
