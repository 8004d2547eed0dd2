"""What Sphinx is told about the PDF that Typst sets."""

from __future__ import annotations

from sphinx.application import Sphinx

from .builder import PdfBuilder


def setup_extension(app: Sphinx) -> None:
    app.add_builder(PdfBuilder)
