"""Files in an output folder that are not as the last build left them: cut short, edited, or gone.

They are deleted, and what they belong to is written again. A builder alone would take them for finished.
"""

from __future__ import annotations

from collections.abc import Set
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

from .stamps import Ledger

logger = logging.getLogger(__name__)

FROM_PAGES = ("_images/", "searchindex.js")
"""Files of a website that are made while pages are written, of whatever page shows them."""


def find_damaged(app: Sphinx, ledger: Ledger, folder: Path) -> frozenset[str]:
    """Delete the files in ``folder`` that something else than a build changed; return the pages to be written again.

    For a file that each build writes this is one page, so that the output is written at all.
    """
    found: set[str] = set()
    every: Set[str] = app.env.found_docs
    for name in ledger.altered(folder):
        logger.info("%s is not as the last build left it: it is written again", folder / name)
        (folder / name).unlink(missing_ok=True)
        docnames = every if name.startswith(FROM_PAGES) else _pages_of(name) & every or {app.config.root_doc}
        found |= docnames
    return frozenset(found)


def _pages_of(name: str) -> set[str]:
    """Return the docnames that a file may be of, by its name: itself, or the copy of its source."""
    stem = name.removeprefix("_sources/")
    docnames = {stem.removesuffix("/index.html")}
    while "." in stem.rpartition("/")[2]:
        stem = stem.rpartition(".")[0]
        docnames.add(stem)
    return docnames
