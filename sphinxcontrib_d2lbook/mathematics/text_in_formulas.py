"""Separate text and mathematics in the text of formulas, and write text as the parser reads it."""

from __future__ import annotations

from collections.abc import Sequence

from . import markers
from .tex_tokens import Group, Node, TexError, Token, command, is_char, source

TEXTS = {"text", "mbox", "hbox", "textrm", "textnormal", "textup", "textbf", "textit", "textsf", "texttt"}
PLAIN_TEXTS = {"mbox", "hbox", "textnormal", "textup"}
QUOTED = frozenset("_&#")
"""Characters that TeX treats specially, and that MathJax prints as they are in text."""

JOINED = {"---": "—", "--": "–", "``": "“", "''": "”", "`": "‘", "'": "’"}
"""Characters of text by how TeX takes them, longest first."""


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


def as_text(nodes: Sequence[Node], wrapper: str = "text") -> str:
    r"""Return the text of a command ``wrapper`` for the parser, with an escape before the characters of `QUOTED`.

    Dashes and quotation marks are those for which TeX takes several characters, but not in a `\\texttt`.
    """
    shown = [_node_as_text(node) for node in (nodes if wrapper == "texttt" else _joined(nodes))]
    # The parser takes a space after a character with a backslash for the end of its name.
    for at, node in enumerate(shown[1:], start=1):
        if isinstance(node, Token) and node.kind == "space" and (name := command(shown[at - 1])) and not name.isalpha():
            shown[at] = Token("char", "~", node.at)
    return source(shown)


def _joined(nodes: Sequence[Node]) -> list[Node]:
    out, at = list[Node](), 0
    while at < len(nodes):
        ahead = "".join(node.text if isinstance(node, Token) else "\0" for node in nodes[at : at + 3])
        typed = next((typed for typed in JOINED if ahead.startswith(typed)), "")
        out.append(Token("char", JOINED[typed], nodes[at].at) if typed else nodes[at])
        at += len(typed) or 1
    return out


def _node_as_text(node: Node) -> Node:
    if isinstance(node, Group):
        return Group(tuple(map(_node_as_text, node.children)), node.at)
    if node.kind == "space":
        return Token("space", " ", node.at)
    if node.text == '"':
        return Token("char", markers.QUOTE, node.at)
    return Token("command", "\\" + node.text, node.at) if node.text in QUOTED else node
