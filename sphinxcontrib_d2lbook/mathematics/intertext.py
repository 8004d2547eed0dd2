r"""Split an equation at text between its lines: `\\intertext{…}` and `\\shortintertext{…}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .numbered_lines import environment_lines
from .tags import plain
from .tex_tokens import Node, Reader, TexError, Token, command, parse, source
from .text_in_formulas import split_dollars

COMMANDS = frozenset({"intertext", "shortintertext"})


class EquationPart(NamedTuple):
    """Lines of an equation, or text between them."""

    tex: str
    """TeX of the lines; "" for text."""
    words: tuple[tuple[str, bool], ...]
    """Pieces of the text, each with whether it is mathematics; empty for lines."""


def parts(tex: str) -> list[EquationPart]:
    """Return the parts of a formula that is one environment with text between its lines.

    The result is empty for any other formula.
    """
    if "intertext" not in tex:
        return []
    try:
        environment = environment_lines(parse(tex))
        if environment is None:
            return []
        name, lines = environment
        result: list[EquationPart] = []
        piece: list[tuple[Node, ...]] = []
        for line in lines:
            rest = list[Node]()
            reader = Reader(line)
            while reader:
                node = reader.take()
                if command(node) not in COMMANDS:
                    rest.append(node)
                    continue
                piece.append(tuple(rest))
                result += _lines(name, piece)
                result.append(EquationPart("", _words(reader.argument(command(node)))))
                piece, rest = [], []
            piece.append(tuple(rest))
        result += _lines(name, piece)
    except TexError:
        return []
    return result if any(part.words for part in result) else []


def _lines(name: str, lines: Sequence[tuple[Node, ...]]) -> list[EquationPart]:
    """Return lines as an environment of their own, starred if none of them has a label."""
    shown = [source(line).strip() for line in lines if source(line).strip()]
    if not shown:
        return []
    body = r" \\ ".join(shown)
    plain_name = name.removesuffix("*")
    own = name if "\\label" in body else f"{plain_name}*"
    pairs = f"{{{body.count('&') + 1}}}" if plain_name == "alignat" else ""
    return [EquationPart(f"\\begin{{{own}}}{pairs}\n{body}\n\\end{{{own}}}", ())]


def _words(nodes: tuple[Node, ...]) -> tuple[tuple[str, bool], ...]:
    pieces = []
    for position, part in enumerate(split_dollars(nodes)):
        text = source(
            Token("space", " ", 0) if isinstance(node, Token) and node.kind == "space" else node for node in part
        )
        if text:
            pieces.append((text, True) if position % 2 else (_spaced(text), False))
    return tuple(pieces)


def _spaced(text: str) -> str:
    """Return text with its TeX converted to characters, and with the spaces at its ends."""
    return f"{' ' if text[0] == ' ' else ''}{plain(text)}{' ' if text[-1] == ' ' and text.strip() else ''}"
