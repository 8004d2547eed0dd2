"""Register the PDF as an output of the book, set by the embedded Typst compiler."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sphinx.application import Sphinx

from ...elements import html_outputs
from ...elements.printings.book_changes import record_files
from ..paper.long_outputs import ShortenOutputs
from ..paper.output import PdfOutput
from .builder import PdfBuilder
from .own_template import template_files


class TypstPdfOutput(PdfOutput):
    """PDF set by Typst. Where `d2lbook_pdf_engine` is "latex", the output `latex` puts in its own builder."""

    def builder(self) -> type[PdfBuilder]:
        """Return the builder that sets the book with Typst."""
        return PdfBuilder

    def setup(self, app: Sphinx) -> None:
        """Add the transforms for everything that is printed."""
        html_outputs.setup_paper(app)
        app.add_post_transform(ShortenOutputs)

    def inputs(self, app: Sphinx) -> Iterable[Path]:
        """Return the record of the printing that the imprint names, and the files of the book's own template."""
        return [*super().inputs(app), *record_files(app), *template_files(app)]
