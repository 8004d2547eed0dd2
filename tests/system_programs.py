"""Leave out, and name at the end, the tests whose programs the machine does not have. A plugin of pytest.

A test says by its marker what it needs beside Python. Where the variable `CI` is set nothing is left out: the run ends.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from typing import Any

import pytest

NEEDS = {
    "browser": ("Chromium", ("chromium",)),
    "firefox": ("Firefox", ("firefox-esr|firefox",)),
    "latex": ("LaTeX", ("latexmk", "xelatex", "xdvipdfmx", "makeindex")),
    "poppler": ("poppler-utils", ("pdftotext",)),
}
"""Marker -> what it stands for, and its programs; of names with `|` between them, one suffices."""
REMEDY = "On Debian and Ubuntu, `sudo bash .ci/system-packages` installs what is missing; then run the tests again."
KEY = "tests_not_run"
not_run: Counter[str] = Counter()
"""Marker -> how many tests were left out, in this process or in its workers."""


def absent() -> dict[str, str]:
    """Return the markers whose programs are missing, each with a phrase that names them."""
    missing = {
        marker: [program for program in programs if not any(map(shutil.which, program.split("|")))]
        for marker, (_, programs) in NEEDS.items()
    }
    return {marker: f"{NEEDS[marker][0]} ({', '.join(names)})" for marker, names in missing.items() if names}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    lacking = absent()
    if not lacking:
        return
    if "CI" in os.environ:
        raise pytest.UsageError(f"this machine lacks {', '.join(lacking.values())}, and CI runs all tests. {REMEDY}")
    out = [(item, next((name for name in lacking if item.get_closest_marker(name)), "")) for item in items]
    items[:] = [item for item, marker in out if not marker]
    not_run.clear()
    not_run.update(marker for _, marker in out if marker)
    config.hook.pytest_deselected(items=[item for item, marker in out if marker])


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the process that has started this worker of pytest-xdist."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput[KEY] = dict(not_run)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker tells: each of them has collected the same tests."""
    not_run.update(Counter(node.workeroutput.get(KEY, {})) - not_run if hasattr(node, "workeroutput") else {})


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not not_run:
        return
    terminalreporter.section("not run", yellow=True)
    lacking = absent()
    for marker, count in sorted(not_run.items()):
        tests = "1 test" if count == 1 else f"{count} tests"
        terminalreporter.write_line(f"{tests} of {lacking.get(marker, NEEDS[marker][0])}")
    terminalreporter.write_line(REMEDY)
