"""Find the code cells of a page that others need, so that these run alone, in a clean kernel.

The answer is on the safe side: a cell counts if it may bind or change something that a needed cell uses. What code does
besides, for instance to files, is not seen.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ..notebook.cells import Cell, Notebook
from ..notebook.ipython_source import parse_cell
from .name_scopes import eager_nodes, scope_of


@dataclass(frozen=True)
class CellNames:
    """Names of one cell."""

    binds: frozenset[str]
    uses: frozenset[str]
    later: frozenset[str]
    """Names that it uses only when one of its functions is called."""
    always: frozenset[str]
    """Names that it binds whatever happens, so that what they were before no longer counts."""
    fixed: frozenset[str]
    """Names that it imports, or defines as functions or classes: other cells do not change these by using them."""
    settings: frozenset[str]
    """Names through which it changes settings and does nothing else, as `np` in `np.random.seed(0)`."""
    has_magics: bool
    """Whether it has lines that only IPython understands."""


def needed_cells(sources: Mapping[int, str], wanted: Collection[int]) -> set[int]:
    """Return the indices of the cells that must run so that those ``wanted`` do, with these themselves.

    ``sources`` are the Python code cells of a page by index.
    """
    names = {index: _names_of(source) for index, source in sources.items()}
    known = [cell for cell in names.values() if cell is not None]
    changed = {name for cell in known for name in cell.binds - cell.fixed}
    fixed = {name for cell in known for name in cell.fixed} - changed
    needed = set(wanted)
    while True:
        before = set(needed)
        # A function may use what is bound after it is defined.
        open_names = {name for index in needed if (cell := names.get(index)) for name in cell.later}
        for index in sorted(sources, reverse=True):
            cell = names[index]
            is_before = index < max(wanted, default=-1)
            if index not in needed and not (is_before and _counts(cell, open_names, fixed, changed)):
                continue
            needed.add(index)
            if cell is not None:
                open_names = (open_names - cell.always) | cell.uses
        if needed == before:
            return needed


def cells_that_need(page: Notebook, inside: Collection[int], framework: str = "") -> Iterator[tuple[Cell, str, Cell]]:
    """Yield the code cells that use a name which only cells ``inside`` bind before them: cell, name, and the other.

    Only the cells of ``framework`` count, if the page has several.
    """
    own = [cell for cell in page.code_cells if cell.is_for(framework)]
    known = [(cell, names) for cell in own if (names := _names_of(cell.source)) is not None]
    bound: set[str] = set()
    only_inside: dict[str, Cell] = {}
    for cell, names in known:
        if cell.index in inside:
            only_inside |= {name: cell for name in sorted(names.binds - bound) if name not in only_inside}
            continue
        for name in sorted((names.uses & only_inside.keys()) - names.binds - bound):
            yield cell, name, only_inside[name]
        bound |= names.binds


def _counts(cell: CellNames | None, open_names: set[str], fixed: set[str], changed: set[str]) -> bool:
    """Return whether a cell may bind or change one of the names.

    ``fixed`` are the names of the page that a cell does not change by using them, ``changed`` all others.
    """
    if cell is None or cell.has_magics or cell.settings & fixed or "*" in cell.fixed:
        return True
    return bool(cell.binds & open_names or cell.uses & open_names & changed)


def _names_of(source: str) -> CellNames | None:
    """Return the names of a cell; None if it is not Python alone."""
    code = parse_cell(source)
    if code.tree is None:
        return None
    statements = code.tree.body
    try:
        scope = scope_of(code.text, statements)
    except (SyntaxError, ValueError):
        return None
    now = {
        node.id
        for item in statements
        for node in eager_nodes(item, annotations=True)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    }
    # `symtable` does not count `a += 1` and `del a` as uses of the name.
    changed = {
        node.target.id
        for node in ast.walk(code.tree)
        if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)
    }
    changed |= {node.id for node in ast.walk(code.tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del)}
    imports: set[str] = set()
    definitions: set[str] = set()
    assigned: set[str] = set()
    for item in statements:
        if isinstance(item, ast.Import | ast.ImportFrom):
            imports |= {alias.asname or alias.name.partition(".")[0] for alias in item.names}
        elif isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            definitions.add(item.name)
        elif isinstance(item, ast.Assign):
            assigned |= {
                node.id
                for target in item.targets
                for node in ast.walk(target)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
            }
    return CellNames(
        binds=scope.binds,
        uses=scope.uses | changed,
        later=scope.uses - now,
        always=frozenset(imports | definitions | assigned),
        fixed=frozenset((imports | definitions) - assigned),
        settings=_settings(statements),
        has_magics=bool(code.masked),
    )


def _settings(statements: list[ast.stmt]) -> frozenset[str]:
    """Return the names through which statements change settings; none if one of them does anything else."""
    roots = set()
    for statement in statements:
        if isinstance(statement, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef | ast.Assign):
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            roots |= {_root(target) for target in targets if isinstance(target, ast.Attribute | ast.Subscript)}
        elif isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            call = statement.value
            arguments = [*call.args, *(keyword.value for keyword in call.keywords)]
            if any(isinstance(node, ast.Name) for argument in arguments for node in ast.walk(argument)):
                return frozenset()
            roots.add(_root(call.func))
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            return frozenset()
    return frozenset(roots - {""})


def _root(node: ast.expr) -> str:
    """Return the name with which a chain of attributes begins; "" for anything else."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""
