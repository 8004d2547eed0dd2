"""What numbers cost: giving them out, the check that all outputs print the same, and a build that changes nothing.

A generated book (see numbered.py) is built by `-M book` with all outputs; nothing in it runs. Run by `make bench`, not
by the tests. Rows go to `_build/bench/numbering.json`.

    --pages N     size of the book
    --runs N      how often each of the short commands runs; the least of its CPU times counts

The costs of numbering and of the check are clocked inside the build: this file starts it with a clock around the
functions of these rooms (see `CLOCKED`), in the process that reads and in those that write. What they call counts,
once; so does the first import of a library there. The whole, of which they are a share, is the CPU time of all
processes of that build. What Sphinx itself would spend on numbers is in it, as its collector is replaced.

A build that changes nothing is measured in two ways: by the command that was given before, which leaves as soon as it
sees that all files are what they were; and in another shell, with a variable of its own, where each room has to be
asked whether it has something to do. Both are compared with what `sphinx-build` and MyST-NB import before they do
anything. `import sphinx, myst_nb` is measured too; it imports next to nothing, as both load their parts when needed.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numbered
import rows
from rows import Row
from usage import Usage, measure

ROOM = "sphinxcontrib_d2lbook"
NUMBERING = "numbering"
CHECK = "check"
CLOCKED = {
    NUMBERING: (
        "numbering.collector:page_facts",
        "numbering.collector:BookTocTreeCollector.get_updated_docs",
        "numbering.agreement.only_blocks:ConditionsDomain.process_doc",
        "numbering.anchors:PreferLabels.apply",
        "numbering.anchors:KeepLocalLinks.apply",
        "numbering.equations:LabelEnvironments.apply",
        "numbering.extension:warn_of_duplicate_labels",
        "numbering.exercises:SolutionTitles.run",
        "numbering.inventory:InventoryDomain.get_objects",
        "numbering.inventory:ResolveNumbersElsewhere.run",
        "numbering.references:ResolveReferences.run",
        "outputs.book.builder:manifest",
        "outputs.book.pages_to_write:find_unwritten",
        "outputs.book.pages_to_write:record_views",
    ),
    CHECK: ("outputs.book.gate:check_numbers",),
}
"""Share of the cost -> the functions, as module and name within it."""
IMPORTS = "import sphinx.cmd.build, myst_nb.sphinx_"
NAMES = "import sphinx, myst_nb"
GOAL_SHARE = 0.05
GOAL_NOTHING = 1.5
EDITED = 3


class Clock:
    """Adds up the CPU time of functions, for each share; what runs within another of them counts for that one."""

    def __init__(self, tally: str) -> None:
        # Each line is one write to the end of the file, so that processes do not disturb each other.
        self.tally = os.open(tally, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        self.running = False

    def around(self, share: str, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def clocked(*given: Any, **named: Any) -> Any:
            if self.running:
                return function(*given, **named)
            self.running = True
            start = time.process_time()
            try:
                found = function(*given, **named)
                return list(found) if isinstance(found, Iterator) else found
            finally:
                spent = time.process_time() - start
                self.running = False
                os.write(self.tally, f"{share} {name} {spent}\n".encode())

        return clocked


def build_clocked(tally: str, arguments: Sequence[str]) -> int:
    """Run `sphinx-build` in this process, and note in ``tally`` what it spends on numbers."""
    from sphinx.cmd.build import main as sphinx_build

    clock = Clock(tally)
    for share, names in CLOCKED.items():
        for place in names:
            module, _, path = place.partition(":")
            owner: Any = importlib.import_module(f"{ROOM}.{module}")
            *outer, name = path.split(".")
            for part in outer:
                owner = getattr(owner, part)
            setattr(owner, name, clock.around(share, path, getattr(owner, name)))
    return sphinx_build(list(arguments))


def spent(tally: Path) -> dict[str, dict[str, float]]:
    """Share -> function -> CPU seconds."""
    found: dict[str, dict[str, float]] = {share: {} for share in CLOCKED}
    with contextlib.suppress(FileNotFoundError):
        for line in tally.read_text("utf-8").splitlines():
            share, name, seconds = line.split()
            found[share][name] = found[share].get(name, 0.0) + float(seconds)
    tally.unlink(missing_ok=True)
    return found


BUILD = ("-M", "book", "book", "_build", "-c", ".")
NUMBERS_JSON = "_build/book/numbers.json"


class Book:
    """The generated book in a folder."""

    def __init__(self, folder: Path, pages: int) -> None:
        self.folder = folder
        self.log = folder.with_suffix(".log")
        numbered.write_book(folder, pages)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "D2LBOOK"))}
        self.shells = 0
        self.environment = {**kept, "NO_COLOR": "1"}

    def run(self, *command: str, **variables: str) -> Usage:
        used = measure([sys.executable, *command], self.folder, {**self.environment, **variables}, self.log)
        if used.code:
            raise SystemExit(f"{command} ended with {used.code}:\n{self.log.read_text('utf-8')[-3000:]}")
        return used

    def clocked(self) -> tuple[Usage, dict[str, dict[str, float]]]:
        tally = self.folder / "tally"
        used = self.run(str(Path(__file__).resolve()), "--inside", str(tally), *BUILD)
        return used, spent(tally)

    def build(self) -> Usage:
        """The command, as given before."""
        return self.run("-m", "sphinx", *BUILD)

    def build_elsewhere(self) -> Usage:
        """The command in a shell that differs from all before."""
        self.shells += 1
        return self.run("-m", "sphinx", *BUILD, BENCH_SHELL=str(self.shells))

    def says(self, words: str) -> None:
        if words not in self.log.read_text("utf-8"):
            raise SystemExit(f"the build did not say {words!r}; see {self.log}")


def shares(case: str, used: Usage, costs: dict[str, dict[str, float]]) -> list[Row]:
    """The rows of one clocked build."""
    total = sum(sum(parts.values()) for parts in costs.values())
    whole = "all processes of that build"
    goal = f"ratio {GOAL_SHARE}"
    return [
        Row(f"{case}: numbering and check, CPU", total, "s", whole, used.cpu, goal),
        Row(f"{case}: numbering, CPU", sum(costs[NUMBERING].values()), "s", whole, used.cpu),
        Row(f"{case}: check, CPU", sum(costs[CHECK].values()), "s", whole, used.cpu),
    ]


def show_parts(costs: dict[str, dict[str, float]]) -> None:
    for share, parts in costs.items():
        for name, seconds in sorted(parts.items(), key=lambda part: -part[1]):
            print(f"    {seconds:7.3f} s  {share}: {name}")


def least(runs: int, *commands: Callable[[], Usage]) -> list[float]:
    """The least CPU time of each command; they run in turns, so that a busy machine slows all alike."""
    used = [[command().cpu for command in commands] for _ in range(runs)]
    return [min(column) for column in zip(*used, strict=True)]


def bench(folder: Path, pages: int, runs: int) -> list[Row]:
    book = Book(folder, pages)
    found = []
    case = f"{pages} pages, all outputs, cold"
    print(case, flush=True)
    used, costs = book.clocked()
    if len(json.loads((folder / NUMBERS_JSON).read_text("utf-8"))["numbers"]) < 10 * pages:
        raise SystemExit("the book has fewer numbers than it should")
    show_parts(costs)
    found += shares(case, used, costs)
    for case, edit in (
        ("prose of one page edited", numbered.edit_prose),
        ("a section inserted", numbered.insert_section),
    ):
        edit(folder, EDITED)
        print(case, flush=True)
        used, costs = book.clocked()
        show_parts(costs)
        found += shares(case, used, costs)
    print("nothing changed", flush=True)
    book.build()  # which keeps the stamp of this command, and not that of the clocked one
    elsewhere, imports, names = least(
        runs, book.build_elsewhere, lambda: book.run("-c", IMPORTS), lambda: book.run("-c", NAMES)
    )
    book.build()
    (same,) = least(runs, book.build)
    book.says("nothing has changed since the last build")
    goal = f"ratio {GOAL_NOTHING}"
    for compared, seconds in ((IMPORTS, imports), (NAMES, names)):
        other = f'python -c "{compared}"'
        found.append(Row("nothing changed, the same command, CPU", same, "s", other, seconds, goal))
        found.append(Row("nothing changed, in another shell, CPU", elsewhere, "s", other, seconds, goal))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what numbers and builds without changes cost.")
    parser.add_argument("--pages", type=int, default=150)
    parser.add_argument("--runs", type=int, default=3)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="d2lbook-bench-") as name:
        found = bench(Path(name, "book"), wanted.pages, wanted.runs)
    rows.write(found, "numbering")
    rows.show(found)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        sys.exit(build_clocked(sys.argv[2], sys.argv[3:]))
    main()
