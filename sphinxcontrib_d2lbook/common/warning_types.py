"""Define the warnings of this project: one type and a closed list of subtypes, each of which can be silenced."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self

from sphinx.util import logging

from .terminal_text import for_terminal

logger = logging.getLogger(__name__)

WARNING_TYPE = "d2lbook"
NO_GRAPHS = (
    "graphs are shown as their sources: %s cannot be run; install Graphviz, or name its program in `graphviz_dot` of "
    "conf.py"
)
"""A warning with a program's name, in quotes. Each output says it in these words, so that a build tells it once."""


class Warn(StrEnum):
    """Subject of a warning; `suppress_warnings = ["d2lbook.math"]` silences one of them.

    Each member has a `meaning`, which the manual shows beside an example of the warning.
    """

    meaning: str

    def __new__(cls, value: str, meaning: str) -> Self:
        member = str.__new__(cls, value)
        member._value_ = value
        member.meaning = meaning
        return member

    ADDRESS = "address", "A permanent address leads to one of two things that have the same label."
    ALT = "alt", "An image has no alternative text, and the book requires one."
    CELL = "cell", "A code cell failed, or its page could not be run."
    CHECK = (
        "check",
        "The check of numbers could not read some of them back, so that it cannot tell whether they are right.",
    )
    DISCUSSION = "discussion", "A discussion or a QR code cannot be placed, or cannot be scanned from paper."
    EXECUTION = "execution", "A page does not run as its author may think."
    GLUE = "glue", "A page pastes a value that another page does not have."
    GLYPH = "glyph", "No font of the PDF has a character, which prints as a box."
    IMAGE = "image", "An output cannot show an image, and sets its alternative text in its place."
    LABEL = "label", "A label is unknown, stands in two places, or is missing where one is needed."
    MAP = "map", "A map of the book cannot be drawn as asked."
    MARK = "mark", "A comment that looks like a mark saves nothing, or a mark saves less than it seems to."
    MATH = "math", "No parser accepts a formula, which is shown as TeX."
    NODE = "node", "The PDF has no rule for a kind of content, and sets its text alone."
    NOTEBOOK = "notebook", "Something is lost in a reader's notebook."
    NUMBER = "number", "A reference asks for the number of something that has none."
    OBJECT = "object", "An object or module of the package is not there, or is listed twice."
    OPTION = "option", "`conf.py` sets a value that begins with `d2lbook_` and that does not exist."
    OUTPUT = "output", "An output was finished, but not as asked."
    PAGE = "page", "A page of the PDF has a fault that a typesetter would mend."
    REMOTE = "remote", "An output of a cell loads files from another host, or from a package that is not installed."
    STORE = "store", "A record of executed outputs cannot be used, and the page runs again."


def warn(kind: Warn, message: str, *args: Any, location: Any = None) -> None:
    """Log a warning of this project. ``location`` is a node, ``"docname:line"`` or ``(docname, line)``."""
    args = tuple(for_terminal(value) if isinstance(value, str) else value for value in args)
    logger.warning(message, *args, type=WARNING_TYPE, subtype=kind.value, location=location)
