"""What a website that is built alone still offers: each page's notebook, written by that output's own builder."""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ...execution.extension import work_folder
from ...files import digest
from ...library.extension import collected
from ...numbering.views import page_views
from ..html.downloads import Offer, book_offer, offer
from ...remembered import Entry, Kind
from . import child, stamps
from .assemble import into_site
from .damage import find_damaged, pages_of
from .status import refuse

NAME = "beside-html"
"""Of these notebooks in the ledger, which holds those of the book as "notebooks"."""
AROUND = Kind(
    f"{NAME}/around",
    of="what all the notebooks beside a site are made from, besides their own page",
    stale="the same as for an output, or code on any page",
)


def _wanted(app: Sphinx) -> bool:
    return app.builder.format == "html" and "notebooks" in app.config.d2lbook_outputs and not child.in_child()


def _ledger(app: Sphinx) -> stamps.Ledger:
    return stamps.Ledger(work_folder(app))


def owe(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Remember what is about to be read. Handler of `env-before-read-docs`."""
    if _wanted(app):
        _ledger(app).owe(NAME, set(docnames))


def announce(app: Sphinx) -> None:
    """Tell the pages what will lie beside them. Handler of `builder-inited`."""
    if child.in_child():
        offer(app, book_offer(app.config))
    elif app.builder.format == "html":
        offer(app, Offer(None, "notebooks" in app.config.d2lbook_outputs))


def add_notebooks(app: Sphinx, error: Exception | None) -> None:
    """Write the notebooks that changed and put all into the site. Handler of `build-finished`."""
    if error is not None or not _wanted(app):
        return
    folder, ledger = work_folder(app) / "notebooks", _ledger(app)
    # What any page imports stands in the first cell of all notebooks that use the package.
    code = [cell.source for page in collected(app).notebooks.values() for cell in page.code_cells]
    around = digest(stamps.surroundings(app), *code)
    others = Entry(ledger.work, AROUND)
    if not ledger.knows(NAME) or others.load(around) is None:
        ledger.owe(NAME, app.env.found_docs)
        others.save(around, True)
    ledger.owe(NAME, pages_of(find_damaged(ledger, folder), app.env))
    views = page_views(app.env)
    ledger.owe(NAME, ledger.stale(NAME, views))
    ledger.note_views(NAME, views)
    signature = stamps.signature(app)
    if not (ledger.settled(NAME, signature) and folder.is_dir()):
        job = child.Job("notebooks", folder, ledger.owed(NAME) & app.env.found_docs, exact=True)
        for outcome in child.write_all(app, [job]):
            for message in outcome.messages:
                child.relay(message)
            if outcome.error:
                refuse(app)
                child.logger.error("the notebooks beside the pages failed:\n%s", outcome.error)
            else:
                ledger.settle(NAME, signature)
                ledger.note_files(folder)
    into_site(Path(app.outdir), folder, [])
