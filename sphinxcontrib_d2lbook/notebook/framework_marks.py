"""Read the marks of cells that say for which frameworks they are, once all cells and blocks of a page are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .cells import Cell, FrameworkBlock, IncludedText
from .frameworks import OPTION, FaultyFrameworksError, around, both, first_line_names, frameworks_of


def marked_cells(
    cells: Sequence[Cell],
    blocks: Sequence[FrameworkBlock],
    known: Sequence[str],
    included: Sequence[IncludedText] = (),
) -> tuple[list[Cell], list[tuple[Cell, str]]]:
    """Return the cells with their frameworks and without the marks, and cell and text of each fault.

    ``blocks`` and ``included`` are those of the page, and ``known`` the names of `d2lbook_frameworks`. Where that is
    empty, a comment `#@tab` is a comment like any other.
    """
    if not known and not any(OPTION in cell.metadata for cell in cells if cell.kind == "code"):
        return list(cells), []
    marked = []
    faults = []
    for cell in cells:
        if cell.kind == "markdown":
            marked.append(cell)
            continue
        try:
            marked.append(_marked(cell, blocks, known, included))
        except FaultyFrameworksError as err:
            faults.append((cell, err.text))
    return marked, faults


def _marked(
    cell: Cell, blocks: Iterable[FrameworkBlock], known: Sequence[str], included: Sequence[IncludedText]
) -> Cell:
    frameworks = around(blocks, included, cell.line, cell.included) if cell.nested else ()
    metadata = cell.metadata
    if OPTION in metadata:
        frameworks = both(frameworks, frameworks_of(metadata[OPTION], known))
        metadata = {name: value for name, value in metadata.items() if name != OPTION}
    source, line = cell.source, cell.line
    names = first_line_names(source) if cell.kind == "code" and known else None
    if names is not None:
        frameworks = both(frameworks, frameworks_of(names, known))
        source = source.partition("\n")[2]
        line += 1
        while source.startswith("\n"):
            source, line = source[1:], line + 1
    if (frameworks, metadata, source) == (cell.frameworks, cell.metadata, cell.source):
        return cell
    return replace(cell, frameworks=frameworks, metadata=metadata, source=source, line=line)


def named_frameworks(cells: Iterable[Cell], blocks: Iterable[FrameworkBlock], known: Sequence[str]) -> tuple[str, ...]:
    """Return the frameworks that cells and blocks of a page name, in the order of ``known``."""
    named = {name for cell in cells for name in cell.frameworks} | {
        name for block in blocks for name in block.frameworks
    }
    return tuple(name for name in known if name in named)
