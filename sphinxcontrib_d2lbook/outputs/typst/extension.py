"""What Sphinx is told about the PDF."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.config import Config

from .builder import PdfBuilder
from .htmltables import TablesOfOutputs

# Of one output's forms, the first that is there; HTML last, for the compiler reads none.
FORMS = (
    "image/svg+xml",
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/gif",
    "text/markdown",
    "text/latex",
    "text/plain",
    "text/html",
)


def choose_forms(_app: Sphinx, config: Config) -> None:
    """Tell MyST-NB which forms of an output the PDF takes; what conf.py says goes first."""
    ours = [(PdfBuilder.name, form, 10 * place) for place, form in enumerate(FORMS, 1)]
    config.nb_mime_priority_overrides = [*ours, *config.nb_mime_priority_overrides]


def setup_extension(app: Sphinx) -> None:
    app.add_builder(PdfBuilder)
    app.add_post_transform(TablesOfOutputs)
    app.connect("config-inited", choose_forms)
