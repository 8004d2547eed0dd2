"""Compute the measures of the printed page from the options of the PDF."""

from __future__ import annotations

from dataclasses import dataclass

from sphinx.config import Config

from ...common.errors import BookError
from ...common.paper_sizes import millimetres, paper_size
from .themes import Theme, theme_of

CODE_COLUMNS = 88
"""Characters that a line of code should have room for."""
LARGEST_CODE, SMALLEST_CODE = 7.6, 6.2
"""Sizes of code, in points: as large as fits between these."""
CODE_ADVANCE = 0.60205
"""Width of every character of the embedded font for code, in ems."""
CODE_INSET = 12.0
"""Points between the edges of the text and code in its box, both sides together; `code` in the template has as much."""
POINTS_PER_MM = 72 / 25.4
MARKS_ROOM = 7.0
"""Room for marks at which the page is trimmed, in millimetres, outside the bleed."""


@dataclass(frozen=True)
class PageDesign:
    """Measures of a page, in millimetres, and sizes of type, in points."""

    width: float
    height: float
    inner: float
    outer: float
    top: float
    bottom: float
    text_size: float
    code_size: float
    note_width: float
    """Width of notes in the margin; 0 if they stand at the foot of the page."""
    two_sided: bool
    gray: bool
    links: str
    """Value of `d2lbook_pdf_links`."""
    bleed: float
    crop_marks: bool


def page_design(config: Config, theme: Theme | None = None) -> PageDesign:
    """Return the design that the options of the PDF ask for. Raise BookError if there is no room for text.

    ``theme`` takes the place of the one that they name.
    """
    theme = theme or theme_of(config)
    width, height = paper_size(config.d2lbook_pdf_paper)
    has_notes_in_margin = config.d2lbook_pdf_notes == "margin"
    two_sided = config.d2lbook_pdf_sides == 2
    given = {side: millimetres(value) for side, value in config.d2lbook_pdf_margins.items()}
    margins = theme.margins(width, height, given, has_notes=has_notes_in_margin, two_sided=two_sided)
    inner, outer, top, bottom = (margins[side] for side in ("inner", "outer", "top", "bottom"))
    text_width = width - inner - outer
    if text_width < 50 or height - top - bottom < 60:
        raise BookError(
            f"conf.py: d2lbook_pdf_paper and d2lbook_pdf_margins: a page of {width:g} by {height:g} mm with margins of "
            f"{inner:g}, {outer:g}, {top:g} and {bottom:g} mm (inner, outer, top, bottom) has less room than 50 by 60 "
            "mm for text"
        )
    room = (text_width * POINTS_PER_MM - CODE_INSET) / (CODE_COLUMNS * CODE_ADVANCE)
    return PageDesign(
        width=width,
        height=height,
        inner=inner,
        outer=outer,
        top=top,
        bottom=bottom,
        text_size=(10.8 if text_width >= 140 else 10.2 if text_width >= 115 else 9.6) - theme.smaller,
        code_size=round(max(SMALLEST_CODE, min(LARGEST_CODE, room)), 2),
        note_width=max(0.0, outer - 12.0) if has_notes_in_margin else 0.0,
        two_sided=two_sided,
        gray=config.d2lbook_pdf_colours == "gray",
        links=config.d2lbook_pdf_links,
        bleed=millimetres(config.d2lbook_pdf_bleed),
        crop_marks=config.d2lbook_pdf_crop_marks,
    )
