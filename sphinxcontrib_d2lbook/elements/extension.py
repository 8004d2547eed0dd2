"""The list of elements; each has a `setup`."""

from __future__ import annotations

from sphinx.application import Sphinx

from . import discussion, qrcode

ELEMENTS = (qrcode, discussion)


def setup_extension(app: Sphinx) -> None:
    for element in ELEMENTS:
        element.setup(app)
