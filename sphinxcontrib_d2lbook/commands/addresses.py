"""Provide `sphinx-d2lbook addresses`: compare the committed list of permanent addresses with the book, or extend it."""

from __future__ import annotations

import sys
from pathlib import Path

from sphinx.application import Sphinx

from ..addresses.extension import file_of
from ..addresses.published_list import Published, broken_promises, read
from ..addresses.targets import targets
from ..common.errors import BookError, BookProblems
from ..common.files import write_if_changed
from .book_loading import book, refuse_outdated


def compare(folder: Path, source: Path, build: Path) -> int:
    """Print addresses that the list lacks, and those that the book lacks; return 1 if there are any, else 0.

    ``folder`` contains conf.py. ``build`` is the folder given to `sphinx-build -M`, whose last build knows the labels
    of the book. Raise SphinxError if there is no such build, or no list.
    """
    with book(folder, source, build / "doctrees") as app:
        file, labels = _file(app), _labels(app, build)
    known = read(file)
    problems = list(broken_promises(known, labels, str(file)))
    for problem in problems:
        print(problem, file=sys.stderr)
    new = [label for label in labels if label not in known.pages]
    for label in new:
        print(f"{label}: on the page {labels[label]!r}, not published yet")
    if new:
        print("sphinx-d2lbook addresses --publish adds them; from then on a build without them stops")
    return 1 if problems or new else 0


def publish(folder: Path, source: Path, build: Path) -> int:
    """Add all addresses of the last build to the list. Raise SphinxError as `compare`, and if the book lacks some."""
    with book(folder, source, build / "doctrees") as app:
        file, labels = _file(app), _labels(app, build)
    known = read(file)
    problems = list(broken_promises(known, labels, str(file)))
    if problems:
        raise BookProblems(problems)
    return _write(file, known, known.with_all({label: labels[label] for label in labels.keys() - known.pages.keys()}))


def retire(folder: Path, source: Path, label: str, successor: str) -> int:
    """Make the address of ``label`` lead to ``successor``.

    The next build checks that ``successor`` is in the book; the last one stopped because ``label`` is not. Raise
    BookError if ``label`` was not published, or if the addresses would form a circle.
    """
    with book(folder, source) as app:
        file = _file(app)
    known = read(file)
    if label not in known.pages and label not in known.retired:
        raise BookError(f"{file}: {label!r} was never published, so nothing needs to be in its place")
    after = known.with_retired(label, successor)
    after.successor(label)
    return _write(file, known, after)


def _write(file: Path, before: Published, after: Published) -> int:
    if after == before and file.is_file():
        print(f"{file} has all of it already")
    else:
        write_if_changed(file, after.text())
        print(f"{file} is written: {len(after.pages)} published, {len(after.retired)} retired. Commit it")
    return 0


def _file(app: Sphinx) -> Path:
    file = file_of(app.confdir, app.config)
    if file is None:
        raise BookError(f"{app.confdir}/conf.py: d2lbook_addresses is empty, so this book keeps no list of addresses")
    return file


def _labels(app: Sphinx, build: Path) -> dict[str, str]:
    """Return the docname of each label with an address. Raise BookError if the last build is out of date."""
    refuse_outdated(app, build)
    return {label: target.docname for label, target in targets(app.env).items()}
