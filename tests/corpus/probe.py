"""An extension that the corpus adds to its books: it keeps the texts of each page as the website shows it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

FOLDER = "CORPUS_PIECES"
"""The variable that names the folder for them."""


def keep(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Handler of `doctree-resolved`."""
    from tests.corpus.words import captions, pieces

    if app.builder.format == "html":
        file = Path(os.environ[FOLDER], f"{docname}.json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps({"pieces": [*pieces(doctree)], "captions": [*captions(doctree)]}), encoding="utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    # Behind all that still changes a page.
    app.connect("doctree-resolved", keep, priority=10_000)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
