"""What a build imports is kept from the collector, but only in the command's own process."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import gc
from sphinxcontrib_d2lbook.common.garbage_collection import imports_kept
before = gc.get_threshold()
with imports_kept({for_good}):
    inside = gc.isenabled()
    kept = [[] for _ in range(1000)]
print(inside, gc.isenabled(), gc.get_freeze_count() > 1000, gc.get_threshold() > before)
"""


def _run(for_good: bool) -> str:
    command = [sys.executable, "-c", PROGRAM.format(for_good=for_good)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_the_command_keeps_its_imports_and_programs_do_not() -> None:
    assert _run(True) == "False True True True"
    assert _run(False) == "True True False False"
