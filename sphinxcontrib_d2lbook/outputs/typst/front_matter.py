"""Gather what stands before the contents of the PDF: titles, imprint, dedication, epigraph."""

from __future__ import annotations

from sphinx.config import Config

from . import markup

NOT_IN_FRONT = ("lists", "colophon")
"""Keys of `d2lbook_pdf_front` for what stands elsewhere."""


def front_values(config: Config, cover_name: str, printing: str = "") -> dict[str, markup.Value]:
    """Return `d2lbook_pdf_front` as the template takes it.

    ``cover_name`` is the cover's file name, or "". ``printing`` is the line of the imprint that names the printing.
    """
    shown: dict[str, markup.Value] = {
        key.replace("_", "-"): value
        for key, value in config.d2lbook_pdf_front.items()
        if value and key not in NOT_IN_FRONT
    }
    if isinstance(shown.get("epigraph"), str):
        shown["epigraph"] = [shown["epigraph"]]
    if printing:
        shown["printing"] = printing
    if cover_name:
        shown["cover"] = f"/images/{cover_name}"
    return shown
