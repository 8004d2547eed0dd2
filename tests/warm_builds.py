"""Run `sphinx-build` in a fork of a process that has imported all it needs: most of a small build's time are imports.

One such process serves all builds of a process of tests. What is imported there was imported with the environment of
the tests; a build whose environment has other variables for Python gets a process of its own.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import runpy
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NoReturn

from sphinxcontrib_d2lbook.testing.executors import MARK

PRELOADED = (
    "sphinx.cmd.build",
    "sphinx.cmd.make_mode",
    "sphinxcontrib_d2lbook.elements.extension",
    "sphinxcontrib_d2lbook.execution.extension",
    "sphinxcontrib_d2lbook.outputs.book.extension",
)


def sphinx_build(
    options: Sequence[str | Path], folder: Path, environment: Mapping[str, str] | None = None, *, warm: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run `python -m sphinx` with options in a folder, and return what it printed, without colours, and its code.

    A process that is not ``warm`` is a new one.
    """
    command = [sys.executable, "-m", "sphinx", *map(str, options)]
    environment = {**(os.environ if environment is None else environment), "NO_COLOR": "1"}
    if not warm or not hasattr(os, "fork") or _of_python(environment) != _of_python(os.environ):
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, env=environment)
    with tempfile.TemporaryDirectory() as outputs:
        request = {"options": command[3:], "folder": str(folder), "environment": environment, "outputs": outputs}
        server = _server(tuple(sorted(_of_python(environment).items())))
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        out, err = (Path(outputs, name).read_text("utf-8") for name in ("out", "err"))
    return subprocess.CompletedProcess(command, code, out, err)


def _of_python(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith("PYTHON")}


@cache
def _server(variables: tuple[tuple[str, str], ...]) -> subprocess.Popen[str]:
    """Return the process that serves builds; it ends with this one, which holds its standard input."""
    command = [sys.executable, "-m", __name__]
    # It outlives the tests that look whether a build has left a process with their mark.
    environment = {name: value for name, value in os.environ.items() if name != MARK}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen(command, text=True, cwd=Path(__file__).parents[1], env=environment, **pipes)


def _serve() -> None:
    for name in PRELOADED:
        __import__(name)
    gc.collect()
    gc.freeze()  # so that forks share the memory
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _build(**json.loads(line))
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def _build(options: list[str], folder: str, environment: dict[str, str], outputs: str) -> NoReturn:
    """Be the process of one build."""
    for name, number in (("out", 1), ("err", 2)):
        file = os.open(Path(outputs, name), os.O_WRONLY | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.path[0] = folder
    sys.argv = ["sphinx", *options]
    code: object = 0
    try:
        runpy.run_module("sphinx", run_name="__main__", alter_sys=True)
    except SystemExit as err:
        code = err.code
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
    raise SystemExit(code)


if __name__ == "__main__":
    _serve()
