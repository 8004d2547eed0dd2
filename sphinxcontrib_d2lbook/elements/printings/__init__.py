"""Say on the website what has changed since a printing of the book, and list all of it with `{errata}`.

`page_contents.py` finds what the pages have: cells, results, text. `record.py` is the committed file
of a printing, which `sphinx-d2lbook printing` writes; `comparison.py` compares two states of a book. `book_changes.py`
does it for a build, and `notes.py` shows the result.
"""

from __future__ import annotations

from sphinx.application import Sphinx

from . import book_changes, notes


def setup(app: Sphinx) -> None:
    book_changes.setup(app)
    notes.setup(app)
