"""What the engine that made the PDF notes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...files import write_if_changed


@dataclass(frozen=True)
class Record:
    """A folder that an engine works in. Everything in it can be made again, and is kept to be looked at."""

    folder: Path

    @property
    def destinations(self) -> Path:
        """`{"docname#id": {"page": …, "destination": …}}`, of the PDF that was made last."""
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
        """Digest of all that the last PDF was made of."""
        return self.folder / "stamp"

    def finished(self, stamp: str) -> None:
        write_if_changed(self.stamp, stamp)

    def is_finished(self, stamp: str) -> bool:
        return (
            self.stamp.is_file()
            and self.destinations.is_file()
            and self.codes.is_file()
            and self.stamp.read_text() == stamp
        )


def record_of(doctreedir: Path | str, engine: str) -> Record:
    """Of an engine, as `d2lbook_pdf_engine` names it."""
    return Record(Path(doctreedir) / engine)
