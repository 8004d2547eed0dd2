"""Make the preview's builds, each in a copy of this process, which has imported what builds import.

`python -m sphinxcontrib_d2lbook.commands.preview.warm_process ARGUMENTS...`, where ARGUMENTS are those of
`sphinx-build`. For each line on standard input one build is made, and lines of JSON are written:
`{"stream": "log" | "errors", "text"}` for its output, and finally `{"code", "seconds"}`. Where processes cannot be
forked, each build is a new process.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import IO

import sphinx

from ...execution.kernels.inside.boot import die_with_parent

MAIN = str(Path(sphinx.__file__).parent / "__main__.py")
"""Program name by which a build knows that it is a command of its own."""


class BuildServer:
    """Makes builds by one command line."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._child: int | None = None
        self._imported = False

    def serve(self, orders: IO[str]) -> None:
        """Make a build for each line of ``orders``, until there are no more."""
        signal.signal(signal.SIGTERM, self._end)
        for _ in orders:
            start = time.monotonic()
            code = self._forked() if hasattr(os, "fork") else self._started()
            tell({"code": code, "seconds": round(time.monotonic() - start, 3)})

    def _forked(self) -> int:
        log, errors = os.pipe(), os.pipe()
        with tempfile.NamedTemporaryFile("r", prefix="d2lbook-modules-", encoding="utf-8") as modules:
            parent = os.getpid()
            self._child = os.fork()
            if self._child == 0:
                _build(self._command, log, errors, parent, "" if self._imported else modules.name)
            for pipe in (log, errors):
                os.close(pipe[1])
            pass_on({log[0]: "log", errors[0]: "errors"})
            _, status = os.waitpid(self._child, 0)
            self._child = None
            if not self._imported:
                self._import(modules.read().split())
        return os.waitstatus_to_exitcode(status)

    def _import(self, names: Sequence[str]) -> None:
        """Import the modules that a build has imported, so that later builds find them here."""
        for name in names:
            # A module that cannot be imported alone, for whatever reason, is imported by the builds that need it.
            with contextlib.suppress(Exception):
                importlib.import_module(name)
        self._imported = True
        gc.collect()
        gc.freeze()  # these objects are not garbage, and builds must not copy them to find that out

    def _started(self) -> int:
        with subprocess.Popen(
            [sys.executable, "-m", "sphinx", *self._command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            text, errors = process.communicate()
        tell({"stream": "log", "text": text})
        tell({"stream": "errors", "text": errors})
        return process.returncode

    def _end(self, _number: int, _frame: FrameType | None) -> None:
        """End the running build, which ends its kernels, and then this process."""
        if self._child:
            os.kill(self._child, signal.SIGTERM)
            os.waitpid(self._child, 0)
        os._exit(0)


def _build(command: list[str], log: tuple[int, int], errors: tuple[int, int], parent: int, modules: str) -> None:
    """Make the build in the forked copy, write the names of the modules that it imported to a file, and end."""
    code = 2
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        die_with_parent(parent)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(log[1], 1)
        os.dup2(errors[1], 2)
        for handle in (*log, *errors, nothing):
            os.close(handle)
        sys.argv = [MAIN, *command]
        from sphinx.cmd.build import main

        code = main(command)
        if modules:
            Path(modules).write_text("\n".join(installed_modules()), "utf-8")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def installed_modules() -> list[str]:
    """Return the names of the imported modules that belong to installed distributions, not to a book."""
    ours = str(Path(__file__).parents[2])
    places = (ours, sys.prefix, sys.base_prefix)
    names = []
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.startswith(places) and name != "__main__" and " " not in name:
            names.append(name)
    return names


def pass_on(streams: dict[int, str]) -> None:
    """Pass on each line from these file descriptors, with the name of its stream, until all are closed."""
    with selectors.DefaultSelector() as selector:
        rest = dict.fromkeys(streams, b"")
        for handle in streams:
            selector.register(handle, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                handle = key.fd
                data = os.read(handle, 1 << 16)
                *lines, rest[handle] = (rest[handle] + data).split(b"\n")
                if not data and rest[handle]:
                    lines.append(rest[handle])
                for line in lines:
                    tell({"stream": streams[handle], "text": line.decode("utf-8", "replace") + "\n"})
                if not data:
                    selector.unregister(handle)
                    os.close(handle)


def tell(value: object) -> None:
    """Write a line for the preview."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    BuildServer(sys.argv[1:]).serve(sys.stdin)
