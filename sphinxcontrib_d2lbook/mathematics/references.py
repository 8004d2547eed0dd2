r"""`\ref{label}` and `\eqref{label}` in formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .tags import escaped
from .tex_tokens import Group, Node, Reader, TexError, command, parse, source
from .text_in_formulas import TEXTS

COMMANDS = ("ref", "eqref")


class FormulaReference(NamedTuple):
    """One reference."""

    command: str
    """`ref` or `eqref`; the second is printed in parentheses."""
    label: str


def references(tex: str) -> list[FormulaReference]:
    """Return the references of a formula, in order; none of one that cannot be read."""
    found: list[FormulaReference] = []

    def note(reference: FormulaReference) -> str:
        found.append(reference)
        return ""

    with_references(tex, note)
    return found


def lone_reference(tex: str) -> FormulaReference | None:
    """Return the reference that a formula consists of; None for any other formula."""
    found = references(tex)
    if len(found) != 1 or tex.strip() != f"\\{found[0].command}{{{found[0].label}}}":
        return None
    return found[0]


def with_references(tex: str, shown: Callable[[FormulaReference], str]) -> str:
    """Return a formula with the text that ``shown`` gives in place of each reference; as it is if it cannot be read."""
    if "ref" not in tex:
        return tex
    try:
        return source(_replaced(parse(tex), shown, text=False))
    except TexError:
        return tex


def _replaced(nodes: Sequence[Node], shown: Callable[[FormulaReference], str], *, text: bool) -> list[Node]:
    out: list[Node] = []
    reader = Reader(nodes)
    of_text = text
    while reader:
        node = reader.take()
        name = command(node)
        if isinstance(node, Group):
            out.append(Group(tuple(_replaced(node.children, shown, text=of_text)), node.at))
        elif name in COMMANDS and isinstance(reader.peek(), Group):
            label = source(reader.argument(name)).strip()
            said = escaped(shown(FormulaReference(name, label)))
            out += parse(said if text else rf"\text{{{said}}}")
        else:
            out.append(node)
        of_text = text or name in TEXTS or (name == "tag")
    return out
