"""The docutils document that is being parsed.

Sphinx's domains are told of a label by what stands in the page, and not in which document that is; who has to look at
the document's other labels then finds it here.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from docutils import nodes

_document: ContextVar[nodes.document | None] = ContextVar("document", default=None)


@contextmanager
def parsing(document: nodes.document) -> Iterator[None]:
    """Let ``document`` be the one that is being parsed. Called by parsers."""
    token = _document.set(document)
    try:
        yield
    finally:
        _document.reset(token)


def document_being_parsed() -> nodes.document | None:
    """Return the document that is being parsed; None outside of the parsers of this project."""
    return _document.get()
