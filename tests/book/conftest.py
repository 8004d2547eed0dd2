"""What the tests of the book share."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def with_d2l() -> Callable[..., Any]:
    """Return a function that runs code and gives the value that it leaves in `result`.

    The code runs in a process of its own, because MXNet changes NumPy, and in `folder`.
    """

    def run(code: str, folder: Path = ROOT / "book") -> Any:
        program = "\n".join(
            [
                "import json, numpy",
                "from d2l import mxnet as d2l",
                "from d2l.mxnet import np, npx",
                textwrap.dedent(code),
                "print(json.dumps(result))",
            ]
        )
        done = subprocess.run(
            [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{program}"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    return run
