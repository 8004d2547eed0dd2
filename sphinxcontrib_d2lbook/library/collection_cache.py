"""Remember what the last build collected, so that a build of the same sources does not collect again."""

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
    stale="another text of any page or of a file that a cell loads or a page includes, another order, values of "
    "`conf.py` that say how pages are read or what is saved; pages whose own texts are the same are not read again",
    codec=PICKLE,
    code=_code,
)


@dataclass(frozen=True)
class CollectionState:
    """Result of collecting and checking a book."""

    key: str
    """Digest of everything that the library depends on: texts, order, values of conf.py."""
    pages: Mapping[str, tuple[str, Notebook]]
    """Pages by docname, each with a digest of its text and of the options that say how it is read."""
    order: list[str]
    library: Library
    loaded: Mapping[str, str]
    """Digests of the files that code cells load and pages include, by path; "" for those that cannot be read."""
    hints: tuple[Hint, ...] = ()
    """Hints about marks, which each build prints."""


def remember(work: Path, memory: CollectionState) -> None:
    """Save ``memory`` in the project's work folder. Raise OSError if that fails."""
    StateEntry(work, COLLECTED).save(memory.key, memory)


def recall(work: Path) -> CollectionState | None:
    """Return the state that `remember` saved last, from whatever sources; None if there is none that can be used."""
    memory = StateEntry(work, COLLECTED).load()
    return memory if isinstance(memory, CollectionState) else None
