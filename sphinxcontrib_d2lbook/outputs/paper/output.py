"""Define what outputs on paper have in common, whichever engine sets them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sphinx.config import Config

from ...common.translations import _
from ...config import book_name
from ...upstream.theme import DOWNLOAD_PDF
from ..base import Check, Download, Output, PlaceOf, Written
from .compilation_record import Record, destinations

if TYPE_CHECKING:
    from ...numbering.agreement.expected_numbers import ExpectedNumbers
    from ...numbering.agreement.readback import ReadableFile
    from ...numbering.manifest import Numbered


class PaperOutput(Output):
    """Output that a printer, or a publisher, is given."""

    is_printed = True
    # Forms of an output, best first; HTML is last, as no engine reads it.
    forms: ClassVar[tuple[str, ...]] = (
        "image/svg+xml",
        "application/pdf",
        "image/png",
        "image/jpeg",
        "image/gif",
        "text/markdown",
        "text/latex",
        "text/plain",
        "text/html",
    )


class PdfOutput(PaperOutput):
    """The book as one PDF."""

    name = "pdf"
    field = "pdf"
    is_quick_to_read = False

    def downloads(self, config: Config) -> Sequence[Download]:
        """Return the PDF of the whole book."""
        file = f"{book_name(config)}.pdf"
        return [Download(file, ".pdf", _("Download the book as a PDF"), "fas fa-file-pdf", DOWNLOAD_PDF)]

    def site_files(self, written: Written) -> Mapping[str, Path]:
        """Return the PDF, if it was written; not one that the book had under another name."""
        pdf = pdf_of(written)
        return {pdf.name: pdf} if pdf.is_file() else {}

    def checks(self) -> Mapping[str, Check]:
        """Return the check that reads QR codes back from the pages."""
        return {"codes": read_codes}

    def readables(self, written: Written, table: ExpectedNumbers) -> Iterator[ReadableFile]:
        """Yield the PDF."""
        from ...numbering.agreement.read_pdf import readable_pdf

        yield from readable_pdf(table, pdf_of(written), destinations(written.app))

    def notes(self, written: Written) -> Mapping[str, Any]:
        """Return the fonts that the book names, where it names any."""
        app = written.app
        fonts = Record.of_engine(app.doctreedir, app.config.d2lbook_pdf_engine).fonts
        return {"fonts": fonts} if fonts else {}

    def places(self, written: Written) -> PlaceOf:
        """Return a function that gives the page and the named destination of a numbered thing."""
        known = destinations(written.app)

        def place(thing: Numbered) -> dict[str, object] | None:
            noted = known.get(f"{thing.docname}#{thing.node_id}")
            return {"page": noted["page"], "destination": noted["destination"]} if noted else None

        return place


def pdf_of(written: Written) -> Path:
    """Return the PDF of the book, whether it is there or not."""
    return written.folder / f"{book_name(written.app.config)}.pdf"


def read_codes(written: Written) -> None:
    """Read all QR codes back from the PDF. Raise BookProblems for those that cannot be read."""
    from . import qr_readback

    app = written.app
    qr_readback.check(pdf_of(written), Record.of_engine(app.doctreedir, app.config.d2lbook_pdf_engine))
