"""Start and command the process that makes the builds of the preview."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from ...common.errors import BookError
from ...execution.store import Store

ENDING = 10.0
"""Seconds in which a build must end its kernels."""


@dataclass(frozen=True)
class Built:
    """Result of a build."""

    code: int
    """Exit code of `sphinx-build`."""
    seconds: float
    warnings: str
    """Warnings of the build, as Sphinx writes them to a file."""
    errors: str
    """Output of the build on its standard error."""
    read: Mapping[Path, str] = field(default_factory=dict)
    """Digests of the sources as the build has read them; empty if it does not tell them."""

    @property
    def summary(self) -> str:
        """Result in one line for the terminal."""
        state = {0: "built", 1: "built, with problems"}.get(self.code, "not built")
        return f"{state} in {self.seconds:.1f} s"


class Observer(Protocol):
    """Receiver of what a build tells while it goes on."""

    def say(self, line: str) -> None:
        """Take a line of the build's log."""

    def show_pages(self) -> None:
        """Take the message that the pages of the website are written, though not all else."""

    def show_running(self, running: Sequence[Mapping[str, Any]]) -> None:
        """Take the cells that run, each as the fields of a `RunningCell`."""


class Builder:
    """Makes one build after the other, in a process that starts at once and imports during the first build."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start the process. ``command`` is the arguments of `sphinx-build`."""
        self._folder = tempfile.TemporaryDirectory(prefix="d2lbook-preview-")
        self._warnings = Path(self._folder.name, "warnings.txt")
        self._command = [sys.executable, "-m", f"{__package__}.warm_process", *command, "-w", str(self._warnings)]
        self._process = self._start()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, "NO_COLOR": "1", "PYTHONUNBUFFERED": "1"},
            # Ctrl-C on the terminal must only reach the preview, which then ends this process.
            start_new_session=True,
        )

    def __enter__(self) -> Builder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        try:
            self._process.wait(ENDING)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._close()
        self._folder.cleanup()

    def _close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):  # an order that the process has not read
                    stream.close()

    def build(self, observer: Observer) -> Built:
        """Make one build, and tell ``observer`` what happens in it. Raise BookError if no process can build.

        A process that has ended, since what it had imported has changed or by a fault, is replaced by another.
        """
        for _ in range(2):
            if built := self._build(observer):
                return built
            code = self._process.wait()
            self._close()
            self._process = self._start()
        raise BookError(
            f"the process that builds for the preview ended twice without a result, with {code}; run `sphinx-build`, "
            "which says more"
        )

    def _build(self, observer: Observer) -> Built | None:
        """Make one build; return None if the process ends without a result."""
        orders, answers = self._process.stdin, self._process.stdout
        if orders is None or answers is None:
            raise BookError("the process that builds for the preview has no pipes; start the preview again")
        self._warnings.unlink(missing_ok=True)
        try:
            orders.write("build\n")
            orders.flush()
        except OSError:  # it has ended
            return None
        errors: list[str] = []
        read: dict[Path, str] = {}
        for line in answers:
            value = json.loads(line)
            if "code" in value:
                warnings = self._warnings.read_text("utf-8") if self._warnings.exists() else ""
                return Built(value["code"], value["seconds"], warnings, "".join(errors), read)
            if value["stream"] == "errors":
                errors.append(value["text"])
            elif value["stream"] == "log":
                observer.say(value["text"].strip())
            else:
                read.update(_take_news(json.loads(value["text"]), observer))
        return None


def _take_news(news: Mapping[str, Any], observer: Observer) -> dict[Path, str]:
    """Tell ``observer`` the news of a build, and return the digests of the sources, if they are among them."""
    if "pages" in news:
        observer.show_pages()
    if "running" in news:
        observer.show_running(news["running"])
    return {Path(name): digest for name, digest in news.get("read", {}).items()}


def written(folder: Path, build: Path) -> set[Path]:
    """Return the files of the project that its pages wrote when they last ran."""
    store = Store(build / "doctrees/d2lbook/execution", complain=lambda _: None)
    return {folder / name for name in store.written()}
