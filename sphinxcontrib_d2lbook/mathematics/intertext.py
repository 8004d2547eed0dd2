r"""Words between the lines of an equation: `\\intertext{…}` and `\\shortintertext{…}`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from .numbered_lines import environment_lines
from .tags import plain
from .tex_tokens import Node, Reader, TexError, Token, command, parse, source
from .text_in_formulas import split_dollars

COMMANDS = frozenset({"intertext", "shortintertext"})


class EquationPart(NamedTuple):
    """Lines of an equation, or what stands between them."""

    tex: str
    """Of the lines; "" for words."""
    words: tuple[tuple[str, bool], ...]
    """Pieces of text, each with whether it is mathematics."""


def parts(tex: str) -> list[EquationPart]:
    """Return the parts of a formula that is one environment with words between its lines; none of any other."""
    if "intertext" not in tex:
        return []
    try:
        found = environment_lines(parse(tex))
        if found is None:
            return []
        name, lines = found
        made: list[EquationPart] = []
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
                made += _lines(name, piece)
                made.append(EquationPart("", _words(reader.argument(command(node)))))
                piece, rest = [], []
            piece.append(tuple(rest))
        made += _lines(name, piece)
    except TexError:
        return []
    return made if any(part.words for part in made) else []


def _lines(name: str, lines: Sequence[tuple[Node, ...]]) -> list[EquationPart]:
    """Return lines as an environment of their own: with a star where none of them has a label."""
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
    """Return words in letters, with the spaces at their ends."""
    return f"{' ' if text[0] == ' ' else ''}{plain(text)}{' ' if text[-1] == ' ' and text.strip() else ''}"
