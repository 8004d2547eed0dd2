"""What Sphinx is told about paper, whichever engine sets it."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.config import Config

from .htmltables import TablesOfOutputs

BUILDERS = ("pdf", "latex")
# Of one output's forms, the first that is there; HTML last, for no engine reads any.
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
    ours = [(name, form, 10 * place) for name in BUILDERS for place, form in enumerate(FORMS, 1)]
    config.nb_mime_priority_overrides = [*ours, *config.nb_mime_priority_overrides]


def setup_extension(app: Sphinx) -> None:
    app.add_post_transform(TablesOfOutputs)
    app.connect("config-inited", choose_forms)
