"""Declare the versions of the file formats that other programs, or later versions of this one, read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .errors import BookError


class NewerFormatError(BookError):
    """A file was written by a newer version of this extension, in a format that this version does not know."""


@dataclass(frozen=True)
class Format:
    """Format of a file, with its version."""

    file: str
    """Usual name of the file."""
    version: int
    """Version that is written under the key "version". It rises when a reader of the last version could go wrong."""
    earlier: str
    """Forms without a version that are still read, in words; "" for none."""

    def check(self, version: object, path: Path) -> None:
        """Check the ``version`` of the file at ``path``.

        Raise NewerFormatError if it is newer than ours, ValueError if it is not a version.
        """
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise ValueError(f"its 'version' is {version!r}; it takes a number from 1 on")
        if version > self.version:
            raise NewerFormatError(
                f"{path}: this is version {version} of {self.file}, and the extension that is installed knows it up to "
                f"version {self.version}; install a newer one: pip install --upgrade sphinxcontrib-d2lbook"
            )


NUMBERS = Format("numbers.json", 2, "the bare list of rows of 0.1.0")
REPORT = Format("report.json", 1, "")
ADDRESSES = Format("book-addresses.json", 1, "the file without a version of 0.1.0")
TOPICS = Format("forum-topics.json", 1, "the bare object of topics of 0.1.0")
OUTPUTS = Format("outputs.json", 1, "the file with `format` in place of `version` of 0.1.0")
"""Format of the index of the committed store."""
PUBLISHED = Format(".published-notebooks.json", 1, "")
"""Format of the list of files on a branch of notebooks."""
PRINTING = Format("printing.json", 1, "")
"""Format of the record of a printing."""
FORMATS = (NUMBERS, REPORT, ADDRESSES, TOPICS, OUTPUTS, PUBLISHED, PRINTING)
