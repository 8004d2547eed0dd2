"""Read finished outputs back and compare them with the table.

An output yields its files, each with the function that reads it; all are compared in one place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from .compare import OWN, Difference, PrintedNumber, compare, missing_entries
from .expected_numbers import ExpectedNumbers
from .verified_files import VerifiedFiles


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class ReadableFile:
    """File of a finished output that prints numbers."""

    file: Path
    read: Callable[[bytes], Iterable[PrintedNumber]]
    """Function that yields every number in the content of the file, and a "place" for items without one."""
    docnames: tuple[str, ...] = ()
    """Docnames of the pages whose numbers must all be in the file. A missing file lacks all of them."""
    elsewhere: frozenset[tuple[str, str]] = frozenset()
    """Page and anchor of the items of these pages that another file has."""
    member: str = ""
    """Name of the file that is read, if ``file`` is a zip archive."""
    depends: tuple[bytes, ...] = ()
    """Other data that the result of `read` depends on, such as the addresses of other pages."""
    note_right: Callable[[], None] = _nothing
    """Called after the file was compared without a difference."""
    table: ExpectedNumbers | None = None
    """Table to compare the file with, if it shows one of several frameworks; None for that of the book."""

    @property
    def path(self) -> Path:
        """Path of the file in messages."""
        return self.file / self.member if self.member else self.file

    def content(self) -> bytes | None:
        """Return the content to be read; None if the file does not exist. Raise OSError, BadZipFile."""
        if not self.file.is_file():
            return None
        if not self.member:
            return self.file.read_bytes()
        with ZipFile(self.file) as archive:
            return archive.read(self.member)

    def is_left_alone(self, since: float) -> bool:
        """Return whether the file belongs to one page and was written before ``since``, in seconds since 1970."""
        if len(self.docnames) != 1 or not since:
            return False
        try:
            return self.file.stat().st_mtime < since
        except FileNotFoundError:
            return False  # it must be read, to be reported as missing


def differences(
    table: ExpectedNumbers, files: Iterable[ReadableFile], memory: VerifiedFiles | None = None, since: float = 0.0
) -> Iterator[Difference]:
    """Yield every number of the files of one output that differs from the table.

    Files that ``memory`` knows to be right are not read again, nor those that `ReadableFile.is_left_alone` names.
    Raise OSError, ValueError, BadZipFile if a file cannot be read.
    """
    right: set[PrintedNumber] = set()
    for readable in files:
        if readable.is_left_alone(since):
            continue
        content = readable.content()
        name = str(readable.path)
        if content is not None and memory and memory.knows(name, content, *readable.depends):
            continue
        seen = list(readable.read(content)) if content is not None else []
        shown = {(item.docname, item.anchor) for item in seen if item.rule in OWN}
        own_words = {text for docname in readable.docnames for text in table.own_words.get(docname, ())}
        file_differences = list(compare(readable.table or table, seen, readable.path, right, own_words))
        for docname in readable.docnames:
            here = readable.table or table
            file_differences += missing_entries(here, docname, shown | readable.elsewhere, readable.path)
        if content is not None and not file_differences:
            readable.note_right()
            if memory:
                memory.note(name, content, *readable.depends)
        yield from file_differences
