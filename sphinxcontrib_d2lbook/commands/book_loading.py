"""Load a book up to `builder-inited`, for commands that need facts about it."""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace, patch_docutils

from ..common.errors import BookError
from ..lifecycle.unlisted import EXTENSION, unlisted

OVERRIDES = {"d2lbook_package_write": False}
"""Values in place of those of conf.py, with which a book is loaded."""


class _Held(io.StringIO):
    """Stream that keeps what is written until it is released, and then writes everything to the standard error."""

    released = False

    def write(self, text: str) -> int:
        return sys.stderr.write(text) if self.released else super().write(text)

    def isatty(self) -> bool:
        return sys.stderr.isatty()

    def release(self) -> None:
        self.released = True
        sys.stderr.write(self.getvalue())


@contextmanager
def book(folder: Path, source: Path, doctrees: Path | None = None) -> Iterator[Sphinx]:
    """Yield an application whose pages are collected and checked. Sphinx reads no page, and no code runs.

    ``folder`` contains conf.py. Sphinx's files go to ``doctrees``, or to a temporary folder. Raise BookError if conf.py
    does not list this extension.
    """
    with tempfile.TemporaryDirectory(prefix="d2lbook-") as work, patch_docutils(folder), docutils_namespace():
        warnings = _Held()
        app = Sphinx(
            srcdir=source,
            confdir=folder,
            outdir=Path(work, "out"),
            doctreedir=doctrees or Path(work, "doctrees"),
            buildername="dummy",
            confoverrides=OVERRIDES,
            status=None,
            warning=warnings,
        )
        if EXTENSION not in app.extensions:  # what Sphinx warned of follows from this
            raise unlisted(folder)
        warnings.release()
        yield app


def refuse_outdated(app: Sphinx, build: Path) -> None:
    """Raise BookError if the last build, in the folder given to `sphinx-build -M`, does not know the pages as they are.

    ``app`` is an application with the doctrees of that build.
    """
    added, changed, removed = app.env.get_outdated_files(config_changed=False)
    pages = sorted({*added, *changed, *removed})
    if pages:
        more = f" and {len(pages) - 1} more pages as they are" if len(pages) > 1 else " as it is"
        raise BookError(
            f"{build}: the last build does not know {pages[0]!r}{more} now. Build the book first, without an error; "
            "-b names another build folder"
        )


def docname_of(page: str, source: Path) -> str:
    """Return the docname for a page given by its docname, or by the path of its file from the current folder."""
    path = Path(page)
    if path.suffix and path.is_file():
        page = path.resolve().relative_to(source).as_posix() if path.resolve().is_relative_to(source) else page
    for suffix in (".md", ".ipynb", ".rst"):
        page = page.removesuffix(suffix)
    return page.strip("/")


def docnames_of(pages: Sequence[str], source: Path, known: Container[str]) -> list[str] | None:
    """Return the docnames of pages that an author names. If one is not in the book, print this and return None."""
    docnames = [docname_of(page, source) for page in pages]
    unknown = [page for page, docname in zip(pages, docnames, strict=True) if docname not in known]
    for page in unknown:
        print(
            f"{page}: there is no such page below {source}; name it as a toctree does, or by its file", file=sys.stderr
        )
    return None if unknown else docnames
