"""Limit the number of doctrees that a build keeps in memory; all of them are on the disk.

Sphinx keeps each doctree that it reads until the page is written, and the bytes of each that it loads for good. So its
memory grows with the book, and a child that writes an output copies the parent's memory when it touches it.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

from ..upstream.sphinx.environment import forget_doctrees

KEPT = 32
"""Most doctrees in memory, as trees and as bytes."""


def _before_reading(app: Sphinx, docname: str, content: list[str]) -> None:
    """Drop all but a few doctrees from memory before a page is read. Handler of `source-read`."""
    forget_doctrees(app.env, KEPT)


def _before_writing(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Drop all but a few doctrees from memory before a page is written. Handler of `doctree-resolved`."""
    forget_doctrees(app.env, KEPT)


def setup(app: Sphinx) -> None:
    app.connect("source-read", _before_reading)
    app.connect("doctree-resolved", _before_writing)
