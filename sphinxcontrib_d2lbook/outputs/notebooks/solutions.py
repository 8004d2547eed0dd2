"""Take the solutions of exercises out of a reader's notebook, and collect them for a notebook of their own.

The notebook of solutions has each solution after its exercise, and before it the cells of the page that it needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from ...library.needed_cells import needed_cells
from ...notebook.cells import Notebook
from ...numbering.page_facts import numbers_domain
from ...upstream.proofs import exercise_enumerable_node, exercise_node, solution_node
from .base import Writer
from .content_stack import Block, CodeCell, Prose
from .notebook_assembly import CellsBefore, SourceCell

INCLUDE, SEPARATE = "include", "separate"
"""Values of `d2lbook_notebook_solutions` that write solutions."""
SUFFIX = "-solutions"
"""End of the name of a notebook of solutions."""
DIRECTIVE = "solution"
HEADS = (nodes.title, nodes.rubric, nodes.caption, nodes.target, nodes.comment, addnodes.index)
"""Nodes with which a section or a box alone says nothing."""


def has_solutions(env: BuildEnvironment, docname: str) -> bool:
    """Return whether a page has solutions of exercises, by what was read of it."""
    page = numbers_domain(env).pages.get(docname)
    return page is not None and any(fact.of for fact in page.facts if not fact.figtype)


def solutions_in(doctree: nodes.document) -> list[nodes.Element]:
    """Return the solutions of a page, in order, without those inside others."""
    found = list(doctree.findall(solution_node))
    return [node for node in found if not any(other is not node and _is_in(node, other) for other in found)]


def cells_in(node: nodes.Element) -> list[int]:
    """Return the indices of the code cells that are shown in a node, in order."""
    return [part["cell_index"] for part in node.findall(nodes.container) if part.get("nb_element") == "cell_code"]


def solution_cells(doctree: nodes.document, page: Notebook | None) -> set[int]:
    """Return the indices of the code cells in the solutions of a page, also of those that it does not show."""
    cells = {cell.index for cell in page.code_cells if DIRECTIVE in cell.around} if page else set()
    for solution in solutions_in(doctree):
        if shown := cells_in(solution):
            cells.update(range(min(shown), max(shown) + 1))
    return cells


def remove_solutions(doctree: nodes.document) -> None:
    """Remove the solutions from a page, and the sections and boxes that have nothing else."""
    for solution in solutions_in(doctree):
        parent = solution.parent
        parent.remove(solution)
        while parent is not doctree and all(isinstance(child, HEADS) for child in parent.children):
            parent, empty = parent.parent, parent
            parent.remove(empty)


def ids_left_out(doctree: nodes.document) -> tuple[set[str], set[str]]:
    """Return the anchors in the solutions of a page, and all that go with these; the page is changed."""

    def ids(node: nodes.Element) -> set[str]:
        return {id_ for element in node.findall(nodes.Element) for id_ in element["ids"]}

    all_ids = ids(doctree)
    inside = {id_ for solution in solutions_in(doctree) for id_ in ids(solution)}
    remove_solutions(doctree)
    return inside, all_ids - ids(doctree)


def solution_blocks(doctree: nodes.document, translator: Writer) -> list[Block | CellsBefore]:
    """Return the exercises and solutions of a page as blocks, with places for the cells that must run before them."""
    blocks: list[Block | CellsBefore] = []
    last = -1
    for solution in solutions_in(doctree):
        cells = cells_in(solution)
        exercise = _exercise_of(doctree, solution)
        for node in filter(None, (exercise, solution)):
            rendered = translator.rendered(node)
            indices = [block.index for block in rendered if isinstance(block, CodeCell)]
            # The cells keep the order of the page; the exercise of an earlier solution may come once more.
            new = [index for index in indices if index > last and (node is solution or not cells or index < min(cells))]
            if new:
                blocks.append(CellsBefore(min(new)))
                last = max(new)
            parts = [block for block in rendered if not isinstance(block, CodeCell) or block.index in new]
            if parts and isinstance(parts[0], Prose):
                parts[0] = replace(parts[0], heading=True)
            blocks += parts
    _add_footnotes(doctree, translator)
    return blocks


def cells_of_solutions(
    doctree: nodes.document, cells: Iterable[SourceCell], inside: set[int], *, python: bool
) -> set[int]:
    """Return the indices of the cells of the notebook of solutions: theirs, their exercises', and what these need.

    ``inside`` are the cells in solutions. Of a page that is not in Python, all cells before the last are needed.
    """
    wanted = set(inside)
    for solution in solutions_in(doctree):
        exercise = _exercise_of(doctree, solution)
        wanted.update(cells_in(exercise) if exercise is not None else ())
    sources: Mapping[int, str] = {cell.index: cell.source for cell in cells}
    wanted &= sources.keys()
    if python:
        return needed_cells(sources, wanted)
    return {index for index in sources if index <= max(wanted, default=-1)}


def _exercise_of(doctree: nodes.document, solution: nodes.Element) -> nodes.Element | None:
    """Return the exercise of a solution, if it is on the same page."""
    for kind in (exercise_node, exercise_enumerable_node):
        for node in doctree.findall(kind):
            exercise: nodes.Element = node
            if exercise.get("label") == solution.get("target_label"):
                return exercise
    return None


def _add_footnotes(doctree: nodes.document, translator: Writer) -> None:
    """Add the footnotes that the solutions and their exercises refer to, and that stand elsewhere on the page."""
    refs = {
        reference.get("refid")
        for solution in solutions_in(doctree)
        for node in filter(None, (_exercise_of(doctree, solution), solution))
        for reference in node.findall(nodes.footnote_reference)
    }
    for footnote in doctree.findall(nodes.footnote):
        if refs.intersection(footnote["ids"]) and not any(_is_in(footnote, one) for one in solutions_in(doctree)):
            translator.rendered(footnote)


def _is_in(node: nodes.Node, other: nodes.Node) -> bool:
    parent = node.parent
    while parent is not None and parent is not other:
        parent = parent.parent
    return parent is other
