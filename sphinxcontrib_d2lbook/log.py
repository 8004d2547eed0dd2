"""Warnings of this project: one type, a closed list of subtypes, so that each can be silenced by name."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sphinx.util import logging

logger = logging.getLogger(__name__)

WARNING_TYPE = "d2lbook"


class Warn(StrEnum):
    """What a warning is about; `suppress_warnings = ["d2lbook.math"]` silences one kind."""

    ADDRESS = "address"  # a permanent address leads to one of two things
    CELL = "cell"  # a code cell failed
    CONFIG = "config"  # a value in conf.py is odd but usable
    DISCUSSION = "discussion"  # a discussion or QR code cannot be placed
    EXECUTION = "execution"  # a page's run is not what its author may think
    IMAGE = "image"  # an image cannot be shown in an output
    MAP = "map"  # a map of the book that cannot be drawn as asked
    MATH = "math"  # TeX that no parser accepts
    NODE = "node"  # an output has no rule for a kind of node
    NOTEBOOK = "notebook"  # something is lost in a reader's notebook
    LABEL = "label"  # a label that two places have, or none where one is needed
    NUMBER = "number"  # a reference without a number
    OBJECT = "object"  # an object of the package that is not there
    ORDER = "order"  # the reading order is unclear
    OUTPUT = "output"  # an output was finished, but not as asked
    STORE = "store"  # a record of executed outputs cannot be used
    GLYPH = "glyph"  # a character that no font of the PDF has


def warn(kind: Warn, message: str, *args: Any, location: Any = None) -> None:
    """Log a warning of ours. ``location`` is a node, ``"docname:line"`` or ``(docname, line)``."""
    logger.warning(message, *args, type=WARNING_TYPE, subtype=kind.value, location=location)
