"""How long an edit of prose takes until the preview shows it. Run by `make bench`, not by the tests.

The book is that of numbered.py, of which nothing runs. A page is edited several times; the time is from the file's
writing to the moment when the server has the new page and says so to the browsers. It is compared with the command
`sphinx-build -M html` after the same edit. Rows go to `_build/bench/preview.json`. A page without the new words ends
the benchmark with an error.

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
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numbered
import rows
from rows import Row

PAGE = 7
GOAL = "1.5 s"
COMMAND = [sys.executable, "-c", "from sphinxcontrib_d2lbook.commands.main import main; raise SystemExit(main())"]


def edit(folder: Path, turn: int) -> str:
    """Add a sentence to the page; return it."""
    words = f"Sentence of turn {turn}."
    file = folder / "book" / f"{numbered.name(PAGE)}.md"
    text = file.read_text("utf-8")
    file.write_text(text.replace("## Summary\n", f"## Summary\n\n{words}\n", 1), "utf-8")
    return words


def check(page: str, words: str) -> None:
    """Raise SystemExit where a page does not show what was written."""
    if words not in page:
        raise SystemExit(f"the page does not show {words!r}")


def states(address: str) -> Iterator[dict[str, Any]]:
    """Yield what the preview tells its browsers."""
    with urllib.request.urlopen(f"{address}_preview/events") as stream:
        for line in stream:
            if line.startswith(b"data: "):
                yield json.loads(line[6:])


def previewed(folder: Path, turns: int) -> list[float]:
    """Return the seconds of each edit in the preview."""
    found = []
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
            events = states(address)
            number = wait(events, 0)
            for turn in range(turns + 1):  # the first finds modules that are not imported yet
                words = edit(folder, turn)
                start = time.monotonic()
                number = wait(events, number)
                found.append(time.monotonic() - start)
                with urllib.request.urlopen(f"{address}{numbered.name(PAGE)}.html") as answer:
                    check(answer.read().decode(), words)
        finally:
            process.terminate()
    return found[1:]


def wait(events: Iterator[dict[str, Any]], number: int) -> int:
    """Wait for the end of the build behind that of a number; return its number. Raises SystemExit where it failed."""
    for state in events:
        if not state["building"] and state["number"] > number:
            if state["code"]:
                raise SystemExit(f"a build ended with {state['code']}: {state['messages']}")
            return int(state["number"])
    raise SystemExit("the preview has ended")


def commanded(folder: Path, turns: int) -> list[float]:
    """Return the seconds of the command after each edit."""
    found = []
    for turn in range(turns):
        words = edit(folder, 100 + turn)
        start = time.monotonic()
        command = [sys.executable, "-m", "sphinx", "-M", "html", "book", "_build", "-c", ".", "-q"]
        subprocess.run(command, cwd=folder, check=True)
        found.append(time.monotonic() - start)
        check((folder / "_build/html" / f"{numbered.name(PAGE)}.html").read_text("utf-8"), words)
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
        preview = statistics.median(previewed(folder, given.turns))
        command = statistics.median(commanded(folder, given.turns))
    figure = f"an edit of prose in the preview, {given.pages} pages"
    table = [Row(figure, preview, "s", "sphinx-build -M html", command, f"under {GOAL}")]
    rows.show(table)
    rows.write(table, "preview")


if __name__ == "__main__":
    main()
