"""What the engine that made the PDF notes of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sphinx.application import Sphinx

from ...files import digest, file_digest, write_if_changed


def noted(page: int, destination: str, *, aside: bool) -> dict[str, Any]:
    """One entry of `Record.destinations`. ``page`` counts from 1."""
    return {"page": page, "destination": destination, **({"aside": True} if aside else {})}


@dataclass(frozen=True)
class Record:
    """A folder that an engine works in. Everything in it can be made again, and is kept to be looked at."""

    folder: Path

    @classmethod
    def of(cls, doctreedir: Path | str, engine: str) -> Self:
        """Of an engine, as `d2lbook_pdf_engine` names it."""
        return cls(Path(doctreedir) / engine)

    @property
    def destinations(self) -> Path:
        """`{"docname#id": {"page": …, "destination": …}}`, of the PDF that was made last.

        With `"aside": true` for what stands in the margin: numbers are read back apart from the text beside it.
        """
        return self.folder / "destinations.json"

    @property
    def codes(self) -> Path:
        """The QR codes of that PDF: a list of what is in a `PrintedCode`."""
        return self.folder / "codes.json"

    @property
    def codes_read(self) -> Path:
        """Digest of the PDF whose codes were all read back."""
        return self.folder / "codes-read"

    @property
    def stamp(self) -> Path:
        """Digests of all that the last PDF was made of, and of that PDF: another engine may have made one since."""
        return self.folder / "stamp"

    def finished(self, stamp: str, pdf: Path) -> None:
        write_if_changed(self.stamp, digest(stamp, file_digest(pdf)))

    def is_finished(self, stamp: str, pdf: Path) -> bool:
        return all(
            file.is_file() for file in (self.stamp, self.destinations, self.codes, pdf)
        ) and self.stamp.read_text() == digest(stamp, file_digest(pdf))


def destinations(app: Sphinx) -> dict[str, dict[str, Any]]:
    """Return where in the book's PDF things are, as its builder noted; empty without a PDF."""
    noted = Record.of(app.doctreedir, app.config.d2lbook_pdf_engine).destinations
    value: dict[str, dict[str, Any]] = json.loads(noted.read_text("utf-8")) if noted.is_file() else {}
    return value
