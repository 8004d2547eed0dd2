"""Remember files that were found right: the same bytes, compared with the same table, are not read again."""

from __future__ import annotations

from pathlib import Path

from ...common import pdf_reading
from ...common.build_state import StateEntry, StateKind
from ...common.files import digest
from ...common.installed_distributions import stamp
from .expected_numbers import ExpectedNumbers

AGREED = StateKind(
    "agreement",
    of="the files of one builder whose numbers were found to agree with the table, by digests of their contents",
    stale="another table of numbers, other addresses of pages, another reader of files; of one file, another content",
)


class VerifiedFiles:
    """Names of files that were found right, with digests of their contents. Differences are never remembered."""

    def __init__(self, work: Path, name: str, table: ExpectedNumbers, *others: str) -> None:
        """Load what an earlier build found right.

        ``name`` is that of a builder; ``others`` are texts that a verdict depends on besides the table.
        """
        self.entry = StateEntry(work, AGREED, name)
        self.against = digest(_fingerprint(table), _reader_code(), *others)
        self.right: dict[str, str] = self.entry.load(self.against) or {}

    def knows(self, name: str, *contents: bytes) -> bool:
        """Return whether the file of this name was found right with these contents."""
        return self.right.get(name) == digest(*contents)

    def note(self, name: str, *contents: bytes) -> None:
        """Note that the file of this name was found right with these contents."""
        self.right[name] = digest(*contents)

    def keep(self) -> None:
        """Save the names and digests. Raise OSError."""
        self.entry.save(self.against, self.right)


def _fingerprint(table: ExpectedNumbers) -> str:
    entries = (repr(entry) for docname in sorted(table.pages) for entry in table.pages[docname])
    words = repr(sorted((docname, sorted(texts)) for docname, texts in table.own_words.items()))
    return digest(*entries, repr(sorted(table.words.items())), *sorted(table.in_toctree), table.root, words)


def _reader_code() -> str:
    """Return a digest of the code that reads files, ours and that of libraries."""
    ours = [*sorted(Path(__file__).parent.glob("*.py")), Path(pdf_reading.__file__)]
    stats = [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in ours]
    return digest(stamp(), *map(repr, stats))
