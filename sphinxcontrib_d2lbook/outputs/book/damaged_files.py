"""Find files in an output folder that are not as the last build left them: cut short, edited, or gone.

The pages that they belong to are written again. A builder alone would take the files for finished.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from ..html.previews import FOLDER as PREVIEWS
from .stamps import COPIES, Ledger

logger = logging.getLogger(__name__)

FROM_PAGES = ("_images/", "searchindex.js")
"""Files of a website that are made while pages are written, whichever page shows them."""
OF_PAGES = ("_sources/", f"{PREVIEWS}/")
"""Folders of a website with a file for each page, besides the page itself."""

MOST = 5
"""Largest number of files that are named."""


def find_damaged(ledger: Ledger, folder: Path) -> list[str] | None:
    """Return the files in ``folder``, relative to it, that are not as a build left them; delete copies and archives.

    Return None if it is not known how the last build left the folder. Then nothing is deleted, as the files may be
    anybody's.
    """
    names = ledger.altered(folder)
    if names:
        shown = ", ".join(names[:MOST]) + (", …" if len(names) > MOST else "")
        logger.info("%s: not as the last build left it, and written again: %s", folder, shown)
    for name in names or ():
        # An archive is left alone that lists what it should hold: its content is not read for that.
        if name.startswith(COPIES) or name.endswith(".zip"):
            (folder / name).unlink(missing_ok=True)
    return names


def pages_of(names: Iterable[str] | None, env: BuildEnvironment) -> frozenset[str]:
    """Return the pages to write again so that the files ``names`` are restored; all pages for None.

    For a file that each build writes this is one page, so that the output is written at all.
    """
    if names is None:
        return frozenset(env.found_docs)
    pages: set[str] = set()
    for name in names:
        every = set(env.found_docs)
        pages |= every if name.startswith(FROM_PAGES) else _named(name) & every or {str(env.config.root_doc)}
    return frozenset(pages)


def _named(file: str) -> set[str]:
    """Return the docnames that a file may belong to by its name: as the page itself, or as one that goes with it.

    A hidden folder has other forms of the files of pages.
    """
    folder = next((folder for folder in OF_PAGES if file.startswith(folder)), "")
    if file.startswith(".") and "/" in file:
        folder = f"{file.partition('/')[0]}/"
    stem = file.removeprefix(folder)
    docnames = {stem.removesuffix("/index.html")}
    while "." in stem.rpartition("/")[2]:
        stem = stem.rpartition(".")[0]
        docnames.add(stem)
    return docnames
