"""Translate a doctree to Typst markup. Each module handles one kind of node; they are combined here."""

from __future__ import annotations

from .api import ApiVisitors
from .base import TypstBookFacts
from .blocks import TypstBlockVisitors
from .boxes import TypstBoxVisitors
from .code import TypstCodeVisitors
from .figures import TypstFigureVisitors
from .index import IndexVisitors
from .inline import TypstInlineVisitors
from .lists import ListVisitors
from .math import TypstMathVisitors
from .notes import TypstNoteVisitors
from .references import TypstReferenceVisitors
from .statements import TypstStatementVisitors
from .structure import TypstStructureVisitors
from .tables import TypstTableVisitors

__all__ = ["TypstBookFacts", "TypstTranslator"]


class TypstTranslator(
    TypstStructureVisitors,
    TypstInlineVisitors,
    TypstBlockVisitors,
    ListVisitors,
    TypstCodeVisitors,
    TypstTableVisitors,
    TypstFigureVisitors,
    TypstMathVisitors,
    TypstReferenceVisitors,
    TypstNoteVisitors,
    TypstBoxVisitors,
    TypstStatementVisitors,
    ApiVisitors,
    IndexVisitors,
):
    """Translator with a visitor for every kind of node that the PDF can show.

    Other extensions add theirs with `app.add_node(node, typst=(visit, depart))`: they append markup, made by
    `..markup.call` and `..escape.markup`, to `self.body`, or render children with `self.content`.
    """
