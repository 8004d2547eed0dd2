"""Records of a page's source: frozen, picklable, without positions in anything but the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from .code_names import ParsedCode, read_code

CellKind = Literal["code", "markdown", "raw"]


@dataclass(frozen=True)
class Cell:
    """One cell, as MyST-NB will see it."""

    kind: CellKind
    source: str
    """Its text without options, fences and surrounding blank lines."""
    line: int
    """1-based line in the file of the first line of `source`. In an `.ipynb`, cell and line in one, as in
    notebook_positions.py."""
    index: int
    """Position among all cells of the page, from 0."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """The options of a code or raw cell; what stands after `+++` for a markdown cell."""

    @cached_property
    def code(self) -> ParsedCode:
        """What its source names, if it is Python. A pickle of a cell that was asked holds it."""
        return read_code(self.source)


@dataclass(frozen=True)
class Notebook:
    """One page of the book."""

    docname: str
    path: str
    """For messages: posix, relative to the project's root, e.g. `book/linear/scratch.md`."""
    cells: tuple[Cell, ...]
    """In order; empty where the page is no notebook."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Front matter, or the metadata of the `.ipynb`."""
    executable: bool = False
    """Whether MyST-NB treats the page as a notebook (its code cells can run)."""
    starts: tuple[int, ...] = ()
    """0-based line from which MyST-NB counts the lines of each cell: of a text before its blank lines, of code before
    its options. Empty for an `.ipynb`."""

    @property
    def code_cells(self) -> tuple[Cell, ...]:
        return tuple(cell for cell in self.cells if cell.kind == "code")

    @property
    def language(self) -> str:
        """The language of the code cells in lower case; "python" where the page does not say."""
        kernel = _mapping(self.metadata.get("kernelspec"))
        info = _mapping(self.metadata.get("language_info"))
        name = kernel.get("language") or info.get("name") or kernel.get("name") or "python"
        return "python" if str(name).lower().startswith(("python", "ipython")) else str(name).lower()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
