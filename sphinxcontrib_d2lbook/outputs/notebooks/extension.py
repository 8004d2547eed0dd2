"""How readers' notebooks meet Sphinx."""

from __future__ import annotations

from sphinx.application import Sphinx

from .special import visitors


def setup_extension(app: Sphinx) -> None:
    for kind, (visit, depart) in visitors().items():
        app.add_node(kind, override=True, notebook=(visit, depart))
