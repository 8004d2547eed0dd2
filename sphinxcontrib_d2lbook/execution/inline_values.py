"""Values that stand in the text: MyST-NB's `{eval}`, which shows what a name stands for where the text has come to.

MyST-NB evaluates them in a kernel that lives while the page is read. Here they are evaluated when the page runs, in
cells of their own that stand before the text in which they are asked for, and shown from what was stored of them.
These cells are no part of the page: they count nowhere, and no output of the book shows them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..notebook import Notebook

ROLE = re.compile(r"\{eval(?::[a-z]+)?\}(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
"""As in "the mean is {eval}`mean`"."""
DIRECTIVE = re.compile(r"^[ \t>]*(?:`{3,}|~{3,}|:{3,})[ \t]*\{eval(?::[a-z]+)?\}[ \t]*(\S.*?)[ \t]*$", re.MULTILINE)
KIND = "value"
"""What the metadata of a cell has under `d2lbook` that evaluates an expression."""


@dataclass(frozen=True)
class Value:
    """What an expression stood for at one place of the page."""

    after: int
    """Code cells before it."""
    outputs: tuple[Mapping[str, Any], ...]
    """As nbformat has them."""


def expressions(text: str, allowed: str) -> list[str]:
    """Return the expressions that a text asks for, each once; ``allowed`` is MyST-NB's `nb_eval_name_regex`."""
    found = [match[2].strip() for match in ROLE.finditer(text)] + [match[1] for match in DIRECTIVE.finditer(text)]
    return [name for name in dict.fromkeys(found) if re.match(allowed, name)]


def asked(page: Notebook, allowed: str) -> Iterator[tuple[int, int, str]]:
    """Yield index of the cell of text, number of the code cells before it, and expression, for all of a page."""
    code = 0
    for cell in page.cells:
        if cell.kind == "code":
            code += 1
        elif cell.kind == "markdown":
            for name in expressions(cell.source, allowed):
                yield cell.index, code, name


def value_cell(place: str, after: int, expression: str) -> dict[str, Any]:
    """Return the cell that evaluates an expression, as nbformat 4.5 has it; an error in it does not end the page."""
    return {
        "cell_type": "code",
        "id": f"value-{place}",
        "metadata": {"tags": ["raises-exception"], "d2lbook": {"kind": KIND, "after": after}},
        "source": expression,
        "execution_count": None,
        "outputs": [],
    }


def is_value(cell: Mapping[str, Any]) -> bool:
    """Return whether a cell evaluates an expression for the text."""
    ours = cell["metadata"].get("d2lbook")
    return isinstance(ours, Mapping) and ours.get("kind") == KIND


def page_cells(notebook: Mapping[str, Any]) -> list[Any]:
    """Return the cells that are the page's own."""
    return [cell for cell in notebook["cells"] if not is_value(cell)]


def value_at(found: Mapping[str, Sequence[Value]], expression: str, shown: int) -> Sequence[Mapping[str, Any]] | None:
    """Return what an expression stood for where so many code cells have been ``shown``; None if it was not evaluated.

    Code cells that the page hides are not shown, so the place may lie behind the next ones.
    """
    places = found.get(expression, ())
    return next((value.outputs for value in places if value.after >= shown), places[-1].outputs if places else None)


def values(notebook: Mapping[str, Any]) -> dict[str, list[Value]]:
    """Return what each expression stood for, in the order of the page."""
    found: dict[str, list[Value]] = {}
    for cell in notebook["cells"]:
        if is_value(cell):
            value = Value(cell["metadata"]["d2lbook"]["after"], tuple(cell["outputs"]))
            found.setdefault(cell["source"], []).append(value)
    return found
