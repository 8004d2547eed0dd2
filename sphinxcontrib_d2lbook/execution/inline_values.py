"""Evaluate expressions in the text, MyST-NB's `{eval}`, which shows the value that a name has at that place.

MyST-NB evaluates them in a kernel that lives while the page is read. Here they are evaluated when the page runs, in
cells of their own before the text that has the expression, and shown from the stored outputs of these cells. The cells
are no part of the page: they are not counted, and no output of the book shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..notebook import Cell, Notebook
from ..notebook.text_pieces import text_pieces

ROLE = re.compile(r"\{eval(?::[a-z]+)?\}(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
"""The role, as in "the mean is {eval}`mean`"."""
DIRECTIVE = re.compile(r"^[ \t>]*(?:`{3,}|~{3,}|:{3,})[ \t]*\{eval(?::[a-z]+)?\}[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
KIND = "value"
"""Value of `d2lbook.kind` in the metadata of a cell that evaluates an expression."""


@dataclass(frozen=True)
class Value:
    """Value of an expression at one place of the page."""

    after: int
    """Number of code cells before the place."""
    outputs: tuple[Mapping[str, Any], ...]
    """Outputs that show the value, as nbformat JSON."""


def expressions(text: str, allowed: str) -> list[str]:
    """Return the expressions that a text asks for, each once; ``allowed`` is MyST-NB's `nb_eval_name_regex`."""
    names = [match[2].strip() for match in ROLE.finditer(text)] + [match[1] for match in DIRECTIVE.finditer(text)]
    return [name for name in dict.fromkeys(names) if re.match(allowed, name)]


def page_expressions(page: Notebook, allowed: str) -> Iterator[tuple[int, int, str]]:
    """Yield each expression of a page: index of the cell before which to evaluate it, number of code cells before that
    one, and expression.

    Text behind a nested cell shows the values that this cell left.
    """
    code = 0
    for cell in page.cells:
        if cell.kind == "code":
            code += 1
        elif cell.kind == "markdown":
            before, place = code, cell.index
            known: set[tuple[int, str]] = set()
            for piece in text_pieces(page, cell):
                if isinstance(piece, Cell):
                    before, place = before + (piece.kind == "code"), piece.index + 1
                    continue
                for name in expressions(piece, allowed):
                    if (place, name) not in known:
                        known.add((place, name))
                        yield place, before, name


def value_cell(place: str, after: int, expression: str) -> dict[str, Any]:
    """Return the cell that evaluates an expression, as nbformat 4.5 JSON; an error in it does not end the page."""
    return {
        "cell_type": "code",
        "id": f"value-{place}",
        "metadata": {"tags": ["raises-exception"], "d2lbook": {"kind": KIND, "after": after}},
        "source": expression,
        "execution_count": None,
        "outputs": [],
    }


def is_value(cell: Mapping[str, Any]) -> bool:
    """Check whether a cell evaluates an expression of the text."""
    ours = cell["metadata"].get("d2lbook")
    return isinstance(ours, Mapping) and ours.get("kind") == KIND


def page_cells(notebook: Mapping[str, Any]) -> list[Any]:
    """Return the cells that are the page's own."""
    return [cell for cell in notebook["cells"] if not is_value(cell)]


def value_at(
    values_of: Mapping[str, Sequence[Value]], expression: str, shown: int
) -> Sequence[Mapping[str, Any]] | None:
    """Return the outputs of an expression at the place before which ``shown`` code cells are shown.

    Code cells that the page hides are not shown, so that the place may come after more cells. Return None if the
    expression was not evaluated.
    """
    places = values_of.get(expression, ())
    return next((value.outputs for value in places if value.after >= shown), places[-1].outputs if places else None)


def expression_values(notebook: Mapping[str, Any]) -> dict[str, list[Value]]:
    """Return expression -> its values, in the order of the page."""
    values_of: dict[str, list[Value]] = {}
    for cell in notebook["cells"]:
        if is_value(cell):
            value = Value(cell["metadata"]["d2lbook"]["after"], tuple(cell["outputs"]))
            values_of.setdefault(cell["source"], []).append(value)
    return values_of
