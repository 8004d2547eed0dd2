"""Make the preview's builds, each in a copy of this process, which has imported what builds import.

`python -m sphinxcontrib_d2lbook.commands.preview.warm_process ARGUMENTS...`, where ARGUMENTS are those of
`sphinx-build`. For each line on standard input one build is made, and lines of JSON are written:
`{"stream": "log" | "errors" | "news", "text"}` for its output and its news (see `forked_build.py`), and finally
`{"code", "seconds"}`.

Between builds this process imports the modules, compiles the patterns and loads the environment that the last build has
used, so that the next one begins with all of them. It also starts the process that will hold the kernels, with what the
last build expects the next one to run (see execution/executors/standby.py). If a module that it has imported is another
one now, since something was installed or a file of this project was edited, it ends, and the preview starts another.
Where processes cannot be forked, each build is a new process.
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
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from types import FrameType
from typing import IO, Any

from ...common.installed_distributions import stamp
from ...execution.executors import standby
from ...execution.kernels.inside.boot import die_with_parent
from ...upstream.python import compile_patterns, remember_entry_points
from ...upstream.sphinx.environment import ENVIRONMENT, LoadedEnvironment, load_environment, use_loaded
from . import forked_build

TOLD = ("pages", "running", "read")
"""News for the preview; all others are for this process."""


class BuildServer:
    """Makes builds by one command line."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = list(command)
        self._child: int | None = None
        self._loaded: LoadedEnvironment | None = None
        # The command is that of `sphinx-build -M NAME SOURCE BUILD`, which keeps the environment there.
        self._environment = Path(self._command[3], "doctrees", ENVIRONMENT)
        self._files = module_files()
        self._installed = stamp()
        self._standby: standby.Standby | None = None

    def serve(self, orders: IO[str]) -> None:
        """Make a build for each line of ``orders``, until there are no more or a module has changed."""
        signal.signal(signal.SIGTERM, self._end)
        remember_entry_points()
        try:
            for _ in orders:
                if module_files(self._files) != self._files or stamp() != self._installed:
                    return
                start = time.monotonic()
                news: dict[str, Any] = {}
                code = self._forked(news) if hasattr(os, "fork") else self._started()
                tell({"code": code, "seconds": round(time.monotonic() - start, 3)})
                self._prepare(news)
        finally:
            if self._standby:
                self._standby.close()

    def _forked(self, news: dict[str, Any]) -> int:
        """Make a build in a forked process, put its last news into ``news``, and return its exit code."""
        pipes = {"log": os.pipe(), "errors": os.pipe(), "news": os.pipe()}
        parent = os.getpid()
        self._child = os.fork()
        if self._child == 0:
            try:
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                die_with_parent(parent)
                _connect(pipes)
                if self._loaded:
                    use_loaded(self._loaded)
                forked_build.run(self._command, pipes["news"][1])
            finally:
                os._exit(2)
        for _, writer in pipes.values():
            os.close(writer)
        for name, line in lines_of({reader: name for name, (reader, _) in pipes.items()}):
            if name != "news":
                tell({"stream": name, "text": line})
                continue
            item = json.loads(line)
            news.update(item)
            if "taken" in item and self._standby:
                self._standby.leave()
            tell({"stream": name, "text": json.dumps({key: item[key] for key in TOLD if key in item})})
        _, status = os.waitpid(self._child, 0)
        self._child = None
        return os.waitstatus_to_exitcode(status)

    def _prepare(self, news: Mapping[str, Any]) -> None:
        """Make ready what the last build has used, so that the next ones find it here."""
        for name in news.get("modules", ()):
            # A module that cannot be imported alone, for whatever reason, is imported by the builds that need it.
            with contextlib.suppress(Exception):
                importlib.import_module(name)
        self._files = {**module_files(), **self._files}
        if news:
            from ...upstream.pygments import prepare_lexers

            compile_patterns((text, flags) for text, flags in news.get("patterns", ()))
            prepare_lexers((module, name) for module, name in news.get("lexers", ()))
        metadata.entry_points(group="sphinx.builders")  # reads those of all groups
        self._load_environment()
        self._stand_by(news)

    def _stand_by(self, news: Mapping[str, Any]) -> None:
        """Start the process for the kernels of the next build, unless one waits already for what is expected."""
        expected = standby.Expected.from_json(news["expected"]) if "expected" in news else None
        if self._standby and (news.get("taken") or (expected and expected != self._standby.expected)):
            self._standby.close()
            self._standby = None
        if self._standby is None and expected:
            with contextlib.suppress(OSError):  # the build then starts it, and says what is wrong
                self._standby = standby.Standby(expected)
        standby.offer(self._standby)

    def _load_environment(self) -> None:
        """Load the environment that the last build has written, in place of the one before."""
        loaded = load_environment(self._environment, self._loaded)
        if loaded is self._loaded:
            return
        self._loaded = loaded
        gc.unfreeze()  # an environment refers to itself, so that only the collector can remove the one before
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
        if self._standby:
            self._standby.close()
        os._exit(0)


def _connect(pipes: Mapping[str, tuple[int, int]]) -> None:
    """Connect the standard streams of a forked process; only the pipe of news stays beside them."""
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(pipes["log"][1], 1)
    os.dup2(pipes["errors"][1], 2)
    for handle in (nothing, *pipes["log"], *pipes["errors"], pipes["news"][0]):
        os.close(handle)


def module_files(among: Mapping[str, Any] | None = None) -> dict[str, tuple[int, int, int] | None]:
    """Return time, size and inode of the files of all imported modules, or of the files ``among``; None if gone."""
    if among is None:
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        among = dict.fromkeys(file for file in files if isinstance(file, str))
    states: dict[str, tuple[int, int, int] | None] = {}
    for file in among:
        try:
            status = Path(file).stat()
        except OSError:
            states[file] = None
        else:
            states[file] = (status.st_mtime_ns, status.st_size, status.st_ino)
    return states


def lines_of(streams: Mapping[int, str]) -> Iterator[tuple[str, str]]:
    """Yield each line from these file descriptors, with the name of its stream, until all are closed."""
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
                    yield streams[handle], line.decode("utf-8", "replace") + "\n"
                if not data:
                    selector.unregister(handle)
                    os.close(handle)


def tell(value: object) -> None:
    """Write a line for the preview."""
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    try:
        BuildServer(sys.argv[1:]).serve(sys.stdin)
    except BrokenPipeError:  # The preview has ended in the middle of a build, which ends with this process.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None
