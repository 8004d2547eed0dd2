"""Check for statements that a cell may have at its top level and a module of the package may not.

A notebook runs its cells one after the other. A module is assembled from blocks of many pages, in another order, and
readers import the names that it has at the end.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from .saved_blocks import SavedStatement


def top_level_faults(items: Iterable[SavedStatement]) -> list[str]:
    """Return problems with `global` and `del` outside of functions, in the order of ``items``."""
    problems = []
    for item in items:
        for statement in item.statements:
            for node in _of_the_module(statement):
                place = f"{item.path}:{item.line + getattr(node, 'lineno', 0) - item.offset - 1}"
                if isinstance(node, ast.Global):
                    problems.append(
                        f"{place}: `global {', '.join(node.names)}` outside of a function changes nothing; remove it"
                    )
                elif isinstance(node, ast.Delete):
                    problems += [
                        f"{place}: this deletes {name!r}, so that what a saved block says is not what the package "
                        "would have; keep the `del` out of the block"
                        for name in sorted(_deleted(node))
                    ]
    return problems


def deleted_names(item: SavedStatement) -> frozenset[str]:
    """Return the names that an item deletes outside of functions."""
    deletions = (node for part in item.statements for node in _of_the_module(part) if isinstance(node, ast.Delete))
    return frozenset().union(*map(_deleted, deletions))


def is_overload(item: SavedStatement) -> bool:
    """Return whether an item only declares signatures of a function for type checkers (`@overload`)."""
    return bool(item.statements) and all(
        isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
        and any(_last_name(decorator) == "overload" for decorator in statement.decorator_list)
        for statement in item.statements
    )


def is_own_line(item: SavedStatement) -> bool:
    """Return whether an item is the line by which the build gives a module its own name (`d2l = sys.modules[…]`)."""
    return all(
        isinstance(statement, ast.Assign) and ast.unparse(statement.value) == "sys.modules[__name__]"
        for statement in item.statements
    )


def _of_the_module(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the nodes of a statement whose names belong to the module: not those in functions, lambdas and classes."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop(0)
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            todo += ast.iter_child_nodes(node)


def _deleted(deletion: ast.Delete) -> frozenset[str]:
    """Return the names that a `del` deletes: those of `del x, (y, z)`, but not of `del x[0]`."""
    targets = [node for target in deletion.targets for node in ast.walk(target)]
    return frozenset(node.id for node in targets if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del))


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
