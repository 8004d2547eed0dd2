"""Provide `sphinx-d2lbook package`: compare the committed package with the pages, or write it."""

from __future__ import annotations

from pathlib import Path

from ..library import Library
from ..library.extension import collected
from ..library.package_folder import foreign_files, hand_edits, stale_parts, write_package
from .book_loading import book


def check(folder: Path, source: Path) -> int:
    """Print differences and return 1, or return 0 if there are none. Raise SphinxError if the book is refused."""
    with book(folder, source) as app:
        library = collected(app).library
    lines = differences(folder, library)
    for line in lines:
        print(line)
    if lines:
        print(
            f"{library.package}/ is not what the pages give; run `sphinx-d2lbook package --write`, or build, and commit"
        )
    return 1 if lines else 0


def differences(folder: Path, library: Library) -> list[str]:
    """Return a line for each fault of the committed package: foreign, edited by hand, or stale."""
    files, place = library.files(), library.package
    package = folder / place
    edited = hand_edits(package, files, place, library.origin)
    if not files or edited:
        return edited
    return [*foreign_files(package, files, place), *stale_parts(package, files, place, library.origin)]


def write(folder: Path, source: Path) -> int:
    """Write the package and report this. Raise SphinxError if the book is refused or a file was changed by hand."""
    with book(folder, source) as app:
        library = collected(app).library
    stale = differences(folder, library)
    if library:
        write_package(folder / library.package, library.files(), library.package, library.origin)
    for line in stale:
        print(line)
    print(f"{library.package}/ is {'written' if stale else 'up to date'}")
    return 0
