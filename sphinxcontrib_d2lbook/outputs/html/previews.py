"""Write what previews of references show, and a script that shows it where a reader stops on a reference.

Each page has a script beside the site's pages that holds the previews of references to it. A page loads the script of
another when a reader first stops on a reference to that one: a script element works in a folder, too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder

from ...common.files import write_if_changed
from .preview_texts import preview_texts

FOLDER, SCRIPT = "_previews", "previews.js"


def has_previews(builder: Builder) -> bool:
    """Return whether pages have previews: those of a site whose addresses are the names of its files."""
    is_site = isinstance(builder, StandaloneHTMLBuilder) and not builder.embedded
    return is_site and bool(builder.config.d2lbook_previews) and builder.get_target_uri("a") == "a.html"


def write_previews(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Write the previews of a page, and load the script. Handle `html-page-context`."""
    if doctree is None or not has_previews(app.builder):
        return
    texts = preview_texts(str(context.get("body", "")))
    data = json.dumps(texts, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace("</", "<\\/")
    name = json.dumps(app.builder.get_target_uri(pagename))
    write_if_changed(Path(app.outdir, preview_file(pagename)), f"d2lbookPreviews({name}, {data});\n")
    app.add_js_file(SCRIPT, loading_method="defer")


def preview_file(docname: str) -> str:
    """Return the script with the previews of a document, relative to the root of the site."""
    return f"{FOLDER}/{docname}.js"


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", write_previews)
