"""Every QR code of the PDF is read back from its page, as a telephone would: what does not scan is not printed."""

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

DOTS_PER_INCH = 300
"""Of an ordinary printer."""
_POINTS_PER_MM = 72 / 25.4
_QR_CODES = zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode)


@dataclass(frozen=True)
class PrintedCode:
    """A code and where it is, as the engine noted it."""

    address: str
    at: str
    """ "docname:line" of what it was made from."""
    page: int
    """Of the PDF, from 1."""
    x: float
    """Millimetres from the left edge of the page to that of the code, its quiet zone included."""
    y: float
    """Millimetres from the upper edge."""
    size: float
    """Millimetres of its side."""


def check(pdf: Path, record: Record) -> None:
    """Read all codes of ``pdf``, unless they have been read. Raises BookProblems for those that cannot be."""
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
    """What is wrong with codes that do not give their address."""
    with OpenPdf(pdf) as printed:
        for code in codes:
            found = read_code(printed, code)
            if found != code.address:
                what = f"it reads {found!r}" if found is not None else "nothing can be read there"
                yield (
                    f"{code.at}: page {code.page} of {pdf.name}: the QR code of {code.address} does not read back at "
                    f"{DOTS_PER_INCH} dpi: {what}. Give it a larger :size:, and see that nothing covers it"
                )


def read_code(printed: OpenPdf, code: PrintedCode) -> str | None:
    """The text of the code on the rendered page, looked for where it stands; None where there is none to be read."""
    _width, height = printed.size(code.page - 1)
    left, upper, side = (length * _POINTS_PER_MM for length in (code.x, code.y, code.size))
    area = PdfArea(left, height - upper - side, left + side, height - upper)
    image = printed.picture(code.page - 1, area, DOTS_PER_INCH)
    found = zxingcpp.read_barcodes(image, formats=_QR_CODES)
    return str(found[0].text) if found else None
