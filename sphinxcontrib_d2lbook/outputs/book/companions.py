"""What a website that is built alone still offers: each page's notebook, written by that output's own builder."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

from ...execution.extension import work_folder
from ..html.downloads import Offer, book_offer, offer
from . import child
from .assemble import into_site


def announce(app: Sphinx) -> None:
    """Tell the pages what will lie beside them. Handler of `builder-inited`."""
    if child.in_child():
        offer(app, book_offer(app.config))
    elif app.builder.format == "html":
        offer(app, Offer(None, "notebooks" in app.config.d2lbook_outputs))


def add_notebooks(app: Sphinx, error: Exception | None) -> None:
    """Write the notebooks and put them into the site. Handler of `build-finished`."""
    wanted = app.builder.format == "html" and "notebooks" in app.config.d2lbook_outputs
    if error is not None or not wanted or child.in_child():
        return
    folder = work_folder(app) / "notebooks"
    for outcome in child.write_all(app, [child.Job("notebooks", folder, frozenset(app.env.found_docs))]):
        for message in outcome.messages:
            child.relay(message)
        if outcome.error:
            app.statuscode = 2
            child.logger.error("the notebooks beside the pages failed:\n%s", outcome.error)
    into_site(Path(app.outdir), folder, [])
