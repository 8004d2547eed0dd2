"""What it costs to build a book of many notebooks, here and with other tools. Run by `make bench`, not by the tests.

One generated book (see generated.py) is built as HTML by each contender in turn: cold, again with nothing changed, and
after a change of prose on one page; with this project also after a change of a saved function. Then this project builds
larger books. Each build is a command of its own, measured with all its descendants (see usage.py). Rows go to
`_build/bench/execution.json`. A build that does not show every page's output, that starts a kernel for a change of
prose, or that runs other pages than those that use the changed function, ends the benchmark with an error.

    --pages N            size of the book that all contenders build
    --only NAME ...      of ours, myst-nb, jupyter-book
    --sizes N ...        of the books that only this project builds
    --publish FOLDER     also write the tables that the book shows

"CPU beyond the cells' own work" is the CPU time of the whole cold build, less that of own_work.py, by the number of
notebooks. So it holds all of what a build does besides: Sphinx, imports, the start of kernels, drawing a figure once
more than the page asks for, and the memory that a copied kernel copies. Equal work takes more CPU time while the other
processors work too, since they share caches and memory: so the cells are run as the tool runs them, alone for those
that run one notebook at a time, and one process for each processor for this project.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import contenders
import generated
import rows
from contenders import Contender
from rows import Row
from usage import Usage, measure

import sphinxcontrib_d2lbook

EDITED_PAGE = 7
EDITED_GROUP = 1


@dataclass(frozen=True)
class Costs:
    """What one contender's builds cost."""

    cold: Usage
    same: Usage
    prose: Usage
    function: Usage | None = None
    """None where nothing says which pages a saved function concerns."""


class Wrong(SystemExit):
    """A build did not do what is being measured."""


def build(contender: Contender, folder: Path) -> Usage:
    log = folder.with_suffix(".log")
    used = measure(contender.command, folder, contender.environment(folder), log)
    print(f"  {contender.name}: {used.wall:.1f} s, {used.cpu:.1f} CPU s, {used.memory / 1e6:.0f} MB", flush=True)
    if used.code:
        raise Wrong(f"{contender.name} ended with {used.code}:\n{log.read_text('utf-8')[-3000:]}")
    return used


def cold_build(contender: Contender, folder: Path, pages: int) -> Usage:
    """Build a fresh book; every page must show what its cells print and draw."""
    folder.mkdir()
    contender.write(folder, pages)
    used = build(contender, folder)
    for n in range(pages):
        text = (contenders.site(folder, contender) / f"{generated.name(n)}.html").read_text("utf-8")
        if f"loss of page {n}:" not in text or '.png"' not in text:
            raise Wrong(f"{contender.name} shows page {n} without its outputs; see {folder.with_suffix('.log')}")
    return used


def compete(contender: Contender, folder: Path, pages: int) -> Costs:
    cold = cold_build(contender, folder, pages)
    same = build(contender, folder)
    generated.edit_prose(folder / "book", EDITED_PAGE)
    if contender.name != "ours":
        return Costs(cold, same, build(contender, folder))
    kernels = folder / "_build/doctrees/d2lbook/kernels.log"
    before = kernels.stat().st_mtime_ns
    prose = build(contender, folder)
    if _ran(folder) or kernels.stat().st_mtime_ns != before:
        raise Wrong("a change of prose started kernels")
    generated.edit_function(folder / "book", EDITED_GROUP)
    function = build(contender, folder)
    wanted = generated.dependants(EDITED_GROUP, pages)
    if (ran := _ran(folder)) != wanted:
        raise Wrong(f"one saved function was edited: {sorted(ran)} ran, and not {sorted(wanted)}")
    return Costs(cold, same, prose, function)


def _ran(folder: Path) -> set[str]:
    """The pages that ran in the last build, by its report."""
    report = json.loads((folder / "_build/book/report.json").read_text("utf-8"))
    return {name for name, page in report["pages"].items() if page["execution"] == "ran"}


