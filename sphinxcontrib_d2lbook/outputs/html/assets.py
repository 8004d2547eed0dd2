"""Tags of style sheets and scripts: made once for all pages of a folder, whose links to them are the same.

For each tag on each page Sphinx resolves the path of the file, to look up its checksum.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from functools import partial
from typing import Any

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

FUNCTIONS = ("css_tag", "js_tag")
"""Their names in templates."""


class Tags:
    """Those of one builder."""

    def __init__(self, builder: StandaloneHTMLBuilder) -> None:
        self.builder = builder
        self._kept: dict[tuple[str, Any], str] = {}

    def remember(self, app: Sphinx, pagename: str, template: str, context: dict[str, Any], doctree: Any) -> None:
        """Handler of `html-page-context`."""
        folder = posixpath.dirname(self.builder.get_target_uri(pagename))
        for name in FUNCTIONS:
            if name in context:
                context[name] = partial(self._tag, context[name], folder)

    def _tag(self, make: Callable[[Any], str], folder: str, asset: Any) -> str:
        if not getattr(asset, "filename", None):  # a script that stands in the page, or a path that a theme writes
            return make(asset)
        key = (folder, asset)
        if key not in self._kept:
            self._kept[key] = make(asset)
        return self._kept[key]


def remember_tags(app: Sphinx) -> None:
    """Handler of `builder-inited`."""
    if isinstance(app.builder, StandaloneHTMLBuilder):
        # Behind all that may put functions of its own in place of Sphinx's (500 and a little more).
        app.connect("html-page-context", Tags(app.builder).remember, priority=900)


def setup_extension(app: Sphinx) -> None:
    app.connect("builder-inited", remember_tags)
