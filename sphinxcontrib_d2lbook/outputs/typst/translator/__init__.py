"""Doctree to Typst markup: one file a kind of node, put together here."""

from __future__ import annotations

from .api import ApiVisitors
from .base import BookFacts
from .blocks import BlockVisitors
from .boxes import BoxVisitors
from .code import CodeVisitors
from .figures import FigureVisitors
from .index import IndexVisitors
from .inline import InlineVisitors
from .lists import ListVisitors
from .math import MathVisitors
from .notes import NoteVisitors
from .references import ReferenceVisitors
from .statements import StatementVisitors
from .structure import StructureVisitors
from .tables import TableVisitors

__all__ = ["BookFacts", "TypstTranslator"]


class TypstTranslator(
    StructureVisitors,
    InlineVisitors,
    BlockVisitors,
    ListVisitors,
    CodeVisitors,
    TableVisitors,
    FigureVisitors,
    MathVisitors,
    ReferenceVisitors,
    NoteVisitors,
    BoxVisitors,
    StatementVisitors,
    ApiVisitors,
    IndexVisitors,
):
    """Visitors of every kind of node that the PDF has a rule for.

    Extensions add theirs with `app.add_node(node, typst=(visit, depart))`: they append markup, made by
    `..markup.call` and `..escape.markup`, to `self.body`, or render children with `self.content`.
    """
