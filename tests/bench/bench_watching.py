"""What it costs to see what a page reads. Run by `make bench`, not by the tests.

A page's code runs in a process of its own, once as it is and once observed as a kernel is: by the audit hook, by the
tracer of the programs that it starts, and with all that was noted read at the end. The two alternate, and the medians
of their CPU seconds, all processes together, are compared. The pages are one as books have them, which imports a
library, trains and draws, and two that do nothing else than what costs most to observe: they open a thousand files, or
start forty programs. Rows go to `_build/bench/watching.json`. An observed run that has not seen every file ends the
benchmark with an error.

    --turns N            runs of each
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import generated
import rows
from rows import Row
from usage import measure

FILES, PROGRAMS = 1000, 40
OPENS = "for number in range({count}):\n    with open(f'data/{{number}}.txt') as stream:\n        stream.read()\n"
STARTS = (
    "import subprocess\n"
    "for number in range({count}):\n"
    "    subprocess.run(['cat', f'data/{{number}}.txt'], capture_output=True, check=True)\n"
)
PAGES: Mapping[str, tuple[str, int]] = {
    "a page that trains and draws": ("", 0),
    f"a page that opens {FILES:,} files": (OPENS.format(count=FILES), FILES),
    f"a page that starts {PROGRAMS} programs": (STARTS.format(count=PROGRAMS), PROGRAMS),
}
"""Title -> its code, and how many files it reads."""


def usual() -> str:
    """Return the code of a page as the generated book has it, with what it uses of the package in front."""
    restore = [generated.NAMES, generated.RESTORE, generated.CALL]
    lines = [*restore, *(cell for cell in generated.cells(1) if generated.PACKAGE not in cell)]
    return "\n".join(lines).replace(f"book.rate_{1 // generated.GROUP}(step)", "0.05")


def run(code: Path, folder: Path, observed: str) -> None:
    """Run the code in a copy of this process, as warm kernels are, and say how many files it was seen to read."""
    from sphinxcontrib_d2lbook.execution.kernels import tracer_process
    from sphinxcontrib_d2lbook.execution.kernels.access_log import read_log, settings
    from sphinxcontrib_d2lbook.execution.kernels.inside import boot

    os.chdir(folder)
    with tempfile.TemporaryDirectory(prefix="d2lbook-bench-") as name:
        log = Path(name, "opened.jsonl")
        tracer = tracer_process.Tracer(Path(name)) if observed == "yes" else None
        page = os.fork()
        if page == 0:
            if tracer is not None:
                given = settings(str(folder), (name,), log, 0, trace=tracer.address)
                boot.observe(json.loads(given["D2LBOOK_KERNEL"]))
            exec(compile(code.read_text("utf-8"), str(code), "exec"), {"__name__": "__main__"})
            os._exit(0)
        if os.waitpid(page, 0)[1]:
            raise SystemExit("the page failed")
        if tracer is not None:
            seen = read_log(log, folder)
            tracer.close()
            print("seen", sum(file.startswith("data/") for file in seen.reads))


def cpu(code: Path, folder: Path, observed: str, files: int) -> float:
    """Return the CPU seconds of one run. Raises SystemExit where it failed, or has not seen every file."""
    log = code.with_suffix(".log")
    command = [sys.executable, str(Path(__file__).resolve()), "--run", str(code), str(folder), observed]
    used = measure(command, folder, {**os.environ, "MPLBACKEND": "agg"}, log)
    said = log.read_text("utf-8")
    if used.code or (observed == "yes" and f"seen {files}\n" not in said):
        raise SystemExit(f"the run ended with {used.code}:\n{said[-2000:]}")
    return used.cpu


def compare(title: str, text: str, files: int, turns: int, place: Path) -> Row:
    """Run a page so often in turn, observed and not, and return the row of its medians."""
    folder = place / "project"
    (folder / "data").mkdir(parents=True, exist_ok=True)
    for number in range(files):
        (folder / f"data/{number}.txt").write_text(f"{number}\n", "utf-8")
    code = place / "page.py"
    code.write_text(text or usual(), "utf-8")
    spent: dict[str, list[float]] = {"yes": [], "no": []}
    for _ in range(turns):
        for observed, values in spent.items():
            values.append(cpu(code, folder, observed, files))
    here, there = (statistics.median(values) for values in spent.values())
    return Row(f"{title}, observed", here, "CPU s", "the same page, not observed", there)


def main() -> None:
    """Measure each page, and write and show the rows."""
    parser = argparse.ArgumentParser(description="Measure what it costs to see what a page reads.")
    parser.add_argument("--turns", type=int, default=7)
    parser.add_argument("--run", nargs=3, metavar=("CODE", "FOLDER", "OBSERVED"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        code, folder, observed = given.run
        run(Path(code), Path(folder), observed)
        return
    table = []
    for title, (text, files) in PAGES.items():
        with tempfile.TemporaryDirectory(prefix="d2lbook-bench-") as name:
            table.append(compare(title, text, files, given.turns, Path(name).resolve()))
    rows.show(table)
    rows.write(table, "watching")


if __name__ == "__main__":
    main()
