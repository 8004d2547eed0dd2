"""How the package's output meets Sphinx."""

from __future__ import annotations

from sphinx.application import Sphinx

from .builder import PackageBuilder


def setup_extension(app: Sphinx) -> None:
    app.add_builder(PackageBuilder)
