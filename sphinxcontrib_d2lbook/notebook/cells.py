"""Records of a page's source: frozen and picklable. Their only positions are lines of the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from .code_names import ParsedCode, read_code

CellKind = Literal["code", "markdown", "raw"]
REMOVED_TAGS = frozenset({"remove-cell", "remove_cell"})
"""Tags of cells that run and that no page shows."""


@dataclass(frozen=True)
class Cell:
    """Cell of a page, as MyST-NB will see it."""

    kind: CellKind
    source: str
    """Text of the cell without options, fences and surrounding blank lines."""
    line: int
    """1-based line of the file at which `source` begins. For an `.ipynb` it holds cell and line: see
    `common.notebook_positions`."""
    index: int
    """Position among all cells of the page, from 0."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Options of a code or raw cell; for a markdown cell, the metadata after `+++`."""
    nested: bool = False
    """Whether the cell stands inside the text of the markdown cell before it, for instance in a directive or a list."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags of the cell, in order."""
        return tuple(map(str, self.metadata.get("tags") or ()))

    @cached_property
    def code(self) -> ParsedCode:
        """Names in the source, if it is Python. They are computed once and pickled with the cell."""
        return read_code(self.source)


@dataclass(frozen=True)
class Notebook:
    """Page of the book."""

    docname: str
    path: str
    """Path for messages: posix, relative to the project's root, e.g. `book/linear/scratch.md`."""
    cells: tuple[Cell, ...]
    """Cells in order; empty if the page is not a notebook."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Front matter of the page, or metadata of the `.ipynb`."""
    executable: bool = False
    """Whether MyST-NB treats the page as a notebook, so that its code cells can run."""
    starts: tuple[int, ...] = ()
    """0-based line from which MyST-NB counts the lines of each cell: for text, before its blank lines; for code, before
    its options. Empty for an `.ipynb`."""

    @property
    def code_cells(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.kind == "code")

    @property
    def has_nested(self) -> bool:
        """Whether a cell stands inside another block."""
        return any(cell.nested for cell in self.cells)

    @property
    def language(self) -> str:
        """Language of the code cells in lower case; "python" if the page does not name one."""
        kernel = _mapping(self.metadata.get("kernelspec"))
        info = _mapping(self.metadata.get("language_info"))
        name = kernel.get("language") or info.get("name") or kernel.get("name") or "python"
        return "python" if str(name).lower().startswith(("python", "ipython")) else str(name).lower()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
