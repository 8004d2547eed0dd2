"""Read every QR code of the PDF back from its page, as a telephone would: a code that does not scan is not printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import zxingcpp
from sphinx.util.display import progress_message

from ...common.errors import BookProblems
from ...common.files import file_digest
from ...common.pdf_reading import OpenPdf, PdfArea
from .compilation_record import Record
from .page_design import POINTS_PER_MM

DOTS_PER_INCH = 300
"""Resolution of an ordinary printer."""
_QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True)
class PrintedCode:
    """QR code and its position in the PDF, as the engine recorded it."""

    address: str
    at: str
    """Place that it was made from, as "docname:line"."""
    page: int
    """Page of the PDF, from 1."""
    x: float
    """Distance from the left edge of the page to that of the code, its quiet zone included, in millimetres."""
    y: float
    """Distance from the upper edge of the page, in millimetres."""
    size: float
    """Length of its side, in millimetres."""


def check(pdf: Path, record: Record) -> None:
    """Read all codes of ``pdf``, unless they were read before. Raise BookProblems for those that cannot be read."""
    codes = [PrintedCode(**entry) for entry in record.codes]
    if not codes:
        return
    digest = file_digest(pdf)
    if record.is_scanned(digest):
        return
    with progress_message(f"reading {len(codes)} QR codes back from the pages"):
        problems = list(unreadable(pdf, codes))
    if problems:
        raise BookProblems(problems)
    record.scanned(digest)


def unreadable(pdf: Path, codes: Sequence[PrintedCode]) -> Iterator[str]:
    """Yield what is wrong with each code that does not give its address."""
    with OpenPdf(pdf) as printed:
        for code in codes:
            text = read_code(printed, code)
            if text != code.address:
                result = f"it reads {text!r}" if text is not None else "nothing can be read there"
                yield (
                    f"{code.at}: page {code.page} of {pdf.name}: the QR code of {code.address} does not read back at "
                    f"{DOTS_PER_INCH} dpi: {result}. Give it a larger :size:, and see that nothing covers it"
                )


def read_code(printed: OpenPdf, code: PrintedCode) -> str | None:
    """Return the text of the code at its position on the rendered page; None if nothing can be read there."""
    _width, height = printed.size(code.page - 1)
    left, upper, side = (length * POINTS_PER_MM for length in (code.x, code.y, code.size))
    area = PdfArea(left, height - upper - side, left + side, height - upper)
    image = printed.picture(code.page - 1, area, DOTS_PER_INCH)
    barcodes = zxingcpp.read_barcodes(image, formats=_QR_CODES)
    return str(barcodes[0].text) if barcodes else None
