"""Give access to the docutils document that is being parsed.

Sphinx tells its domains about a label without naming the document that contains it. Code that needs the other labels of
the document finds it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from docutils import nodes

_document: ContextVar[nodes.document | None] = ContextVar("document", default=None)


@contextmanager
def parsing(document: nodes.document) -> Iterator[None]:
    """Make ``document`` the one that is being parsed. Called by parsers."""
    token = _document.set(document)
    try:
        yield
    finally:
        _document.reset(token)


def document_being_parsed() -> nodes.document | None:
    """Return the document that is being parsed; None outside the parsers of this project."""
    return _document.get()
