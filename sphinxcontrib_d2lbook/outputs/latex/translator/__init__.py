"""Translate a doctree to LaTeX: Sphinx's writer, with a module for each kind of node that the book sets differently."""

from __future__ import annotations

from .base import LatexBookFacts, gather
from .boxes import LatexBoxVisitors
from .code import LatexCodeVisitors
from .figures import LatexFigureVisitors
from .index import LatexIndexVisitors
from .mathematics import LatexMathVisitors
from .notes import LatexNoteVisitors
from .references import LatexReferenceVisitors
from .statements import LatexStatementVisitors
from .tables import LatexTableVisitors

__all__ = ["BookTranslator", "LatexBookFacts", "gather"]


class BookTranslator(
    LatexIndexVisitors,
    LatexCodeVisitors,
    LatexTableVisitors,
    LatexFigureVisitors,
    LatexMathVisitors,
    LatexReferenceVisitors,
    LatexNoteVisitors,
    LatexStatementVisitors,
    LatexBoxVisitors,
):
    """Translator with a visitor for every kind of node that the PDF has a rule for; all others are Sphinx's.

    Other extensions add theirs with `app.add_node(node, latex=(visit, depart))`, as for Sphinx's own LaTeX.
    """
