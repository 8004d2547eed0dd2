"""How readers' notebooks meet Sphinx."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.config import Config

from .builder import NotebooksBuilder
from .special import visitors

_MIME_TYPES = (
    "text/plain",
    "text/markdown",
    "text/latex",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "image/gif",
    "text/html",
    "application/javascript",
    "application/vnd.jupyter.widget-view+json",
)
"""What stands for an output in the doctree, best first. The notebook's outputs come whole from the executed one, so
this matters only for values that are pasted into the text."""


def prefer_text(app: Sphinx, config: Config) -> None:
    """MyST-NB chooses by the builder's name and knows none of ours; what conf.py says comes later and wins."""
    ours = tuple((NotebooksBuilder.name, mime, rank) for rank, mime in enumerate(_MIME_TYPES))
    config.nb_mime_priority_overrides = [*ours, *config.nb_mime_priority_overrides]


def setup_extension(app: Sphinx) -> None:
    app.add_builder(NotebooksBuilder)
    app.connect("config-inited", prefer_text)
    for kind, (visit, depart) in visitors().items():
        app.add_node(kind, override=True, notebook=(visit, depart))