def own_work(folder: Path, pages: int, at_once: int) -> float:
    """CPU seconds of the cells alone, in so many processes at a time."""
    command = [sys.executable, str(Path(__file__).parent / "own_work.py"), str(folder)]
    bounds = [pages * part // at_once for part in range(at_once + 1)]
    processes = [
        subprocess.Popen(
            [*command, str(start), str(end)],
            stdout=subprocess.PIPE,
            text=True,
            env=dict(contenders.ours().environment(folder)),
        )
        for start, end in pairwise(bounds)
    ]
    texts = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        raise Wrong("the cells alone could not be run")
    return sum(float(text.rpartition("own work: ")[2]) for text in texts)


def against(ours: Costs, other: Costs, name: str, pages: int, goals: Mapping[str, str]) -> list[Row]:
    """The rows of one comparison."""
    found = []
    for case, here, there in (
        (f"cold build of {pages} notebooks", ours.cold, other.cold),
        ("nothing changed", ours.same, other.same),
        ("prose edited on one page", ours.prose, other.prose),
    ):
        found.append(Row(f"{case}, CPU", here.cpu, "s", name, there.cpu, goals.get(f"{case.split()[0]} CPU", "")))
        found.append(Row(f"{case}, wall", here.wall, "s", name, there.wall, goals.get(f"{case.split()[0]} wall", "")))
    memory = f"cold build of {pages} notebooks, peak memory"
    return [*found, Row(memory, ours.cold.memory / 1e6, "MB", name, other.cold.memory / 1e6)]


GOALS = {
    "cold CPU": "ratio 0.25",
    "cold wall": "ratio 0.25",
    "nothing CPU": "ratio 0.5",
    "prose CPU": "ratio 1.0, no kernel",
}


def table(costs: Mapping[str, Costs], work: float, alone: float, pages: int) -> list[Row]:
    """``work`` is the cells' own where each processor has some, ``alone`` where only one has."""
    found = []
    ours = costs.get("ours")
    if ours is None:
        return []
    others = [(name, other) for name, other in costs.items() if name != "ours"]
    for name, other in others:
        found += against(ours, other, name, pages, GOALS if name == "myst-nb" else {})
        found.append(
            Row(
                "CPU beyond the cells' own work, for a notebook",
                (ours.cold.cpu - work) / pages,
                "s",
                name,
                (other.cold.cpu - alone) / pages,
                "0.25 s" if name == "myst-nb" else "",
            )
        )
    found.append(Row("cells of a notebook, CPU", work / pages, "s", "one at a time", alone / pages))
    found.append(Row("cells of a notebook, CPU", work / pages, "s", "whole cold build", ours.cold.cpu / pages))
    if ours.function is not None:
        wanted = len(generated.dependants(EDITED_GROUP, pages))
        figure = "one saved function edited: pages that ran"
        found.append(Row(figure, wanted, "", "pages that use it", wanted, "exactly those"))
        found.append(Row("one saved function edited, CPU", ours.function.cpu, "s", "cold build", ours.cold.cpu))
    return found


def growth(sizes: Sequence[int], folder: Path, first: Usage, pages: int) -> Iterator[list[Row]]:
    """This project alone, with larger and larger books, against the smallest of them: rows for each larger book."""
    least, *larger = sorted(sizes) or [pages]
    base = first if least == pages else _size(folder, least)
    for size in larger:
        used = first if size == pages else _size(folder, size)
        yield [
            Row(f"{size} notebooks, CPU a notebook", used.cpu / size, "s", f"{least}", base.cpu / least),
            Row(f"{size} notebooks, wall a notebook", used.wall / size, "s", f"{least}", base.wall / least),
            Row(f"{size} notebooks, peak memory", used.memory / 1e6, "MB", f"{least}", base.memory / 1e6),
        ]


def _size(folder: Path, size: int) -> Usage:
    used = cold_build(contenders.ours(), folder / f"size-{size}", size)
    shutil.rmtree(folder / f"size-{size}", ignore_errors=True)
    return used


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what building a book of many notebooks costs.")
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--only", nargs="+", default=["ours", "myst-nb", "jupyter-book"])
    parser.add_argument("--sizes", nargs="*", type=int, default=[40, 200, 1000])
    parser.add_argument("--publish", type=Path)
    wanted = parser.parse_args()
    if wanted.pages <= EDITED_PAGE:
        parser.error(f"--pages must be more than {EDITED_PAGE}: that page is edited")
    make = {
        "ours": contenders.ours,
        "myst-nb": contenders.plain,
        "jupyter-book": lambda: contenders.jupyter_book(rows.RESULTS.resolve()),
    }
    # As pip does with what it installs: nobody compiles modules while a build of theirs is measured.
    compileall.compile_dir(Path(sphinxcontrib_d2lbook.__file__).parent, quiet=1)
    costs: dict[str, Costs] = {}
    with tempfile.TemporaryDirectory(prefix="d2lbook-bench-") as name:
        folder = Path(name)
        generated.write_package(folder / "own" / generated.PACKAGE, wanted.pages)
        alone = own_work(folder / "own", wanted.pages, 1)
        work = own_work(folder / "own", wanted.pages, os.cpu_count() or 1)
        for tool in wanted.only:
            print(f"{tool}, {wanted.pages} notebooks", flush=True)
            costs[tool] = compete(make[tool](), folder / tool, wanted.pages)
            # What is there already outlives an interruption.
            report(table(costs, work, alone, wanted.pages), wanted.publish)
        if "ours" in costs:
            found = table(costs, work, alone, wanted.pages)
            for more in growth(wanted.sizes, folder, costs["ours"].cold, wanted.pages):
                found += more
                report(found, wanted.publish)


def report(found: Sequence[Row], folder: Path | None) -> None:
    rows.write(found, "execution")
    rows.show(found)
    if folder:
        rows.publish(found, folder / "bench.csv")
        rows.publish_machine(folder / "bench-machine.csv")


if __name__ == "__main__":
    main()
