"""What a benchmark found: rows of a table, as JSON, on the terminal, and as the files that the book shows."""

from __future__ import annotations

import csv
import io
import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

RESULTS = Path("_build/bench")
SHOWN_VERSIONS = ("sphinx", "myst-nb", "mxnet", "numpy", "matplotlib", "ipykernel")


@dataclass(frozen=True)
class Row:
    """One measured figure and what it is compared with."""

    figure: str
    value: float
    unit: str
    other: str
    """What it is compared with."""
    other_value: float
    goal: str = ""
    """What is wanted, e.g. "ratio 0.25"; empty where nothing was promised."""

    @property
    def ratio(self) -> float:
        return self.value / self.other_value if self.other_value else float("inf")


def write(rows: Iterable[Row], name: str) -> None:
    """Write `_build/bench/NAME.json`, below the folder that the benchmark was started in."""
    found = [
        {
            "figure": row.figure,
            "value": round(row.value, 3),
            "unit": row.unit,
            "compared": {"with": row.other, "value": round(row.other_value, 3)},
            "ratio": round(row.ratio, 3),
            **({"goal": row.goal} if row.goal else {}),
        }
        for row in rows
    ]
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", "utf-8")


def show(rows: Iterable[Row]) -> None:
    for row in rows:
        goal = f"  (goal: {row.goal})" if row.goal else ""
        print(f"{row.value:9.2f} {row.unit:3}  {row.figure}{goal}")
        print(f"{row.ratio:9.2f} times {row.other} ({row.other_value:.2f} {row.unit})")


def publish(rows: Iterable[Row], file: Path) -> None:
    """Write the table as comma-separated values."""
    table = [["Figure", "Here", "Compared with", "There", "Ratio", "Goal"]]
    for row in rows:
        values = [f"{value:.{_digits(value)}f} {row.unit}".strip() for value in (row.value, row.other_value)]
        table.append([row.figure, values[0], row.other, values[1], f"{row.ratio:.2f}", row.goal])
    _write_csv(file, table)


def publish_machine(file: Path) -> None:
    """Write what machine it is, with which versions, as comma-separated values."""
    _write_csv(file, _machine())


def _digits(value: float) -> int:
    return 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2


def _machine() -> list[list[str]]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    load = os.getloadavg()[1]
    return [
        ["Processors", f"{os.cpu_count()} ({_processor()})"],
        ["Memory", f"{memory / 1e9:.0f} GB"],
        ["System", f"{platform.system()}, Python {platform.python_version()}"],
        ["Processes that wanted to run when it ended (mean of five minutes)", f"{load:.1f}"],
        *([name, metadata.version(name)] for name in SHOWN_VERSIONS),
    ]


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.machine()


def _write_csv(file: Path, table: Iterable[Iterable[str]]) -> None:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(table)
    file.write_text(stream.getvalue(), "utf-8")
