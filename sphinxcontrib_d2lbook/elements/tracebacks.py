"""Adjust how pages show the traceback of an exception in one of their cells."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx


def highlight_tracebacks(app: Sphinx, doctree: nodes.document) -> None:
    """Have tracebacks highlighted as far as possible, since cells may put any text into them.

    Handle `doctree-read`.
    """
    for node in doctree.findall(nodes.literal_block):
        if "traceback" in node["classes"]:
            node["force"] = True  # like the option of `code-block`; else Sphinx warns of text that the lexer refuses


def setup(app: Sphinx) -> None:
    app.connect("doctree-read", highlight_tracebacks)
