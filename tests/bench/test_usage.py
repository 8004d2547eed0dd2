"""The benchmark counts every process that a command starts, however it ends and whoever inherits it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

USAGE = Path(__file__).parent / "usage.py"
BUSY = "import time\nwhile time.process_time() < 0.3: pass\n"
KILLED = f"""
import os, signal, sys
child = os.fork()
if child == 0:
    grandchild = os.fork()
    if grandchild == 0:
        exec({BUSY!r})
    else:
        os.waitid(os.P_PID, grandchild, os.WEXITED | os.WNOWAIT)  # it has ended, and nobody has asked for it
    os.kill(os.getpid(), signal.SIGKILL)
os._exit(3)  # before any of them
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the benchmark needs Linux")
def test_orphans_of_a_killed_process_count(tmp_path: Path) -> None:
    result = tmp_path / "usage.json"
    subprocess.run([sys.executable, str(USAGE), str(result), sys.executable, "-c", KILLED], check=True, env=os.environ)
    found = json.loads(result.read_text("utf-8"))
    assert found["code"] == 3
    assert found["cpu"] > 0.3
    assert found["memory"] > 1e6
