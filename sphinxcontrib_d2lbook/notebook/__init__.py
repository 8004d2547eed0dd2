"""Read the file of a page before Sphinx does: its cells, its place in the reading order, the blocks it saves.

`myst_reader.py` and `ipynb_reader.py` turn the text of a page into a `Notebook` of cells with their lines,
`page_order.py` finds the reading order from the toctrees, and `save_marks.py` finds the blocks of code cells that the
author marked to be saved. Nothing here imports Sphinx or docutils.
"""

from .cells import Cell, CellKind, Notebook
from .myst_reader import Syntax, read_notebook

__all__ = ["Cell", "CellKind", "Notebook", "Syntax", "read_notebook"]
