"""What a process prints is read line by line, with and without waiting for pipes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from sphinxcontrib_d2lbook.execution.executors import child_process

PROGRAM = """
import sys
out = sys.stdout
out.write("first\\nsec"); out.flush()
sys.stdin.readline()
out.write("ond\\n" + "long " * 50_000 + "\\n"); out.flush()
"""


@pytest.mark.parametrize("chunks", [child_process._chunks, child_process._chunks_by_thread])
def test_lines_come_whole(chunks: Callable[[int], Iterator[bytes | None]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_process, "_chunks", chunks)
    monkeypatch.setattr(child_process, "PAUSE", 0.01)
    with subprocess.Popen([sys.executable, "-c", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        found = []
        for line in child_process.lines(process):
            found.append(line)
            if line is None and found[-2:] == [b"first", None]:  # nothing comes until it is asked for
                process.stdin.write(b"\n")
                process.stdin.flush()
    assert [line for line in found if line is not None] == [b"first", b"second", b"long " * 50_000]
    assert None in found
