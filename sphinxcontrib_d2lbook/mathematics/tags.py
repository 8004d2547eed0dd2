r"""Read and write `\tag{X}` and `\tag*{X}`, the number that an author gives to an equation."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

from . import convert
from .tex_tokens import Group, Node, Reader, TexError, command, parse, source

RAISED = str.maketrans("0123456789+-=()ni′*", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ′*")
LOWERED = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
REFERENCE = re.compile(r"\\(?:eq)?ref\{([^{}]*)\}")
SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}


class Tag(NamedTuple):
    """Number that an author gives to an equation."""

    text: str
    """Characters as they are printed: `\\tag{$P_1$}` is P₁. References to labels, `\\ref{…}`, stay TeX."""
    starred: bool
    """Whether it is printed without parentheses."""


class Number(str):
    """Number of an equation, counted or from a tag; "" for none."""

    starred: bool
    """Whether it is printed without parentheses."""

    def __new__(cls, text: str, starred: bool = False) -> Self:
        number = super().__new__(cls, text)
        number.starred = starred
        return number


def as_printed(number: str) -> str:
    """Return a number as it is printed beside its equation: `(3.1)`."""
    return number if not number or getattr(number, "starred", False) else f"({number})"


def as_tag(number: str) -> str:
    r"""Return a number as TeX, `\tag{3.1}`; "" for none."""
    star = "*" if getattr(number, "starred", False) else ""
    return rf"\tag{star}{{{escaped(number)}}}" if number else ""


def tags_of(nodes: Iterable[Node]) -> list[Tag]:
    """Return the tags among ``nodes``, including those in groups."""
    result: list[Tag] = []
    reader = Reader(nodes)
    while reader:
        node = reader.take()
        if isinstance(node, Group):
            result += tags_of(node.children)
        elif command(node) == "tag":
            starred = reader.star()
            try:
                result.append(Tag(plain(source(reader.argument("tag"))), starred))
            except TexError:
                return result
    return result


def tags(tex: str) -> list[Tag]:
    """Return the tags of a formula; none if it cannot be read."""
    if "\\tag" not in tex:
        return []
    try:
        return tags_of(parse(tex))
    except TexError:
        return []


def without_tags(tex: str) -> str:
    """Return a formula without its tags; a formula that cannot be read is returned as it is."""
    if "\\tag" not in tex:
        return tex
    try:
        return source(_without(parse(tex)))
    except TexError:
        return tex


def _without(nodes: Sequence[Node]) -> list[Node]:
    rest: list[Node] = []
    reader = Reader(nodes)
    while reader:
        node = reader.take()
        if command(node) == "tag":
            reader.star()
            reader.argument("tag")
        else:
            rest.append(Group(tuple(_without(node.children)), node.at) if isinstance(node, Group) else node)
    return rest


def plain(tex: str) -> str:
    r"""Return TeX of text as characters: `$\star$` is ⋆, `$P_1$` is P₁. A `\ref{…}` stays as it is."""
    out, last = [], 0
    for reference in REFERENCE.finditer(tex):
        out += [_letters(tex[last : reference.start()]), reference[0]]
        last = reference.end()
    return "".join([*out, _letters(tex[last:])]).strip()


def _letters(tex: str) -> str:
    if not any(char in tex for char in "\\${}^_~"):
        return tex
    formula = convert(rf"\text{{{tex}}}", display=False)
    if formula.problem:
        formula = convert(tex, display=False)
    return tex if formula.problem else _characters(ET.fromstring(formula.mathml))


def _characters(element: ET.Element) -> str:
    name = element.tag.rpartition("}")[2]
    if name == "annotation":
        return ""
    children = list(element)
    if name in ("msub", "msup") and len(children) == 2:
        base, script = map(_characters, children)
        table, mark = (LOWERED, "_") if name == "msub" else (RAISED, "^")
        moved = script.translate(table)
        return base + (moved if all(ord(char) in table for char in script) else mark + script)
    return (element.text or "").replace("\N{NO-BREAK SPACE}", " ") + "".join(
        _characters(child) + (child.tail or "") for child in children
    )


def escaped(text: str) -> str:
    r"""Return ``text`` escaped as TeX, for a `\text` or a `\tag`."""
    return "".join(SPECIAL.get(char, f"\\{char}" if char in "#$%&_{}" else char) for char in text)
