"""How long an edit takes until the preview shows it. Run by `make bench`, not by the tests.

The book is that of numbered.py, of which nothing runs, with one more page that has a cell. Edits are of prose on one
page, and of the cell. The time is from the file's writing to the moment when the preview tells browsers that the page
has changed. That of prose is compared with the command `sphinx-build -M html` after the same edit; from that of the
cell, the time that the cell itself takes is subtracted. Rows go to `_build/bench/preview.json`. A page without the new
words ends the benchmark with an error.

    --pages N            size of the book
    --turns N            edits of each
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numbered
import rows
from rows import Row

PAGE = numbered.name(7)
CELLS = "cells"
SLEEP = 0.5
"""Seconds that the cell takes."""
SETTLED = 2.0
"""Seconds that an author pauses between a build and the next edit, in which the preview makes itself ready."""
GOAL = "1.5 s"
COMMAND = [sys.executable, "-c", "from sphinxcontrib_d2lbook.commands.main import main; raise SystemExit(main())"]


def edit(folder: Path, turn: int) -> str:
    """Add a sentence to a page; return it."""
    words = f"Sentence of turn {turn}."
    file = folder / "book" / f"{PAGE}.md"
    text = file.read_text("utf-8")
    file.write_text(text.replace("## Summary\n", f"## Summary\n\n{words}\n", 1), "utf-8")
    return words


def edit_cell(folder: Path, turn: int) -> str:
    """Write the page with a cell that prints words; return them."""
    code = f"import time\ntime.sleep({SLEEP})\nprint('cell', 'of turn', {turn})"
    front = numbered.FRONT.replace("---\n", "---\norphan: true\n", 1)
    (folder / "book" / f"{CELLS}.md").write_text(f"{front}# Cells\n\n```{{code-cell}}\n{code}\n```\n", "utf-8")
    return f"cell of turn {turn}"


def check(page: str, words: str) -> None:
    """Raise SystemExit where a page does not show what was written."""
    if words not in page:
        raise SystemExit(f"the page does not show {words!r}")


def states(address: str, page: str) -> Iterator[dict[str, Any]]:
    """Yield what the preview tells a browser that shows a page."""
    with urllib.request.urlopen(f"{address}_preview/events?page={page}.html") as stream:
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


def previewed(folder: Path, turns: int) -> tuple[list[float], list[float]]:
    """Return the seconds of each edit of prose in the preview, and of each edit of the cell."""
    with subprocess.Popen(
        [*COMMAND, "preview", "--port", "0"], cwd=folder, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        try:
            for line in process.stdout or ():
                if line.startswith("preview: "):
                    address = line.split()[1]
                    break
            else:
                raise SystemExit("the preview did not begin")
            prose = [measured(folder, address, PAGE, edit, turn) for turn in range(turns + 1)]
            cells = [measured(folder, address, CELLS, edit_cell, turn) for turn in range(turns + 1)]
        finally:
            process.terminate()
    return prose[1:], cells[1:]  # the first finds modules that are not imported yet


def measured(folder: Path, address: str, page: str, edit_page: Callable[[Path, int], str], turn: int) -> float:
    """Edit a page when nothing is built; return the seconds until the preview tells that it has changed."""
    events = states(address, page)
    before = next(state for state in events if not state["building"])
    if before["code"]:
        raise SystemExit(f"a build ended with {before['code']}: {before['messages']}")
    time.sleep(SETTLED)
    words = edit_page(folder, turn)
    start = time.monotonic()
    next(state for state in events if not state["writing"] and state["version"] != before["version"])
    seconds = time.monotonic() - start
    with urllib.request.urlopen(f"{address}{page}.html") as answer:
        check(answer.read().decode(), words)
    return seconds


def commanded(folder: Path, turns: int) -> list[float]:
    """Return the seconds of the command after each edit."""
    found = []
    for turn in range(turns):
        words = edit(folder, 100 + turn)
        start = time.monotonic()
        command = [sys.executable, "-m", "sphinx", "-M", "html", "book", "_build", "-c", ".", "-q"]
        subprocess.run(command, cwd=folder, check=True)
        found.append(time.monotonic() - start)
        check((folder / "_build/html" / f"{PAGE}.html").read_text("utf-8"), words)
    return found


def main() -> None:
    """Measure, and write and show the row."""
    parser = argparse.ArgumentParser(description="Measure how long an edit takes until the preview shows it.")
    parser.add_argument("--pages", type=int, default=150)
    parser.add_argument("--turns", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="d2lbook-bench-") as name:
        folder = Path(name).resolve() / "project"
        numbered.write_book(folder, given.pages)
        edit_cell(folder, -1)
        with (folder / "conf.py").open("a", encoding="utf-8") as conf:
            conf.write('nb_execution_mode = "auto"\n')
        prose, cells = map(statistics.median, previewed(folder, given.turns))
        command = statistics.median(commanded(folder, given.turns))
    book = f"in the preview, {given.pages} pages"
    table = [
        Row(f"an edit of prose {book}", prose, "s", "sphinx-build -M html", command, f"under {GOAL}"),
        Row(f"an edit of a cell {book}, beyond its time", cells - SLEEP, "s", "the cell", SLEEP, f"under {GOAL}"),
    ]
    rows.show(table)
    rows.write(table, "preview")


if __name__ == "__main__":
    main()
