"""Register the LaTeX sources as an output of the book."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

from ...elements.printings.book_changes import record_files
from ..paper.output import PaperOutput
from . import extension
from .builder import TexBuilder


class LatexOutput(PaperOutput):
    """LaTeX sources for a publisher. Nothing is read back from them: LaTeX may print anything."""

    name = "latex"

    def builder(self) -> type[TexBuilder]:
        """Return the builder of the sources, which replaces Sphinx's."""
        return TexBuilder

    def inputs(self, app: Sphinx) -> list[Path]:
        """Return the record of the printing that the imprint names."""
        return [*super().inputs(app), *record_files(app)]

    def setup(self, app: Sphinx) -> None:
        """Add the visitors, and the builder of the PDF where LaTeX is to set it."""
        extension.setup(app)
