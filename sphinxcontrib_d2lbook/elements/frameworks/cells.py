"""Show a cell of a page in several frameworks, with a variant for each whose outputs differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive

from ...notebook.cells import REMOVED_TAGS, Cell
from ...notebook.frameworks import CELL_NOTES
from ...numbering.frameworks import framework_variant
from ...upstream.myst_nb import notebook_cells, rendered_cell
from .variant_names import variant_names


def shown_cell(directive: Directive, cell: Cell) -> list[nodes.Node]:
    """Return the nodes of a cell, in a variant if only some frameworks have it. Raise UpstreamChanged."""
    if REMOVED_TAGS.intersection(cell.tags):
        return []
    position, shown = _place(notebook_cells(directive), cell.index)
    document: nodes.document = directive.state.document
    if not cell.frameworks:
        return _rendered(directive, cell, position, shown)
    with variant_names(document, cell.frameworks):
        content = _rendered(directive, cell, position, shown)
    return [framework_variant("", *content, frameworks=list(cell.frameworks))] if content else []


def _place(cells: Sequence[Mapping[str, Any]], index: int) -> tuple[int, list[list[str]]]:
    """Return the position of a cell in the notebook that MyST-NB renders, and the frameworks of each of its outputs."""
    for position, cell in enumerate(cells):
        notes = cell["metadata"].get(CELL_NOTES)
        if isinstance(notes, Mapping) and notes.get("cell") == index:
            return position, [list(names) for names in notes["shown"]]
    raise LookupError(f"the notebook has no cell {index}")


def _rendered(directive: Directive, cell: Cell, position: int, shown: Sequence[Sequence[str]]) -> list[nodes.Node]:
    """Render a cell. Where outputs differ, its output has a variant for each of them."""
    metadata = {**cell.metadata, CELL_NOTES: {"cell": cell.index}}
    if len(shown) < 2:
        return rendered_cell(directive, cell.kind, position, cell.source, metadata)
    document: nodes.document = directive.state.document
    content: list[nodes.Node] = []
    variants: list[framework_variant] = []
    output: nodes.Element | None = None
    for number, frameworks in enumerate(shown):
        with variant_names(document, frameworks):
            rendered = rendered_cell(directive, cell.kind, position + number, cell.source, metadata)
        content = content or rendered
        for part in _outputs(rendered):
            variants.append(framework_variant("", *part.children, frameworks=list(frameworks)))
            variants[-1].source, variants[-1].line = part.source, part.line
            output = output or part
    if output is not None and not _outputs(content):  # the first framework shows nothing
        container = content[0]
        if isinstance(container, nodes.Element):
            container += output
    if output is not None:
        output.children = []
        output.extend(variants)
    return content


def number_cells(document: nodes.document) -> None:
    """Give the cells of a page that was read their index among the cells of the page, as on other pages."""
    for node in document.findall(nodes.container):
        metadata = node.get("cell_metadata")
        notes = metadata.get(CELL_NOTES) if isinstance(metadata, Mapping) else None
        if isinstance(notes, Mapping) and "cell" in notes:
            node["cell_index"] = notes["cell"]
            node["cell_metadata"] = {name: value for name, value in metadata.items() if name != CELL_NOTES}


def _outputs(rendered: Sequence[nodes.Node]) -> list[nodes.Element]:
    return [
        part
        for node in rendered
        if isinstance(node, nodes.Element)
        for part in node.children
        if isinstance(part, nodes.Element) and part.get("nb_element") == "cell_code_output"
    ]
