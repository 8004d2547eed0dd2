"""Give the script that opens long outputs its words, on pages that have outputs.

The style sheet makes the boxes of long outputs scroll, so everything in them can be found, reached by the keyboard and
printed without the script.
"""

from __future__ import annotations

import html
from typing import Any

from sphinx.application import Sphinx

from ...common.translations import _

SCRIPT = "long-outputs.js"


def add_script(app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: Any) -> None:
    """Load the script on pages that have outputs of cells, and write its words. Handle `html-page-context`."""
    if "cell_output" in str(context.get("body", "")):
        more, less = html.escape(_("Show all {lines} lines")), html.escape(_("Show less"))
        tag = f'<meta name="d2lbook-long-outputs" content="{more}" data-less="{less}" />'
        context["metatags"] = f"{context.get('metatags', '')}\n{tag}"
        app.add_js_file(SCRIPT, loading_method="defer")


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", add_script)
