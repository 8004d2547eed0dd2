"""Doctree to LaTeX: Sphinx's writer, with one file for each kind of thing that the book sets its own way."""

from __future__ import annotations

from .base import BookFacts, gather
from .boxes import BoxVisitors
from .code import CodeVisitors
from .figures import FigureVisitors
from .mathematics import MathVisitors
from .notes import NoteVisitors
from .references import ReferenceVisitors
from .statements import StatementVisitors
from .structure import StructureVisitors
from .tables import TableVisitors

__all__ = ["BookFacts", "BookTranslator", "gather"]


class BookTranslator(
    StructureVisitors,
    CodeVisitors,
    TableVisitors,
    FigureVisitors,
    MathVisitors,
    ReferenceVisitors,
    NoteVisitors,
    StatementVisitors,
    BoxVisitors,
):
    """Visitors of every kind of node that the PDF has a rule for; all others are Sphinx's.

    Extensions add theirs with `app.add_node(node, latex=(visit, depart))`, as for Sphinx's own LaTeX.
    """
