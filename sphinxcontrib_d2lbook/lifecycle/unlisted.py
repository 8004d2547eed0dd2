"""Refuse to build a project whose conf.py does not list this extension, in a sentence.

Sphinx asks the entry points `sphinx.builders` for a builder that no extension of conf.py brings, such as `book`, and
sets up the module that stands there. That is this one.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

from ..common.errors import BookError
from . import error_printing

EXTENSION = "sphinxcontrib_d2lbook"


def unlisted(folder: Path) -> BookError:
    """Return the error for a conf.py in ``folder`` that does not list this extension."""
    return BookError(
        f'{folder / "conf.py"}: extensions does not list "{EXTENSION}", which builds books; add it:'
        f' extensions = [..., "{EXTENSION}"]. `sphinx-d2lbook new FOLDER` begins a book with everything it needs'
    )


def setup(app: Sphinx) -> None:
    """Raise BookError, which is printed without a traceback."""
    error_printing.setup(app)
    raise unlisted(Path(app.confdir))
