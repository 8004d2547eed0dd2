"""What the tests of the book share."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def d2l_forks() -> Iterator[subprocess.Popen[str]]:
    """A process that has imported the package: of what a small piece of code takes, that is most."""
    program = Path(__file__).with_name("d2l_forks.py")
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, str(program)], text=True, bufsize=1, **pipes) as process:
        yield process


@pytest.fixture
def with_d2l(d2l_forks: subprocess.Popen[str], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Return a function that runs code and gives the value that it leaves in `result`.

    The code runs in a process of its own, because MXNet changes NumPy, and in `folder`.
    """

    def run(code: str, folder: Path = ROOT / "book") -> Any:
        outputs = tmp_path_factory.mktemp("code")
        files = {name: str(outputs / name) for name in ("code", "printed", "result")}
        Path(files["code"]).write_text(textwrap.dedent(code), "utf-8")
        request = {"folder": str(folder), **files}
        assert d2l_forks.stdin is not None
        assert d2l_forks.stdout is not None
        d2l_forks.stdin.write(json.dumps(request) + "\n")
        end = d2l_forks.stdout.readline().strip()
        printed = Path(files["printed"])
        assert end == "0", printed.read_text("utf-8") if printed.exists() else f"its process ended with {end}"
        return json.loads(Path(files["result"]).read_text("utf-8"))

    return run
