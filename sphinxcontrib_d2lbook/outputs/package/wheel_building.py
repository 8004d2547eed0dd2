"""Build the wheel and the sdist with `build` and hatchling in this environment: no isolation, no network."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from build import BuildBackendException, BuildException, ProjectBuilder

from ...common.errors import BookError

EPOCH = "315532800"
"""Date of all files in the archives, in seconds since 1970: 1980-01-01, the first day that zip files can express."""


def build_archives(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the wheel and the sdist by file name, equal bytes for equal ``files``. Raise BookError if it fails."""
    with tempfile.TemporaryDirectory(prefix="d2lbook-package-") as name:
        root, out = Path(name, "source"), Path(name, "out")
        for path, content in files.items():
            target = root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            target.chmod(0o644)
        output: list[str] = []
        try:
            builder = ProjectBuilder(root, runner=_Runner(output))
            builder.build("wheel", out)
            builder.build("sdist", out)
        except (BuildException, BuildBackendException, subprocess.SubprocessError) as err:
            last_lines = "\n".join(output[-20:]) or str(err)
            raise BookError(f"the package cannot be built ({err}); the build backend said:\n{last_lines}") from err
        return {path.name: path.read_bytes() for path in sorted(out.iterdir()) if path.suffix in (".whl", ".gz")}


class _Runner:
    """Runner of the build backend's hooks that collects their output and leaves no trace of it in the archives."""

    def __init__(self, output: list[str]) -> None:
        self.output = output

    def __call__(
        self, cmd: Sequence[str], cwd: str | None = None, extra_environ: Mapping[str, str] | None = None
    ) -> None:
        environment = {**os.environ, **(extra_environ or {}), "SOURCE_DATE_EPOCH": EPOCH, "PYTHONHASHSEED": "0"}
        environment.pop("PYTHONPATH", None)
        finished = subprocess.run(
            list(cmd),
            cwd=cwd,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        self.output += finished.stdout.splitlines()
        finished.check_returncode()
