"""The translator of notebooks: all visitors in one class, registered nodes beside them."""

from __future__ import annotations

from .blocks import BlockVisitors
from .inline import InlineVisitors
from .special import SpecialVisitors
from .tables import TableVisitors


class NotebookTranslator(SpecialVisitors, TableVisitors, BlockVisitors, InlineVisitors):
    """Walks a resolved doctree; `result()`, `notes`, `attachments` and `cited` hold what it found."""
