"""What Sphinx is told about paper, whichever engine sets it."""

from __future__ import annotations

from sphinx.application import Sphinx

from .htmltables import TablesOfOutputs


def setup_extension(app: Sphinx) -> None:
    app.add_post_transform(TablesOfOutputs)
