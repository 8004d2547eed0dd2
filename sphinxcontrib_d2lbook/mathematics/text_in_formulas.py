"""Separate text and mathematics in the text of formulas, and write text as the parser reads it."""

from __future__ import annotations

from collections.abc import Sequence

from . import markers
from .tex_tokens import Group, Node, TexError, Token, command, is_char, source

TEXTS = {"text", "mbox", "hbox", "textrm", "textnormal", "textup", "textbf", "textit", "textsf", "texttt"}
PLAIN_TEXTS = {"mbox", "hbox", "textnormal", "textup"}
QUOTED = frozenset("_&#")
"""Characters that TeX treats specially, and that MathJax prints as they are in text."""


def split_dollars(nodes: tuple[Node, ...]) -> list[tuple[Node, ...]]:
    """Return text, mathematics, text, … in turn: the nodes between ``$``, or between ``\\(`` and ``\\)``."""
    parts: list[list[Node]] = [[]]
    for node in nodes:
        if is_char(node, "$") or command(node) in ("(", ")"):
            parts.append([])
        else:
            parts[-1].append(node)
    if len(parts) % 2 == 0:
        raise TexError("a dollar inside \\text is never closed")
    return [tuple(part) for part in parts]


def has_dollar(node: Node) -> bool:
    """Return whether a node is or contains the beginning of mathematics in text."""
    if isinstance(node, Group):
        return any(map(has_dollar, node.children))
    return node.text in ("$", r"\(")


def as_text(nodes: Sequence[Node]) -> str:
    """Return text for the parser, with an escape before the characters of `QUOTED`."""
    return source(map(_node_as_text, nodes))


def _node_as_text(node: Node) -> Node:
    if isinstance(node, Group):
        return Group(tuple(map(_node_as_text, node.children)), node.at)
    if node.kind == "space":
        return Token("space", " ", node.at)
    if node.text == '"':
        return Token("char", markers.QUOTE, node.at)
    return Token("command", "\\" + node.text, node.at) if node.text in QUOTED else node
