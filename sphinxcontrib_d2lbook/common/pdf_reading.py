"""Read back a finished PDF: texts at given places, named destinations, the outline, pictures of pages."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium


@dataclass(frozen=True)
class PdfPosition:
    """Place in a PDF."""

    page: int
    """Page, counted from 0."""
    top: float
    """Height above the lower edge of the page, in points."""
    left: float = 0.0
    """Distance from the left edge, in points; 0 also for a place that only has a height."""
    right: float | None = None
    """Left edge, in points, of a text to the right that must not be read with this one; None if there is none."""
    somewhere: bool = False
    """Whether only the page is known."""

    def meets(self, other: PdfPosition) -> bool:
        return self.page == other.page and abs(self.top - other.top) < 1


@dataclass(frozen=True)
class PdfArea:
    """Part of a page, in points from the page's left and lower edges."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True)
class Ink:
    """Text, image or line on a page; distances in points from the left and the upper edge of the page."""

    left: float
    top: float
    right: float
    bottom: float
    is_text: bool

    def moved(self, right: float, down: float) -> Ink:
        """Return it at another place."""
        return Ink(self.left + right, self.top + down, self.right + right, self.bottom + down, self.is_text)


class OpenPdf:
    """Open PDF, a file or its content, closed by `with`. Raises ValueError for what is not a PDF, and OSError."""

    def __init__(self, file: Path | bytes) -> None:
        try:
            self.document = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as err:
            raise ValueError(f"{file if isinstance(file, Path) else 'a PDF in memory'}: {err}") from err
        self._texts: dict[int, Any] = {}

    def __enter__(self) -> OpenPdf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.document.close()

    def size(self, page: int) -> tuple[float, float]:
        """Return width and height of a page, in points. Pages count from 0."""
        width, height = self.document.get_page_size(page)
        return width, height

    @property
    def pages(self) -> int:
        """Number of pages."""
        return len(self.document)

    def ink(self, page: int) -> list[Ink]:
        """Return what is on a page, as the boxes around it. Pages count from 0."""
        opened = self.document[page]
        height = opened.get_height()
        edges = [ctypes.c_float() for _edge in range(4)]
        ink = []
        for index in range(pdfium.FPDFPage_CountObjects(opened.raw)):
            item = pdfium.FPDFPage_GetObject(opened.raw, index)
            if pdfium.FPDFPageObj_GetBounds(item, *edges):
                left, bottom, right, top = (edge.value for edge in edges)
                is_text = pdfium.FPDFPageObj_GetType(item) == pdfium.FPDF_PAGEOBJ_TEXT
                ink.append(Ink(left, height - top, right, height - bottom, is_text))
        opened.close()
        return ink

    def text_in(self, page: int, ink: Ink) -> str:
        """Return the text in a box on a page, such as `ink` returns. Pages count from 0."""
        height = self.size(page)[1]
        bounds = {"left": ink.left, "right": ink.right, "top": height - ink.top, "bottom": height - ink.bottom}
        return self._text(page, **bounds)

    def picture(self, page: int, area: PdfArea, dots_per_inch: float) -> memoryview:
        """Return an area of a page as rows of grey values, rendered as for print."""
        width, height = self.size(page)
        crop = (area.left, area.bottom, width - area.right, height - area.top)
        opened = self.document[page]
        bitmap = opened.render(
            scale=dots_per_inch / 72, crop=tuple(max(0.0, edge) for edge in crop), grayscale=True, may_draw_forms=False
        )
        # Rows are padded in memory; readers of pictures expect them without gaps.
        data, step = bytes(bitmap.buffer), bitmap.stride
        rows = b"".join(data[start : start + bitmap.width] for start in range(0, step * bitmap.height, step))
        image = memoryview(rows).cast("B", shape=(bitmap.height, bitmap.width))
        bitmap.close()
        opened.close()
        return image

    def whole_picture(self, page: int, width: int | None, dots_per_inch: float) -> tuple[list[bytes], int, int]:
        """Return a page in gray, on white: its rows, a byte for each pixel, its width and its height.

        It is rendered to ``width`` pixels; where that is None, at ``dots_per_inch``.
        """
        opened = self.document[page]
        scale = width / opened.get_width() if width else dots_per_inch / 72
        bitmap = opened.render(scale=scale, grayscale=True, may_draw_forms=False)
        data, step = bytes(bitmap.buffer), bitmap.stride
        rows = [data[start : start + bitmap.width] for start in range(0, step * bitmap.height, step)]
        size = bitmap.width, bitmap.height
        bitmap.close()
        opened.close()
        return rows, *size

    def destination(self, name: str) -> PdfPosition | None:
        """Return the place of a named destination; None if the file does not have it."""
        return self._destinations.get(name.encode("utf-8").decode("latin-1").translate(DECODED).rstrip("\0"))

    @cached_property
    def _destinations(self) -> dict[str, PdfPosition]:
        """Named destinations, by their names as PDFium decodes them."""
        destinations: dict[str, PdfPosition] = {}
        raw = self.document.raw
        name = ctypes.create_string_buffer(1024)
        for index in range(pdfium.FPDF_CountNamedDests(raw)):
            # Asking for the size first would take twice as long, because each call walks through the names before.
            size = ctypes.c_long(len(name))
            place = pdfium.FPDF_GetNamedDest(raw, index, name, size)
            if size.value < 0:  # the buffer is too small
                size = ctypes.c_long(0)
                pdfium.FPDF_GetNamedDest(raw, index, None, size)
                name = ctypes.create_string_buffer(size.value)
                place = pdfium.FPDF_GetNamedDest(raw, index, name, size)
            has_x, has_y, has_zoom = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
            x, y, zoom = ctypes.c_float(), ctypes.c_float(), ctypes.c_float()
            pdfium.FPDFDest_GetLocationInPage(place, has_x, has_y, has_zoom, x, y, zoom)
            page = pdfium.FPDFDest_GetDestPageIndex(raw, place)
            if place and page >= 0:
                destinations[name.raw[: size.value].decode("utf-16-le").rstrip("\0")] = PdfPosition(
                    page, y.value, x.value
                )
        return destinations

    def bookmarks(self) -> Iterator[tuple[str, PdfPosition]]:
        """Yield text and place of each entry of the outline, in order."""
        for bookmark in self.document.get_toc():
            place = bookmark.get_dest()
            if place is not None:
                _mode, numbers = place.get_view()
                top = numbers[1] if len(numbers) > 1 else 0.0
                yield bookmark.get_title(), PdfPosition(place.get_index(), top)

    def text_from(self, spot: PdfPosition) -> str:
        """Return the text below a place and to its right, down to the lower edge of its page."""
        if spot.somewhere:
            return self._text(spot.page)
        right = None if spot.right is None else spot.right - 2
        return self._text(spot.page, top=spot.top - LIFT, left=spot.left - 2, right=right)

    def texts_from(self, spot: PdfPosition) -> Iterator[str]:
        """Yield the text of `text_from`, then the text of the next page, where it may continue."""
        yield self.text_from(spot)
        if spot.page + 1 < len(self.document):
            yield self._text(spot.page + 1)

    def text_between(self, spot: PdfPosition, end: PdfPosition | None) -> str:
        """Return the text between two places on the same page or on successive ones.

        Without ``end``, or if it is elsewhere, return the text to the end of the page after ``spot``.
        """
        last = min(spot.page + 1, len(self.document) - 1)
        if end is not None and end.page == spot.page and end.top < spot.top:
            return self._text(spot.page, top=spot.top - LIFT, bottom=end.top - LIFT)
        rest = ""
        if last > spot.page and (end is None or end.page >= last):
            top = {"bottom": end.top - LIFT} if end is not None and end.page == last else {}
            rest = self._text(last, **top)
        return f"{self._text(spot.page, top=spot.top - LIFT)}\n{rest}"

    def text(self, page: int) -> str:
        """Return the text of a page. Pages count from 0."""
        opened = self.document[page]
        reader = opened.get_textpage()
        text: str = reader.get_text_range()
        reader.close()
        opened.close()
        return text

    def _text(self, page: int, **bounds: float | None) -> str:
        if page not in self._texts:
            self._texts[page] = self.document[page].get_textpage()
        text: str = self._texts[page].get_text_bounded(**bounds)
        return text.replace("\r\n", "\n")


_ROW_1 = "˘ˇˆ˙˝˛˚˜"
_ROW_8 = "•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž"
DECODED = {
    **{0x18 + index: ord(char) for index, char in enumerate(_ROW_1)},
    **{0x80 + index: ord(char) for index, char in enumerate(_ROW_8)},
    **dict.fromkeys((0x7F, 0x9F, 0xAD), 0),
    0xA0: ord("€"),
}
"""Characters of PDFDocEncoding (ISO 32000-1, annex D) that differ from Latin-1. The names that engines write are UTF-8,
and PDFium reads their bytes as characters of PDFDocEncoding."""

LIFT = 8.0
"""Least distance, in points, of a named text below its destination: Typst sets destinations 10 points too high, so that
readers who jump there see a little of the text above."""
