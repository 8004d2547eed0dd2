"""What it costs to decide which pages of a large book must run. Run by `make bench`, not by the tests.

The book is that of bench_library.py, 1,000 pages that save 1,000 functions. Planning is what a build does before it
runs anything: collect and check the saved blocks, follow what each page uses, look at files and versions, and compare
with the stored runs. An executor that runs nothing fills the store. Rows go to `_build/bench/planning.json`.

    --publish FOLDER     also write the table that the book shows
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import rows
from bench_library import PAGES, generate, run
from rows import Row

CHAIN = 20
"""Functions that call each other in a row: a page of such a book uses ten saved functions in the mean."""
EDITED = 985
TURNS = 5
GOAL = "2 CPU s"


class NoExecutor:
    """Gives every page back as it is."""

    def run(self, tasks: Sequence[object]) -> Iterator[object]:
        from sphinxcontrib_d2lbook.execution.tasks import Result, Task

        for task in tasks:
            assert isinstance(task, Task)
            yield Result(task.docname, task.notebook, None, 0.1, None)


def measure(root: Path) -> None:
    """In a process of its own: CPU seconds of planning, and the number of pages that must run; then "run" them."""
    from sphinx.application import Sphinx

    from sphinxcontrib_d2lbook.execution import extension as execution
    from sphinxcontrib_d2lbook.library import extension as library

    spent = 0.0
    collect = library.collect

    def timed(app: Sphinx) -> None:
        nonlocal spent
        start = time.process_time()
        collect(app)
        spent += time.process_time() - start

    library.collect = timed
    app = Sphinx(root / "book", root, root / "_build/out", root / "_build/doctrees", "dummy", status=None)
    app.env.find_files(app.config, app.builder)
    start = time.process_time()
    stale = execution.plan(app, app.env, set(), set(), set())
    spent += time.process_time() - start
    must_run = len(execution.execution(app).session.stale)
    execution._executor = lambda _: NoExecutor()
    execution.run_stale(app, app.env, stale)
    print(json.dumps({"seconds": spent, "stale": must_run}))


def best(root: Path, prepare: Callable[[int], object]) -> dict[str, float]:
    """The cheapest of some builds, each prepared anew: what else the machine does only ever adds to one."""
    found = []
    for turn in range(TURNS):
        prepare(turn)
        found.append(run(root, __file__))
    return min(found, key=lambda cost: cost["seconds"])


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what planning a large book costs.")
    parser.add_argument("--publish", type=Path)
    folder = parser.parse_args().publish
    with tempfile.TemporaryDirectory(prefix="d2lbook-bench-") as name:
        root = Path(name)
        generate(root, CHAIN)
        cold = best(root, lambda _: [shutil.rmtree(root / name, ignore_errors=True) for name in ("_build", "pkg")])
        same = best(root, lambda _: None)
        page = root / "book" / f"page-{EDITED:04}.md"
        text = page.read_text()
        edited = best(root, lambda turn: page.write_text(text.replace("return w\n", f"return w[{turn}:]\n")))
    for found, wanted in ((cold, PAGES), (same, 0), (edited, CHAIN - EDITED % CHAIN)):
        if found["stale"] != wanted:
            raise SystemExit(f"{found['stale']} pages were to run, and not {wanted}")
    found = [
        Row(f"planning {PAGES} pages and {PAGES} saved functions, {case}", cost["seconds"], "s", "the goal", 2.0, GOAL)
        for case, cost in (("cold", cold), ("nothing changed", same), ("one function edited", edited))
    ]
    rows.write(found, "planning")
    rows.show(found)
    if folder:
        rows.publish(found, folder / "bench-planning.csv")


if __name__ == "__main__":
    if len(sys.argv) == 2 and Path(sys.argv[1]).is_dir():
        measure(Path(sys.argv[1]))
    else:
        main()
