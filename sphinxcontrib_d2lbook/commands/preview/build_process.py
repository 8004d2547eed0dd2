"""Start and command the process that makes the builds of the preview."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

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

    @property
    def summary(self) -> str:
        """Result in one line for the terminal."""
        state = {0: "built", 1: "built, with problems"}.get(self.code, "not built")
        return f"{state} in {self.seconds:.1f} s"


class Builder:
    """Makes one build after the other, in a process that starts at once and imports during the first build."""

    def __init__(self, command: Sequence[str]) -> None:
        """Start the process. ``command`` is the arguments of `sphinx-build`."""
        self._folder = tempfile.TemporaryDirectory(prefix="d2lbook-preview-")
        self._warnings = Path(self._folder.name, "warnings.txt")
        self._process = subprocess.Popen(
            [sys.executable, "-m", f"{__package__}.warm_process", *command, "-w", str(self._warnings)],
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
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._folder.cleanup()

    def build(self, say: Callable[[str], None]) -> Built:
        """Make one build, and pass each line of its log to ``say``. Raise BookError if the process is gone."""
        orders, answers = self._process.stdin, self._process.stdout
        if orders is None or answers is None:
            raise BookError("the process that builds for the preview has no pipes; start the preview again")
        self._warnings.unlink(missing_ok=True)
        try:
            orders.write("build\n")
            orders.flush()
        except OSError as err:
            raise BookError(
                f"the process that builds for the preview is gone ({err}); start the preview again"
            ) from err
        errors: list[str] = []
        for line in answers:
            value = json.loads(line)
            if "code" in value:
                warnings = self._warnings.read_text("utf-8") if self._warnings.exists() else ""
                return Built(value["code"], value["seconds"], warnings, "".join(errors))
            if value["stream"] == "errors":
                errors.append(value["text"])
            else:
                say(value["text"].strip())
        raise BookError(
            f"the process that builds for the preview ended with {self._process.wait()}; start the preview again"
        )


def written(folder: Path, build: Path) -> set[Path]:
    """Return the files of the project that its pages wrote when they last ran."""
    store = Store(build / "doctrees/d2lbook/execution", complain=lambda _: None)
    return {folder / name for name in store.written()}
