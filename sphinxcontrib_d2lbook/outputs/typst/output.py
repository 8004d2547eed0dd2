"""The PDF, as an output of the book, set by the engine that is embedded."""

from __future__ import annotations

from sphinx.application import Sphinx

from ...elements import html_outputs
from ..paper.long_outputs import ShortenOutputs
from ..paper.output import PdfOutput
from .builder import PdfBuilder


class TypstPdfOutput(PdfOutput):
    """The PDF. Where `d2lbook_pdf_engine` names LaTeX, the output `latex` has put its own builder in place of ours."""

    def builder(self) -> type[PdfBuilder]:
        """Return the builder that sets the book with Typst."""
        return PdfBuilder

    def setup(self, app: Sphinx) -> None:
        """Add the transforms of all that is printed."""
        html_outputs.setup_paper(app)
        app.add_post_transform(ShortenOutputs)
