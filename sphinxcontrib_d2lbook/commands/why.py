"""`sphinx-d2lbook why`: would a build run these pages, and why?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ..execution.extension import decide
from ..execution.session import Session
from .book_loading import book, docnames_of


def why(folder: Path, source: Path, build: Path, pages: Sequence[str]) -> int:
    """Print a line for each of ``pages`` (docnames or files; all where none is named); 1 if one would run, else 0.

    ``folder`` is that of conf.py, ``build`` the one that `sphinx-build -M` was given. Nothing is run or written but
    what planning keeps. Returns 2 for a page that is not in the book. Raises SphinxError where the book is refused.
    """
    with book(folder, source, build / "doctrees") as app:
        known = app.project.discover()
        session = decide(app).session
    named = docnames_of(pages, source, known)
    if named is None:
        return 2
    found = named or sorted(session.plans)
    for docname in found:
        print(f"{docname}: {_answer(docname, session)}")
    return 1 if any(docname in session.stale for docname in found) else 0


def _answer(docname: str, session: Session) -> str:
    if docname not in session.plans:
        return "it has no code that runs in a build"
    reason = session.verdicts[docname].reason
    return f"would run: {reason}" if reason else "would not run: nothing that it uses has changed"
