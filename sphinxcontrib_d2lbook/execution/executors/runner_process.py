"""Start the process that holds the kernels on this machine; it runs execution/runner.py."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from ..plot_style import write_settings


def write_request(value: Mapping[str, Any], scratch: Path, name: str = "request.json") -> Path:
    """Write what the process has to do to a file in its folder; return the file."""
    file = scratch / name
    file.write_text(json.dumps({**value, "scratch": str(scratch)}), "utf-8")
    return file


def start(
    request: Path, log: IO[bytes], environment: Mapping[str, str], folder: str | None = None
) -> subprocess.Popen[bytes]:
    """Start the process with a file of `write_request`, the variables of the build, and its working folder.

    It removes the folder of the request when it ends.
    """
    return subprocess.Popen(
        [sys.executable, "-m", "sphinxcontrib_d2lbook.execution.runner", str(request)],
        stdin=subprocess.PIPE,  # closed by the system when the build ends, however it ends
        stdout=subprocess.PIPE,
        stderr=log,
        env=_environment(environment, request.parent),
        cwd=folder,
        start_new_session=True,  # Ctrl-C reaches the build, which then stops the kernels
    )


def build_environment() -> dict[str, str]:
    """Return the variables of this process without PYTEST_CURRENT_TEST.

    With that, ipykernel would not show what programs print.
    """
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


def _environment(environment: Mapping[str, str], scratch: Path) -> dict[str, str]:
    """Return the environment of the process, and write the settings of Matplotlib and IPython to ``scratch``.

    IPython may write to its configuration folder, so that it gets one of its own and not the author's.
    """
    return {
        **environment,
        **write_settings(scratch),
        "JUPYTER_RUNTIME_DIR": str(scratch / "run"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
