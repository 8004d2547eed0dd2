"""SOURCE: what a page's file says, before Sphinx reads it.

Text of a page -> `Notebook` with cells and their lines (myst_reader.py); pages -> reading order (page_order.py); code
cells -> the blocks that the author marked to be saved (save_marks.py). Nothing here imports Sphinx or docutils.
"""

from .cells import Cell, CellKind, Notebook
from .myst_reader import Syntax, read_notebook

__all__ = ["Cell", "CellKind", "Notebook", "Syntax", "read_notebook"]
