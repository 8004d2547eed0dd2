"""Files that were found right by an earlier build: the same bytes, against the same table, are not read again."""

from __future__ import annotations

import json
from pathlib import Path

from ... import printed
from ...files import digest, write_if_changed
from ...installed import stamp
from .entries import Table


class Memory:
    """Names of files and digests of their contents, kept in a file. A difference is never remembered."""

    def __init__(self, file: Path, table: Table, *others: str) -> None:
        """``others``: whatever else than the table a verdict depends on, such as addresses of pages."""
        self.file = file
        self.against = digest(_fingerprint(table), _readers(), *others)
        self.right: dict[str, str] = self._before()

    def _before(self) -> dict[str, str]:
        try:
            found = json.loads(self.file.read_text(encoding="utf-8"))
        except (OSError, ValueError):  # not there, or cut short: all is read
            return {}
        return dict(found["right"]) if found["against"] == self.against else {}

    def knows(self, name: str, *contents: bytes) -> bool:
        """Whether what has this name was found right with these contents."""
        return self.right.get(name) == digest(*contents)

    def note(self, name: str, *contents: bytes) -> None:
        self.right[name] = digest(*contents)

    def keep(self) -> None:
        """Raises OSError."""
        write_if_changed(self.file, json.dumps({"against": self.against, "right": self.right}, sort_keys=True))


def _fingerprint(table: Table) -> str:
    entries = (repr(entry) for docname in sorted(table.pages) for entry in table.pages[docname])
    return digest(*entries, repr(sorted(table.words.items())), *sorted(table.in_toctree), table.root)


def _readers() -> str:
    """Of the code that reads, ours and that of libraries."""
    ours = [*sorted(Path(__file__).parent.glob("*.py")), Path(printed.__file__)]
    stats = [(file.name, file.stat().st_mtime_ns, file.stat().st_size) for file in ours]
    return digest(stamp(), *map(repr, stats))
