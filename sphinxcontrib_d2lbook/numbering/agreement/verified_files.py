"""Files that were found right by an earlier build: the same bytes, against the same table, are not read again."""

from __future__ import annotations

from pathlib import Path

from ...common import pdf_reading
from ...common.build_state import StateEntry, StateKind
from ...common.files import digest
from ...common.installed_distributions import stamp
from .expected_numbers import ExpectedNumbers

AGREED = StateKind(
    "agreement",
    of="the files of one builder that print the numbers of the table, by digests of their contents",
    stale="another table of numbers, other addresses of pages, another reader of files; of one file, another content",
)


class VerifiedFiles:
    """Names of files and digests of their contents. A difference is never remembered."""

    def __init__(self, work: Path, name: str, table: ExpectedNumbers, *others: str) -> None:
        """``name`` is that of a builder; ``others``: whatever else than the table a verdict depends on."""
        self.entry = StateEntry(work, AGREED, name)
        self.against = digest(_fingerprint(table), _readers(), *others)
        self.right: dict[str, str] = self.entry.load(self.against) or {}

    def knows(self, name: str, *contents: bytes) -> bool:
        """Whether what has this name was found right with these contents."""
        return self.right.get(name) == digest(*contents)

    def note(self, name: str, *contents: bytes) -> None:
        self.right[name] = digest(*contents)

    def keep(self) -> None:
        """Raises OSError."""
        self.entry.save(self.against, self.right)


def _fingerprint(table: ExpectedNumbers) -> str:
    entries = (repr(entry) for docname in sorted(table.pages) for entry in table.pages[docname])
    words = repr(sorted((docname, sorted(texts)) for docname, texts in table.own_words.items()))
    return digest(*entries, repr(sorted(table.words.items())), *sorted(table.in_toctree), table.root, words)


def _readers() -> str:
    """Of the code that reads, ours and that of libraries."""
    ours = [*sorted(Path(__file__).parent.glob("*.py")), Path(pdf_reading.__file__)]
    stats = [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in ours]
    return digest(stamp(), *map(repr, stats))
