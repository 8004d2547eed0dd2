"""What Python keeps in a process is made ready for those that it forks."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from sphinxcontrib_d2lbook.upstream.python import compile_patterns, compiled_patterns

PROGRAM = """
import sys
from importlib import metadata
from sphinxcontrib_d2lbook.upstream.python import remember_entry_points
before = sorted(map(str, metadata.entry_points()))
assert not list(metadata.entry_points(group="test.group"))
remember_entry_points()
assert sorted(map(str, metadata.entry_points())) == before
import pathlib
folder = pathlib.Path(sys.argv[1], "new-1.0.dist-info")
folder.mkdir()
(folder / "METADATA").write_text("Name: new")
(folder / "entry_points.txt").write_text("[test.group]\\nname = module:object\\n")
sys.path.insert(0, sys.argv[1])
reads = []
plain = pathlib.Path.read_text
pathlib.Path.read_text = lambda path, *args, **more: reads.append(path.name) or plain(path, *args, **more)
assert [point.dist.name for point in metadata.entry_points(group="test.group")] == ["new"]
assert reads.count("entry_points.txt") == 1, reads
assert [point.value for point in metadata.entry_points(group="test.group")] == ["module:object"]
assert reads.count("entry_points.txt") == 1, reads
"""


def test_entry_points_are_read_once_and_new_ones_are_seen(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", PROGRAM, str(tmp_path)], check=True, timeout=60)


def test_patterns_of_one_process_are_ready_in_another() -> None:
    pattern = r"some(thing)? for this test \d+"
    re.compile(pattern, re.IGNORECASE)
    known = compiled_patterns()
    assert (pattern, int(re.IGNORECASE)) in known
    re.purge()
    compile_patterns([*known, ("(", 0)])
    assert (pattern, int(re.IGNORECASE)) in compiled_patterns()
