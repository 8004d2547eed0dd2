"""The LaTeX sources, as an output of the book."""

from __future__ import annotations

from sphinx.application import Sphinx

from ..paper.output import PaperOutput
from . import extension
from .builder import TexBuilder


class LatexOutput(PaperOutput):
    """Sources for a publisher. Nothing is read back from them: LaTeX may do anything with what they say."""

    name = "latex"

    def builder(self) -> type[TexBuilder]:
        """Return the builder of the sources, which takes the place of Sphinx's."""
        return TexBuilder

    def setup(self, app: Sphinx) -> None:
        """Add visitors, and the builder of the PDF where LaTeX is to set it."""
        extension.setup(app)
