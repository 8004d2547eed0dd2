"""Describe the cell of a page that runs now, for its author."""

from __future__ import annotations

from dataclasses import dataclass

from ..common.terminal_text import for_terminal
from .inline_values import is_value
from .tasks import CellProgress, Task


@dataclass(frozen=True)
class RunningCell:
    """Cell that runs, as it is shown."""

    docname: str
    """Docname, with the framework of a page that runs in several."""
    cell: int
    """Number of the code cell, from 1; 0 while the kernel starts."""
    cells: int
    """Number of the page's code cells."""
    line: int
    """1-based line of the page's source at which the cell's code begins."""
    seconds: float
    """Seconds since the cell began."""
    text: str
    """Line that the cell printed last, safe to print on a terminal; "" for none."""
    source: str
    """Code of the cell."""
    page: str
    """Docname of the page on which the cell stands."""

    @property
    def place(self) -> str:
        """Cell and line in words; "" while the kernel starts."""
        return f"cell {self.cell} of {self.cells} (line {self.line})" if self.cell else ""


def starting(docname: str, page: str) -> RunningCell:
    """Return what is shown of a page whose first cell has not begun."""
    return RunningCell(docname, 0, 0, 0, 0.0, "", "", page)


def running_cell(task: Task, progress: CellProgress) -> RunningCell:
    """Return what is shown of a cell. One that evaluates an expression of the text stands for the cell before it."""
    cells = task.notebook["cells"]
    code = [index for index, cell in enumerate(cells) if cell["cell_type"] == "code" and not is_value(cell)]
    number = sum(index <= progress.cell for index in code)
    index = code[number - 1] if number else progress.cell
    return RunningCell(
        progress.docname,
        max(1, number),
        len(code),
        task.lines[index],
        progress.seconds,
        for_terminal(progress.text),
        str(cells[index]["source"]),
        task.page,
    )
