"""What a page shows of an exception in one of its cells."""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx


def highlight_tracebacks(app: Sphinx, doctree: nodes.document) -> None:
    """Have tracebacks highlighted as far as they can be: what is in one is the cell's. Handler of `doctree-read`."""
    for node in doctree.findall(nodes.literal_block):
        if "traceback" in node["classes"]:
            node["force"] = True  # as the option of `code-block`: without it Sphinx warns, and prints all of the text


def setup(app: Sphinx) -> None:
    app.connect("doctree-read", highlight_tracebacks)
