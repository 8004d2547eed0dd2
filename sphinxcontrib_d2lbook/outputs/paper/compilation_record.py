"""Record what an engine made: the digest of the PDF, its destinations, its QR codes and its fonts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sphinx.application import Sphinx

from ...common.build_state import StateEntry, StateKind
from ...common.files import file_digest
from .editions import OWN, Edition


def noted(page: int, destination: str, *, aside: bool) -> dict[str, Any]:
    """Return one entry of `Record.destinations`. ``page`` counts from 1."""
    return {"page": page, "destination": destination, **({"aside": True} if aside else {})}


SET = StateKind(
    "pdf/set",
    of="the PDF of one engine: its digest, its destinations, its QR codes and its fonts",
    stale="another source, image, template or version of the engine; another content of the PDF, which another "
    "engine may have made since",
)
SCANNED = StateKind(
    "pdf/codes", of="the PDF of one engine whose QR codes were all read back", stale="another content of it"
)


@dataclass(frozen=True)
class Record:
    """Folder that an engine works in, and the record of what it made. All of it can be made again."""

    doctrees: Path
    engine: str
    """Value of `d2lbook_pdf_engine`, with the name of the edition behind a hyphen."""

    @classmethod
    def of_engine(cls, doctreedir: Path | str, engine: str) -> Self:
        return cls(Path(doctreedir), engine)

    @property
    def folder(self) -> Path:
        return self.doctrees / self.engine

    @property
    def destinations(self) -> dict[str, dict[str, Any]]:
        """`{"docname#id": {"page": …, "destination": …}}`, of the PDF that was made last; empty without one.

        Entries have `"aside": true` for what stands in the margin: numbers there are read back apart from the text
        beside it.
        """
        destinations: dict[str, dict[str, Any]] = (self._entry(SET).load() or {"destinations": {}})["destinations"]
        return destinations

    @property
    def codes(self) -> list[dict[str, Any]]:
        """QR codes of that PDF, each with the fields of a `PrintedCode`."""
        codes: list[dict[str, Any]] = (self._entry(SET).load() or {"codes": []})["codes"]
        return codes

    @property
    def fonts(self) -> list[dict[str, Any]]:
        """Fonts of that PDF, as `Fonts.notes` returned them."""
        fonts: list[dict[str, Any]] = (self._entry(SET).load() or {}).get("fonts", [])
        return fonts

    def finished(
        self,
        stamp: str,
        pdf: Path,
        destinations: Mapping[str, Any],
        codes: Sequence[Any],
        fonts: Sequence[Mapping[str, Any]],
    ) -> None:
        """Record that ``pdf``, with these destinations, was made from what ``stamp`` stands for. Raise OSError."""
        record = {"digest": file_digest(pdf), "destinations": destinations, "codes": codes, "fonts": list(fonts)}
        self._entry(SET).save(stamp, record)

    def is_finished(self, stamp: str, pdf: Path) -> bool:
        """Check whether ``pdf`` exists, as it was made from what ``stamp`` stands for."""
        record = self._entry(SET).load(stamp)
        return record is not None and pdf.is_file() and record["digest"] == file_digest(pdf)

    def is_scanned(self, pdf: str) -> bool:
        """Check whether the codes of the PDF with this digest were all read back."""
        return self._entry(SCANNED).load(pdf) is not None

    def scanned(self, pdf: str) -> None:
        """Record that the codes of the PDF with this digest were all read back. Raise OSError if that fails."""
        self._entry(SCANNED).save(pdf, True)

    @property
    def work(self) -> Path:
        """Work folder of the project."""
        return self.doctrees / "d2lbook"

    def _entry(self, kind: StateKind) -> StateEntry:
        return StateEntry(self.work, kind, self.engine)


def record_of(app: Sphinx, edition: Edition = OWN) -> Record:
    """Return the record of an edition of the PDF."""
    return Record.of_engine(app.doctreedir, edition.engine(app.config))


def destinations(app: Sphinx, edition: Edition = OWN) -> dict[str, dict[str, Any]]:
    """Return the destinations in the PDF of an edition, as its builder recorded them; empty without a PDF."""
    return record_of(app, edition).destinations
