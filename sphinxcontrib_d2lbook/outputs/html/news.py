"""Tell the preview when the pages of a website are written, before the build has made everything else.

The indices, the readers' notebooks and the checks of the whole book take longer than the page on which an author works.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from ...common import build_news
from ...upstream.sphinx.html import call_after_pages


def tell_after_pages(app: Sphinx) -> None:
    """Have the builder tell when it has written all pages, if their images are there. Handle `builder-inited`."""
    builder = app.builder
    if not build_news.is_heard() or not isinstance(builder, StandaloneHTMLBuilder):
        return

    def tell() -> None:
        if all(Path(builder.outdir, builder.imagedir, name).is_file() for name in builder.images.values()):
            build_news.tell(pages=True)

    call_after_pages(builder, tell)


def tell_at_end(app: Sphinx, error: Exception | None) -> None:
    """Tell that pages and images are written. Handle `build-finished`."""
    if error is None and app.builder.format == "html":
        build_news.tell(pages=True)


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", tell_after_pages)
    # Before all that is made from the finished website (default 500), such as the readers' notebooks.
    app.connect("build-finished", tell_at_end, priority=0)
