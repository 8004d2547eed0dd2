"""Register the LaTeX sources as an output of the book."""

from __future__ import annotations

from sphinx.application import Sphinx

from ..paper.output import PaperOutput
from . import extension
from .builder import TexBuilder


class LatexOutput(PaperOutput):
    """LaTeX sources for a publisher. Nothing is read back from them: LaTeX may print anything."""

    name = "latex"

    def builder(self) -> type[TexBuilder]:
        """Return the builder of the sources, which replaces Sphinx's."""
        return TexBuilder

    def setup(self, app: Sphinx) -> None:
        """Add the visitors, and the builder of the PDF where LaTeX is to set it."""
        extension.setup(app)
