"""`sphinx-d2lbook package`: is the committed package what the pages give?"""

from __future__ import annotations

from pathlib import Path

from ..library import Library
from ..library.extension import collected
from ..library.package_folder import foreign_files, hand_edits, stale_parts, write_package
from .book_loading import book


def check(folder: Path, source: Path) -> int:
    """Print what differs; 0 if nothing does, else 1. Raises SphinxError where the book is refused."""
    with book(folder, source) as app:
        library = collected(app).library
    found = differences(folder, library)
    for line in found:
        print(line)
    if found:
        print(
            f"{library.package}/ is not what the pages give; run `sphinx-d2lbook package --write`, or build, and commit"
        )
    return 1 if found else 0


def differences(folder: Path, library: Library) -> list[str]:
    """A line for each fault of the committed package: of others, changed by hand, stale."""
    files, place = library.files(), library.package
    package = folder / place
    edited = hand_edits(package, files, place, library.origin)
    if not files or edited:
        return edited
    return [*foreign_files(package, files, place), *stale_parts(package, files, place, library.origin)]


def write(folder: Path, source: Path) -> int:
    """Write the package, and say where. Raises SphinxError where the book is refused or a file was changed by hand."""
    with book(folder, source) as app:
        library = collected(app).library
    stale = differences(folder, library)
    if library:
        write_package(folder / library.package, library.files(), library.package, library.origin)
    for line in stale:
        print(line)
    print(f"{library.package}/ is {'written' if stale else 'up to date'}")
    return 0
