"""What the last build collected, so that a build with the same sources does not collect again."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .. import notebook
from ..common.build_state import PICKLE, StateEntry, StateKind
from ..common.files import digest
from ..notebook import Notebook
from ..notebook.mark_hints import Hint
from .book_package import Library


@lru_cache(maxsize=1)
def _code() -> str:
    """Return a digest of the code that collects, and of the Python whose `ast` it uses."""
    folders = [Path(notebook.__file__).parent, Path(__file__).parent]
    files = [file for folder in folders for file in sorted(folder.glob("*.py"))]
    return digest(sys.version, *(part for file in files for part in (file.name, file.read_bytes())))


COLLECTED = StateKind(
    "collected",
    of="the pages as they were read, the reading order, and the package's checked code",
    stale="another text of any page or of a file that a cell loads, another order, values of `conf.py` that say how "
    "pages are read or what is saved; pages whose own text is the same are not read again",
    codec=PICKLE,
    code=_code,
)


@dataclass(frozen=True)
class CollectionState:
    """The state after a book was collected and found good."""

    key: str
    """Of all that the library is made of: texts, order, values of conf.py."""
    pages: Mapping[str, tuple[str, Notebook]]
    """docname -> digest of the text and of how it is read, and the page."""
    order: list[str]
    library: Library
    loaded: Mapping[str, str]
    """Files that code cells load -> their digests."""
    hints: tuple[Hint, ...] = ()
    """What each build tells of the marks."""


def remember(work: Path, memory: CollectionState) -> None:
    """Keep ``memory`` in the project's work folder. Raises OSError."""
    StateEntry(work, COLLECTED).save(memory.key, memory)


def recall(work: Path) -> CollectionState | None:
    """Return what `remember` kept last, of whatever sources, if it can be used."""
    memory = StateEntry(work, COLLECTED).load()
    return memory if isinstance(memory, CollectionState) else None
