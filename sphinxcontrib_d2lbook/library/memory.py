"""What the last build collected, so that a build with the same sources does not collect again.

One file beside the doctrees. Its first line names the code and the Python that wrote it, the second is a checksum of
the rest: a file of another version, or one that a crash or a disk has spoiled, is passed over before it is unpickled.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .. import garbage, notebook
from ..files import digest, write_if_changed
from ..notebook import Notebook
from .library import Library

PROTOCOL = 5


@dataclass(frozen=True)
class Memory:
    """The state after a book was collected and found good."""

    key: str
    """Of all that the library is made of: texts, order, values of conf.py."""
    pages: Mapping[str, tuple[str, Notebook]]
    """docname -> digest of the text and of how it is read, and the page."""
    order: list[str]
    library: Library
    loaded: Mapping[str, str]
    """Files that code cells load -> their digests."""


@lru_cache(maxsize=1)
def _version() -> str:
    """Of the code that collects, and of the Python whose `ast` it uses."""
    folders = [Path(notebook.__file__).parent, Path(__file__).parent]
    files = [file for folder in folders for file in sorted(folder.glob("*.py"))]
    return digest(sys.version, *(part for file in files for part in (file.name, file.read_bytes())))


def remember(file: Path, memory: Memory) -> None:
    """Raises OSError."""
    payload = pickle.dumps(memory, PROTOCOL)
    write_if_changed(file, f"{_version()}\n{digest(payload)}\n".encode() + payload)


def recall(file: Path) -> Memory | None:
    """What `remember` wrote last, if it can be used."""
    try:
        content = file.read_bytes()
    except OSError:
        return None
    version, _, rest = content.partition(b"\n")
    checksum, _, payload = rest.partition(b"\n")
    if version.decode("ascii", "replace") != _version() or checksum.decode("ascii", "replace") != digest(payload):
        return None
    with garbage.paused():
        memory = pickle.loads(payload)
    return memory if isinstance(memory, Memory) else None
