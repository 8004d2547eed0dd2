"""A page that runs tells which cell runs and what it printed last; the build shows that without control characters."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest

from sphinxcontrib_d2lbook.common import build_news
from sphinxcontrib_d2lbook.execution.executors.local import LocalExecutor
from sphinxcontrib_d2lbook.execution.inline_values import value_cell
from sphinxcontrib_d2lbook.execution.printed_line import SHOWN, PrintedLine
from sphinxcontrib_d2lbook.execution.progress_display import QUIET, open_display
from sphinxcontrib_d2lbook.execution.running_cells import RunningCell, running_cell
from sphinxcontrib_d2lbook.execution.schedule import Capacity
from sphinxcontrib_d2lbook.execution.tasks import CellProgress, Result, Started
from sphinxcontrib_d2lbook.testing.executors import make_task
from tests.execution.test_display import Clock, Terminal, opened, terminal

__all__ = ["terminal"]


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        ([], ""),
        (["a\nb\n"], "b"),
        (["a\n", "\n  \n"], "a"),
        (["  0%|   | 0/3", "\r 33%|#  | 1/3", "\r 66%|## | 2/3"], "66%|## | 2/3"),
        (["\rEpoch 2: ", "45%"], "Epoch 2: 45%"),
        (["\x1b[31mred\x1b[0m\x1b[A\x1b]0;title\x07"], "red"),
        (["one\x0ctwo\u2028three"], "three"),
        (["x" * 300], "x" * (SHOWN - 1) + "…"),
        (["first\n" + "y" * 5000 + "\nlast"], "last"),
    ],
)
def test_the_last_line_is_what_a_terminal_shows(pieces: list[str], shown: str) -> None:
    line = PrintedLine()
    for piece in pieces:
        line.add(piece)
    assert line.shown() == shown


def test_a_cell_is_named_by_its_number_among_those_of_the_page(tmp_path: Path) -> None:
    task = make_task("page", tmp_path, "a = 1", "b = 2", "c = 3")
    cells = list(task.notebook["cells"])
    cells.insert(2, value_cell("x", 2, "b"))
    task = make_task("page", tmp_path, *(cell["source"] for cell in cells))
    task.notebook["cells"][2].update(cells[2])
    found = [running_cell(task, CellProgress("page", index, 1.0, "\x9b31m\u202e")) for index in range(4)]
    assert [(cell.cell, cell.cells, cell.source) for cell in found] == [
        (1, 3, "a = 1"),
        (2, 3, "b = 2"),
        (2, 3, "b = 2"),
        (3, 3, "c = 3"),
    ]
    assert found[0].text == "\\x9b31m\\u202e"
    assert [cell.line for cell in found] == [task.lines[index] for index in (0, 1, 1, 3)]


def cell(docname: str, number: int, seconds: float, text: str) -> RunningCell:
    return RunningCell(docname, number, 9, 57, seconds, text, "train()", docname)


def test_a_terminal_shows_the_cell_and_what_it_printed(terminal: Terminal) -> None:
    terminal.width = 60
    clock = Clock()
    with opened(terminal, 1, {}, clock) as display:
        display.started("a")
        clock.now = 10.0
        display.runs(cell("a", 4, 2.0, ""))
        assert terminal.screen()[1] == "     10 s  a, cell 4 of 9 (line 57) for 2 s"
        clock.now = 11.0
        display.runs(cell("a", 4, 3.0, "45%|####"))
        assert terminal.screen()[1] == "     11 s  a, cell 4 of 9 (line 57) for 3 s: 45%|####"
        clock.now = 80.0
        display.tick()
        assert terminal.screen()[1] == "     1:20  a, cell 4 of 9 (line 57) for 1:12: 45%|####"
    assert terminal.screen() == []


def test_a_log_gets_a_line_now_and_then_while_nothing_else_is_said() -> None:
    clock, said = Clock(), []
    with open_display(io.StringIO(), lambda text, *args: said.append(text % args), 9, {}, clock) as display:
        for name in "abcde":
            display.started(name)
            clock.now += 1
        display.runs(cell("a", 4, 2.0, "45%|####"))
        display.tick()
        assert said == []
        clock.now = QUIET
        display.tick()
        display.tick()
        assert said == [
            "[0/9] running: a for 1:00, cell 4 of 9 (line 57) for 57 s: 45%|####; b for 59 s; c for 58 s; 2 more"
        ]
        display.finished("a", "ran", 60.0, "not run before")
        clock.now += QUIET - 1
        display.tick()
        assert len(said) == 2
        clock.now += 1
        display.tick()
        assert said[2] == "[1/9] running: b for 1:59; c for 1:58; d for 1:57; 1 more"
        for name in "bcde":
            display.finished(name, "ran", 60.0, "not run before")
        clock.now += 2 * QUIET
        display.tick()
        assert len(said) == 7, "nothing runs"


def test_the_preview_hears_what_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(build_news, "_listeners", [heard.append])
    clock = Clock()
    with open_display(io.StringIO(), lambda *_: None, 2, {}, clock) as display:
        display.started("a")
        display.started("b")
        display.runs(cell("b", 4, 0.0, "45%"))
        clock.now = 5.0
        display.finished("a", "ran", 1.0, "not run before")
        display.finished("b", "ran", 1.0, "not run before")
    assert [[(one["docname"], one["cell"]) for one in item["running"]] for item in heard] == [
        [("a", 0)],
        [("a", 0), ("b", 0)],
        [("a", 0), ("b", 4)],
        [("b", 4)],
        [],
    ]
    assert (heard[3]["running"][0]["seconds"], heard[3]["running"][0]["text"]) == (5.0, "45%")


def test_a_page_reports_its_cell_and_its_last_line(tmp_path: Path) -> None:
    """The second cell goes on when the first of its lines was reported, so that nothing depends on times."""
    code = (
        "import sys, time\nfrom pathlib import Path\n"
        "sys.stderr.write('\\r 10%\\r 20%'); sys.stderr.flush()\n"
        "while not Path('seen').exists(): time.sleep(0.01)\n"
        "print('\\n\\x1b[1mdone\\x1b[0m')\n"
        "while not Path('over').exists(): time.sleep(0.01)\n"
    )
    task = make_task("page", tmp_path, "1 + 1", code)
    executor = LocalExecutor(tmp_path / "kernels.log", Capacity(1, 1 << 33, ()), "cold")
    events: list[str] = []
    for event in executor.run([task]):
        if isinstance(event, CellProgress):
            assert event.seconds >= 0
            events.append(f"{event.cell} {event.text}")
            if event.text == "20%":
                (tmp_path / "seen").touch()
            if event.text.endswith("done"):
                (tmp_path / "over").touch()
        elif isinstance(event, Started | Result):
            events.append(type(event).__name__)
    assert (events[0], events[-1]) == ("Started", "Result")
    assert [one for one in events if re.search("%|done", one)] == ["1 20%", "1 done"]
