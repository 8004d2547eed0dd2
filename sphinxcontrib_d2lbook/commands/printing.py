"""Provide `sphinx-d2lbook printing`: record the state of the book that goes to print."""

from __future__ import annotations

from pathlib import Path

from ..common.errors import BookError
from ..common.files import write_if_changed
from ..config.website_options import PRINTING_NAME
from ..elements.printings.book_changes import record_of
from ..elements.printings.record import file_of, record_text
from .book_loading import book, refuse_outdated


def record(folder: Path, source: Path, build: Path, name: str, *, replace: bool) -> int:
    """Write the record of a printing from the last build, and return 0.

    ``folder`` contains conf.py, ``build`` is the folder given to `sphinx-build -M`. Raise BookError if the last build
    is out of date, if the name cannot be that of a file, or if there is another record of this name.
    """
    if not PRINTING_NAME.fullmatch(name):
        raise BookError(f"{name!r} is no name of a printing; write letters, digits, '.', '_' and '-', as in 2026-11")
    with book(folder, source, build / "doctrees") as app:
        refuse_outdated(app, build)
        found = record_of(app)
        file = file_of(app.confdir, name)
        text = record_text(found)
        if not replace and file.is_file() and file.read_text(encoding="utf-8") != text:
            raise BookError(
                f"{file}: this printing is recorded, with another content; give the new one another name, or replace "
                "the record by --replace"
            )
        write_if_changed(file, text)
        cells = sum(len(page.cells) for page in found.pages.values())
        print(
            f"{file} is written: {len(found.pages)} pages, {cells} code cells, {len(found.numbers)} numbers. Commit it"
        )
        if app.config.d2lbook_printing != name:
            print(f"conf.py names it by d2lbook_printing = {name!r}")
    return 0
