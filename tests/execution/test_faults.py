"""One book in which each page does another kind of harm: each is told at its line, and nothing is left of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.long

FRONT = "---\nfile_format: mystnb\nkernelspec: {{name: python3}}\n{options}---\n# {title}\n\n"
BEFORE = "```{code-cell}\nfirst = 1\n```\n\n"
CELL = "```{{code-cell}}\n{source}\n```\n"
CONF = """
d2lbook_cell_timeout = 15
d2lbook_output_limit = 20000
d2lbook_execution_jobs = 4
"""


@dataclass(frozen=True)
class Fault:
    """What a page does in its second cell, and what is said of it: "" where it does no harm."""

    source: str
    says: str = ""
    line: int = 1
    """Within the cell."""
    options: str = ""
    cold: bool = False
    """Whether it is tried in kernels that start from nothing, too."""


FAULTS: Mapping[str, Fault] = {
    "raises": Fault("x = 1\nraise ValueError('bad luck')", "ValueError: bad luck", 2),
    "interrupts": Fault("raise KeyboardInterrupt", "KeyboardInterrupt"),
    "input": Fault("input('? ')", "StdinNotImplementedError: "),
    "endless": Fault(
        "import signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: time.sleep(1)",
        "TimeoutError: the cell took longer than 15 seconds; see d2lbook_cell_timeout",
        cold=True,
    ),
    "slow": Fault(
        "import time\ntime.sleep(600)",
        "TimeoutError: the page took longer than 6 seconds; see d2lbook_page_timeout, or `timeout:`",
        options="d2lbook: {timeout: 6}\n",
    ),
    "killed": Fault("import os, time\nos.kill(os.getpid(), 9)\ntime.sleep(9)", "DeadKernel: .* of signal 9 .SIGKILL"),
    "os-exit": Fault("import os\nos._exit(3)", "DeadKernel: the kernel died with exit code 3", cold=True),
    "sys-exit": Fault("import sys\nsys.exit(3)", "SystemExit: 3"),
    "exit": Fault("exit()", "KernelExit: the cell ended the kernel"),
    "quit": Fault("quit()", "KernelExit: the cell ended the kernel"),
    "segfault": Fault("import ctypes\nctypes.string_at(0)", "DeadKernel: .* of signal 11 .SIGSEGV"),
    "memory": Fault(
        "held = []\nwhile True: held.append(bytearray(10**7))",
        r"MemoryLimitExceeded: the kernel held [\d.]+ GB, and may hold 0.5 GB; let the page use less",
        options="d2lbook: {memory: 500MB}\n",
    ),
    "prints": Fault("while True: print('x' * 1000)", "OutputLimitExceeded: the cell printed more than 20000"),
    "prints-at-once": Fault("print('x' * 10**9)", "OutputLimitExceeded: the cell printed more than 20000"),
    "writes": Fault("import os\nwhile True: os.write(1, b'x' * 10**5)", "OutputLimitExceeded: .* more than 20000"),
    "program-prints": Fault(
        "import subprocess\nsubprocess.run('head -c 10000000 /dev/zero', shell=True)",
        "OutputLimitExceeded: the cell gave more than 20000",
        cold=True,
    ),
    "displays": Fault(
        "while True: display({'application/json': {'a': 'x' * 10**4}}, raw=True)", "OutputLimitExceeded: .* than 20000"
    ),
    "binary": Fault("import os\nos.write(1, bytes(range(256)) * 9)\nprint('after')"),
    "closes": Fault("import sys\nsys.stdout.close()\nprint('lost')", "ValueError: I/O operation on closed file", 3),
    "closes-handles": Fault("import os\nos.close(1)\nos.close(2)"),
    "moves": Fault("import os\nos.chdir('/')"),
    "loop": Fault("import asyncio\nasyncio.run(asyncio.sleep(0))", "RuntimeError: .*running event loop", 2),
    "new-loop": Fault(
        "import asyncio, threading\nt = threading.Thread(target=asyncio.run, args=[asyncio.sleep(0)])\nt.start()"
    ),
    "thread": Fault("import threading, time\nthreading.Thread(target=time.sleep, args=[600]).start()"),
    "daemon-threads": Fault(
        "import threading, time\nthreading.Thread(target=time.sleep, args=[600], daemon=True).start()"
    ),
    "pool": Fault("import multiprocessing as m\npool = m.get_context('fork').Pool(2)\nprint(pool.map(abs, [-1]))"),
    "child": Fault("import subprocess\nchild = subprocess.Popen(['sleep', '601'])", "left .*: sleep 601"),
    "daemon": Fault(
        "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
        "        os.execvp('sleep', ['sleep', '602'])\n    os._exit(0)\n_ = os.wait()",
        "left .*: sleep 602",
        cold=True,
    ),
    "fork": Fault(
        "import multiprocessing as m, time\nm.get_context('fork').Process(target=time.sleep, args=[603]).start()",
        "left .*: a fork of the kernel",
    ),
    "dies-with-child": Fault(
        "import os, subprocess, time\nchild = subprocess.Popen(['sleep', '604'])\nos._exit(4)", "with exit code 4"
    ),
    "good": Fault("print('all is ' + 'well')", cold=True),
}


@dataclass(frozen=True)
class Built:
    """What was said, in which files, and what is left."""

    code: int
    text: str
    html: Path
    left: list[str]
    pages: Mapping[str, Fault]


@pytest.fixture(scope="module", params=["warm", "cold"])
def built(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, mark: str, left: Any, new_project: Any
) -> Built:
    pages = {name: fault for name, fault in FAULTS.items() if request.param == "warm" or fault.cold}
    project = new_project(tmp_path_factory.mktemp(request.param))
    project.conf += CONF + f"d2lbook_kernels = {request.param!r}\n"
    project.write({"index.md": "# Book\n\n```{toctree}\n" + "\n".join(pages) + "\n```\n"})
    project.write(
        {
            f"{name}.md": FRONT.format(options=fault.options, title=name)
            + BEFORE
            + CELL.format(source=fault.source)
            + "\n"
            + CELL.format(source="'the ' + 'end'")
            for name, fault in pages.items()
        }
    )
    done = project.run("html")
    return Built(done.returncode, done.stdout + done.stderr, project.build_folder / "html", left(mark), pages)


def test_the_build_ends_and_says_that_pages_failed(built: Built) -> None:
    assert built.code == 1, built.text
    failed = [name for name, fault in built.pages.items() if fault.says and not fault.says.startswith("left")]
    assert f"{len(failed)} of {len(built.pages)} pages failed" in built.text


def test_each_fault_is_told_at_its_line(built: Built) -> None:
    wrong = []
    for name, fault in built.pages.items():
        first = 11 + fault.options.count("\n")
        place = re.escape(f"book/{name}.md:{first + fault.line if fault.says else ''}")
        if not fault.says:
            wrong += [name] if re.search(place, built.text) else []
        elif not re.search(f"{place}: WARNING: [^\n]*{fault.says}", built.text):
            wrong.append(name)
    assert not wrong, built.text


def test_all_pages_are_written_and_those_without_fault_came_to_their_end(built: Built) -> None:
    for name, fault in built.pages.items():
        html = (built.html / f"{name}.html").read_text(encoding="utf-8")
        assert ("the end" in html) == (not fault.says or fault.says.startswith("left")), name
    assert "all is well" in (built.html / "good.html").read_text(encoding="utf-8")


def test_nothing_is_left_running(built: Built) -> None:
    assert built.left == []
