"""Reading finished outputs back: an output yields its files and how each is read, and all are compared in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from .compare import OWN, Difference, Seen, compare, missing
from .expected_numbers import ExpectedNumbers
from .verified_files import VerifiedFiles


def _nothing() -> None:
    """Do nothing."""


@dataclass(frozen=True)
class ReadableFile:
    """A file of a finished output that prints numbers."""

    file: Path
    read: Callable[[bytes], Iterable[Seen]]
    """Yields every number that the content of the file prints, and a "place" for what has none there."""
    docnames: tuple[str, ...] = ()
    """The pages of which the file must have every number. A file that is not there lacks all of them."""
    member: str = ""
    """In a zip archive: the name of the file in it that is read."""
    depends: tuple[bytes, ...] = ()
    """What else the result of `read` depends on, such as the addresses of other pages."""
    note_right: Callable[[], None] = _nothing
    """Called after the file was compared and nothing was wrong in it."""

    @property
    def path(self) -> Path:
        """What messages call the file."""
        return self.file / self.member if self.member else self.file

    def content(self) -> bytes | None:
        """Return what is to be read; None for a file that is not there. Raises OSError, BadZipFile."""
        if not self.file.is_file():
            return None
        if not self.member:
            return self.file.read_bytes()
        with ZipFile(self.file) as archive:
            return archive.read(self.member)

    def is_left_alone(self, since: float) -> bool:
        """Return whether the file is that of one page and was written before ``since``, in seconds since 1970."""
        if len(self.docnames) != 1 or not since:
            return False
        try:
            return self.file.stat().st_mtime < since
        except FileNotFoundError:
            return False  # to be read, and found to be missing


def differences(
    table: ExpectedNumbers, files: Iterable[ReadableFile], memory: VerifiedFiles | None = None, since: float = 0.0
) -> Iterator[Difference]:
    """Yield every number that the files of one output print otherwise than the table has it.

    Files that ``memory`` knows to be right are not read again, and `Readable.is_left_alone` says which are too old.
    Raises OSError, ValueError, BadZipFile for what cannot be read.
    """
    right: set[Seen] = set()
    for one in files:
        if one.is_left_alone(since):
            continue
        content = one.content()
        name = str(one.path)
        if content is not None and memory and memory.knows(name, content, *one.depends):
            continue
        seen = list(one.read(content)) if content is not None else []
        shown = {(item.docname, item.anchor) for item in seen if item.rule in OWN}
        own_words = {text for docname in one.docnames for text in table.own_words.get(docname, ())}
        found = list(compare(table, seen, one.path, right, own_words))
        for docname in one.docnames:
            found += missing(table, docname, shown, one.path)
        if content is not None and not found:
            one.note_right()
            if memory:
                memory.note(name, content, *one.depends)
        yield from found
