"""What the engine that made the PDF notes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sphinx.application import Sphinx

from ...common.build_state import StateEntry, StateKind
from ...common.files import file_digest


def noted(page: int, destination: str, *, aside: bool) -> dict[str, Any]:
    """One entry of `Record.destinations`. ``page`` counts from 1."""
    return {"page": page, "destination": destination, **({"aside": True} if aside else {})}


SET = StateKind(
    "pdf/set",
    of="the PDF of one engine: its digest, where in it things are, and its QR codes",
    stale="another source, image, template or version of the engine; another content of the PDF, which another "
    "engine may have made since",
)
SCANNED = StateKind(
    "pdf/codes", of="the PDF of one engine whose QR codes were all read back", stale="another content of it"
)


@dataclass(frozen=True)
class Record:
    """The folder that an engine works in, and what is remembered of what it made. All of it can be made again."""

    doctrees: Path
    engine: str
    """As `d2lbook_pdf_engine` names it."""

    @classmethod
    def of_engine(cls, doctreedir: Path | str, engine: str) -> Self:
        return cls(Path(doctreedir), engine)

    @property
    def folder(self) -> Path:
        return self.doctrees / self.engine

    @property
    def destinations(self) -> dict[str, dict[str, Any]]:
        """`{"docname#id": {"page": …, "destination": …}}`, of the PDF that was made last; empty without one.

        With `"aside": true` for what stands in the margin: numbers are read back apart from the text beside it.
        """
        found: dict[str, dict[str, Any]] = (self._entry(SET).load() or {"destinations": {}})["destinations"]
        return found

    @property
    def codes(self) -> list[dict[str, Any]]:
        """The QR codes of that PDF: what is in a `PrintedCode` each."""
        found: list[dict[str, Any]] = (self._entry(SET).load() or {"codes": []})["codes"]
        return found

    @property
    def fonts(self) -> list[dict[str, Any]]:
        """What `Fonts.notes` told of the fonts of that PDF."""
        found: list[dict[str, Any]] = (self._entry(SET).load() or {}).get("fonts", [])
        return found

    def finished(
        self,
        stamp: str,
        pdf: Path,
        destinations: Mapping[str, Any],
        codes: Sequence[Any],
        fonts: Sequence[Mapping[str, Any]],
    ) -> None:
        """Note that ``pdf`` was made of what ``stamp`` stands for, with things in these places. Raises OSError."""
        found = {"digest": file_digest(pdf), "destinations": destinations, "codes": codes, "fonts": list(fonts)}
        self._entry(SET).save(stamp, found)

    def is_finished(self, stamp: str, pdf: Path) -> bool:
        """Return whether ``pdf`` is there, as it was made of what ``stamp`` stands for."""
        found = self._entry(SET).load(stamp)
        return found is not None and pdf.is_file() and found["digest"] == file_digest(pdf)

    def is_scanned(self, pdf: str) -> bool:
        """Return whether the codes of the PDF with this digest were all read back."""
        return self._entry(SCANNED).load(pdf) is not None

    def scanned(self, pdf: str) -> None:
        """Note that they were. Raises OSError."""
        self._entry(SCANNED).save(pdf, True)

    @property
    def work(self) -> Path:
        """The project's work folder."""
        return self.doctrees / "d2lbook"

    def _entry(self, kind: StateKind) -> StateEntry:
        return StateEntry(self.work, kind, self.engine)


def destinations(app: Sphinx) -> dict[str, dict[str, Any]]:
    """Return where in the book's PDF things are, as its builder noted; empty without a PDF."""
    return Record.of_engine(app.doctreedir, app.config.d2lbook_pdf_engine).destinations
