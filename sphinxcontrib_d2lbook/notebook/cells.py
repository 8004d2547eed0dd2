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
    around: tuple[str, ...] = ()
    """Names of the directives around a nested cell, outermost first."""
    included: int | None = None
    """Index in `Notebook.included` of the text that contains the cell; None for a cell of the page's own file."""
    frameworks: tuple[str, ...] = ()
    """Frameworks that run the cell, in the order of conf.py; empty for all."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Tags of the cell, in order."""
        return tuple(map(str, self.metadata.get("tags") or ()))

    def is_for(self, framework: str) -> bool:
        """Return whether a framework of the page runs the cell; "" stands for a page that has not several."""
        return not framework or not self.frameworks or framework in self.frameworks

    @cached_property
    def code(self) -> ParsedCode:
        """Names in the source, if it is Python. They are computed once and pickled with the cell."""
        return read_code(self.source)


@dataclass(frozen=True)
class IncludedText:
    """Part of a file that a page includes, at one place; only those with cells or expressions are recorded."""

    path: str
    """Path of the file for messages, as `Notebook.path`."""
    text: str
    first: int
    """1-based line of the file at which `text` begins."""
    line: int
    """1-based line of the directive that includes it, in the file of that directive."""
    parent: int | None
    """Index of the included text with that directive; None if it stands in the page."""


@dataclass(frozen=True)
class FrameworkBlock:
    """Part of a page's text that only some frameworks have."""

    first: int
    """1-based line of the file that opens the block."""
    end: int
    """1-based line of the file after the block."""
    frameworks: tuple[str, ...]
    included: int | None = None
    """Index in `Notebook.included` of the text with the block; None if it stands in the page."""


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
    included: tuple[IncludedText, ...] = ()
    """Texts of other files that the page includes, in the order of the page."""
    files: tuple[str, ...] = ()
    """Other files from which the page was read: those that it includes and those that its cells load, sorted. They may
    be missing."""
    frameworks: tuple[str, ...] = ()
    """Frameworks that marks on the page name, in the order of conf.py; empty for a page without marks."""
    blocks: tuple[FrameworkBlock, ...] = ()
    """Blocks for some frameworks only, in order."""

    def with_included(self, text: str) -> str:
        """Return the text of the page with the texts that it includes."""
        return "\n".join([text, *(part.text for part in self.included)])

    def path_of(self, cell: Cell) -> str:
        """Return the path, for messages, of the file in which a cell is written."""
        return self.path if cell.included is None else self.included[cell.included].path

    def place(self, cell: Cell, line: int = 1) -> str:
        """Return the place of a line of a cell, from 1, as `path:line`."""
        return f"{self.path_of(cell)}:{cell.line + line - 1}"

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
