"""Define what outputs on paper have in common, whichever engine sets them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sphinx.config import Config

from ...common.translations import _
from ...config import printed_framework
from ...numbering.frameworks import shown_frameworks
from ...upstream.theme import DOWNLOAD_PDF
from ..base import Check, Download, Output, PlaceOf, Written
from .compilation_record import destinations, record_of
from .editions import OWN, Edition, editions

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
        """Return the PDF of the whole book, and its further editions."""
        text = _("Download the book as a PDF")
        return [
            Download(
                edition.file_name(config),
                f".pdf ({edition.name})" if edition.name else ".pdf",
                f"{text} ({edition.name})" if edition.name else text,
                "fas fa-file-pdf",
                "" if edition.name else DOWNLOAD_PDF,
            )
            for edition in editions(config)
        ]

    def site_files(self, written: Written) -> Mapping[str, Path]:
        """Return the PDFs that were written; not one that the book had under another name."""
        files = [pdf_of(written, edition) for edition in editions(written.app.config)]
        return {pdf.name: pdf for pdf in files if pdf.is_file()}

    def checks(self) -> Mapping[str, Check]:
        """Return the check that reads QR codes back from the pages."""
        return {"codes": read_codes}

    def readables(self, written: Written, table: ExpectedNumbers) -> Iterator[ReadableFile]:
        """Yield the PDFs of all editions."""
        from ...numbering.agreement.read_pdf import readable_pdf

        app, config = written.app, written.app.config
        for edition in editions(config):
            with edition.applied(config):
                whole = not config.d2lbook_pdf_pages
            printed = _printed(config, edition, table.frameworks)
            pdf = pdf_of(written, edition)
            yield from readable_pdf(table.chosen(printed), pdf, destinations(app, edition), whole=whole)

    def notes(self, written: Written) -> Mapping[str, Any]:
        """Return the fonts that the book names, where it names any."""
        fonts = record_of(written.app).fonts
        return {"fonts": fonts} if fonts else {}

    def places(self, written: Written) -> PlaceOf:
        """Return a function that gives the page and the named destination of a numbered thing.

        Where the book has further editions, it gives their files, pages and destinations by their names, too.
        """
        env, config = written.app.env, written.app.config
        several = {docname: there for docname in written.docnames if (there := shown_frameworks(env, docname))}
        files = {edition.name: edition.file_name(config) for edition in editions(config)}
        known = [
            (edition, destinations(written.app, edition), _printed(config, edition, several))
            for edition in editions(config)
        ]

        def place(thing: Numbered) -> dict[str, object] | None:
            name = f"{thing.docname}#{thing.node_id}"
            rows = {
                edition.name: row
                for edition, there, printed in known
                if not thing.framework or thing.framework == printed.get(thing.docname)
                if (row := _place_in(there, name))
            }
            own = rows.pop(OWN.name, {})
            further = {name: {"file": files[name], **row} for name, row in rows.items()}
            return {**own, **({"editions": further} if further else {})} or None

        return place


def _printed(config: Config, edition: Edition, several: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the framework that an edition prints of each page in several frameworks, by docname."""
    with edition.applied(config):
        return {docname: printed_framework(config, there) for docname, there in several.items()}


def _place_in(known: Mapping[str, Mapping[str, Any]], name: str) -> dict[str, object] | None:
    """Return the page and the destination of a key among those of a PDF; None if it is not there."""
    noted = known.get(name)
    return {"page": noted["page"], "destination": noted["destination"]} if noted else None


def pdf_of(written: Written, edition: Edition = OWN) -> Path:
    """Return the PDF of an edition of the book, whether it is there or not."""
    return written.folder / edition.file_name(written.app.config)


def read_codes(written: Written) -> None:
    """Read all QR codes back from the PDFs. Raise BookProblems for those that cannot be read."""
    from . import qr_readback

    for edition in editions(written.app.config):
        qr_readback.check(pdf_of(written, edition), record_of(written.app, edition))
