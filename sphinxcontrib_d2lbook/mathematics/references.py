r"""Find and replace `\ref{label}` and `\eqref{label}` in formulas."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from .tags import escaped
from .tex_tokens import Group, Node, Reader, TexError, command, parse, source
from .text_in_formulas import TEXTS

COMMANDS = ("ref", "eqref")


class FormulaReference(NamedTuple):
    """Reference in a formula."""

    command: str
    """`ref` or `eqref`; the second is printed in parentheses."""
    label: str


def references(tex: str) -> list[FormulaReference]:
    """Return the references of a formula, in order; none if it cannot be read."""
    formula_references: list[FormulaReference] = []

    def note(reference: FormulaReference) -> str:
        formula_references.append(reference)
        return ""

    with_references(tex, note)
    return formula_references


def lone_reference(tex: str) -> FormulaReference | None:
    """Return the reference that a formula consists of; None for any other formula."""
    formula_references = references(tex)
    if (
        len(formula_references) != 1
        or tex.strip() != f"\\{formula_references[0].command}{{{formula_references[0].label}}}"
    ):
        return None
    return formula_references[0]


def with_references(tex: str, shown: Callable[[FormulaReference], str]) -> str:
    """Return a formula in which each reference is replaced by the text that ``shown`` returns for it.

    A formula that cannot be read is returned as it is.
    """
    if "ref" not in tex:
        return tex
    try:
        return source(_replaced(parse(tex), shown, text=False))
    except TexError:
        return tex


def _replaced(nodes: Sequence[Node], shown: Callable[[FormulaReference], str], *, text: bool) -> list[Node]:
    out: list[Node] = []
    reader = Reader(nodes)
    is_text = text
    while reader:
        node = reader.take()
        name = command(node)
        if isinstance(node, Group):
            out.append(Group(tuple(_replaced(node.children, shown, text=is_text)), node.at))
        elif name in COMMANDS and isinstance(reader.peek(), Group):
            label = source(reader.argument(name)).strip()
            shown_text = escaped(shown(FormulaReference(name, label)))
            out += parse(shown_text if text else rf"\text{{{shown_text}}}")
        else:
            out.append(node)
        is_text = text or name in TEXTS or (name == "tag")
    return out
