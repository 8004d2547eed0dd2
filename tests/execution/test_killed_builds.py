"""Builds that are killed, interrupted or run beside each other: the next one is as good as the first, and clean."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from typing import Any

import psutil
import pytest

from sphinxcontrib_d2lbook.execution.store import Store
from tests.conftest import take_interrupts

pytestmark = pytest.mark.long

PAGES = ("one", "two", "three", "four")
PATIENCE = 60.0
"""Seconds after which a process that should end is taken to hang."""


def write(project: Any, page: Any, version: int) -> None:
    """The book in a version, of which every output tells."""
    project.write({"index.md": "# Book\n\n```{toctree}\n" + "\n".join(PAGES) + "\n```\n"})
    for name in PAGES:
        cell = f"import time\ntime.sleep(0.2)\nprint('{name} in version {version} ' * 500)"
        project.write({f"{name}.md": page(f"# {name}\n\n```{{code-cell}}\n{cell}\n```\n")})


def start(project: Any) -> subprocess.Popen[str]:
    """A build as the leader of a process group, as a shell starts it."""
    project._write_conf()
    command = [sys.executable, "-m", "sphinx", "-M", "html", "book", "_build", "-c", "."]
    return subprocess.Popen(
        command,
        cwd=project.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=take_interrupts,
    )


def wait_until_clear(left: Any, mark: str) -> None:
    """The kernels' process notices that the build is gone, and needs a moment for its own end."""
    end = time.monotonic() + PATIENCE
    _reap()
    while (found := left(mark)) and time.monotonic() < end:
        time.sleep(0.05)
        _reap()
    assert found == []


def _reap() -> None:
    """Orphans of the killed build are children of this process, which stands for the system's first one."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def check_store(project: Any) -> set[str]:
    """Names of all entries, each of which is whole."""
    said: list[str] = []
    store = Store(project.build_folder / "doctrees" / "d2lbook" / "execution", complain=said.append)
    found = set()
    for path in (store.folder / "entries").glob("*/*.json"):
        store.load(path)
        found.add(path.stem)
    for name in PAGES:
        assert {run.key for run in store.runs(name)} <= found
    assert said == []
    return found


def shown(project: Any, version: int) -> bool:
    """Whether all pages show the outputs of a version."""
    html = project.build_folder / "html"
    return all(f"{name} in version {version}" in (html / f"{name}.html").read_text("utf-8") for name in PAGES)


@pytest.fixture
def book(project: Any, page: Any, mark: str) -> Any:
    project.conf += "d2lbook_execution_jobs = 2\n"
    write(project, page, 0)
    return project


def test_a_build_that_was_killed_leaves_no_kernel_and_no_wrong_entry(
    book: Any, page: Any, mark: str, left: Any
) -> None:
    began = time.monotonic()
    assert book.run("html").returncode == 0
    usual = time.monotonic() - began
    chance = random.Random(4)
    before = check_store(book)
    for version in range(1, 5):
        write(book, page, version)
        build = start(book)
        time.sleep(usual * (0.25 * version - chance.uniform(0, 0.2)))
        os.killpg(build.pid, signal.SIGKILL)
        build.communicate(timeout=PATIENCE)
        wait_until_clear(left, mark)
        after = check_store(book)
        assert before <= after, "an entry was lost"
        before = after
    done = book.run("html")
    assert done.returncode == 0, done.stdout + done.stderr
    assert shown(book, 4)
    check_store(book)
    wait_until_clear(left, mark)


@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.exhaustive)])
def test_however_builds_end_the_next_is_right(book: Any, page: Any, mark: str, left: Any, rounds: int) -> None:
    """One build, or two at once, of which each is killed, interrupted or told to end at any moment."""
    began = time.monotonic()
    assert book.run("html").returncode == 0
    usual = time.monotonic() - began
    chance = random.Random(rounds)
    for version in range(1, rounds + 1):
        write(book, page, version)
        builds = [start(book) for _ in range(chance.choice((1, 1, 2)))]
        for build in builds:
            time.sleep(chance.uniform(0, usual))
            with contextlib.suppress(ProcessLookupError):  # it has come to its end
                os.killpg(build.pid, chance.choice((signal.SIGKILL, signal.SIGINT, signal.SIGTERM)))
        for build in builds:
            build.communicate(timeout=PATIENCE)
        wait_until_clear(left, mark)
        check_store(book)
        if version % 5 == 0:
            done = book.run("html")
            assert done.returncode == 0, done.stdout + done.stderr
            assert shown(book, version)


def test_ctrl_c_stops_the_kernels_and_keeps_what_was_done(book: Any, mark: str, left: Any) -> None:
    book.write({"four.md": (book.source / "four.md").read_text().replace("sleep(0.2)", "sleep(600)")})
    build = start(book)
    assert build.stdout is not None
    for line in build.stdout:
        if line.startswith("[3/4]"):
            break
    build.send_signal(signal.SIGINT)
    try:
        build.communicate(timeout=PATIENCE / 2)
    except subprocess.TimeoutExpired:  # Python drops an interrupt that comes while a destructor runs: press again
        build.send_signal(signal.SIGINT)
        build.communicate(timeout=PATIENCE)
    assert build.returncode != 0
    wait_until_clear(left, mark)
    assert len(check_store(book)) == 3


def test_when_what_runs_pages_is_killed_the_build_says_so_and_the_next_is_right(
    book: Any, mark: str, left: Any
) -> None:
    waits = "import subprocess\nsubprocess.Popen(['sleep', '611'], start_new_session=True)\n"
    waits += "while not __import__('os').path.exists('go'): time.sleep(0.05)"
    book.write({"four.md": (book.source / "four.md").read_text().replace("time.sleep(0.2)", waits)})
    build = start(book)
    assert build.stdout is not None
    for line in build.stdout:
        if line.startswith("[3/4]"):
            break
    own = psutil.Process(build.pid).children()
    next(process for process in own if "sphinxcontrib_d2lbook.execution.runner" in process.cmdline()).kill()
    text, _ = build.communicate(timeout=PATIENCE)
    assert build.returncode == 2, text
    assert "the notebooks cannot run: the process that holds the kernels ended with -9 before 1 pages were done" in text
    assert "Traceback" not in text
    wait_until_clear(left, mark)
    assert len(check_store(book)) == 3
    (book.source / "go").touch()
    done = book.run("html")
    assert done.returncode == 0, done.stderr
    assert shown(book, 0)
    assert left(mark) == []


def test_two_builds_at_once_lose_nothing(book: Any, mark: str, left: Any) -> None:
    """Of one book, each with its own output, into one store."""
    book._write_conf()
    command = [sys.executable, "-m", "sphinx", "-b", "html", "book", "-c", ".", "-d", "_build/doctrees"]
    builds = [
        subprocess.Popen(
            [*command, f"_build/{name}"], cwd=book.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for name in ("html", "other")
    ]
    texts = [build.communicate(timeout=2 * PATIENCE)[0] for build in builds]
    assert [build.returncode for build in builds] == [0, 0], texts
    assert shown(book, 0)
    assert len(check_store(book)) == 4
    assert left(mark) == []
