"""Find the names that a statement defines and uses, by `symtable`, or by `ast` if the time of use matters."""

from __future__ import annotations

import ast
import symtable
import warnings
from collections.abc import Iterator, Sequence

from .saved_blocks import NameScope


def scope_of(source: str, statements: Sequence[ast.stmt]) -> NameScope:
    """Return the names of statements, which are given as text and as trees.

    Raise SyntaxError, with a line as the statements count them, if they cannot stand in a module.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # `symtable` accepts `return` outside functions, `compile` does not.
        compile(ast.Module([*statements], []), "<saved block>", "exec", dont_inherit=True)
        table = symtable.symtable(source, "<saved block>", "exec")
    binds: set[str] = set()
    uses: set[str] = set()
    for symbol in table.get_symbols():
        name = symbol.get_name()
        if symbol.is_assigned() or symbol.is_imported():
            binds.add(name)
        if symbol.is_referenced():
            uses.add(name)
    tables = list(table.get_children())
    while tables:
        table = tables.pop()
        tables += table.get_children()
        for symbol in table.get_symbols():
            # CPython 3.11 reports a local of a function named `top` as global too (symtable.py).
            if symbol.is_declared_global() or (symbol.is_global() and not symbol.is_local()):
                if symbol.is_referenced():
                    uses.add(symbol.get_name())
                if symbol.is_assigned():
                    binds.add(symbol.get_name())
    return NameScope(frozenset(binds), frozenset(uses))


def eager_nodes(statement: ast.AST, *, annotations: bool) -> Iterator[ast.AST]:
    """Yield the nodes of a statement that run when it does: all except the bodies of functions and lambdas."""
    todo: list[ast.AST | None] = [statement]
    while todo:
        node = todo.pop()
        if node is None:
            continue
        yield node
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            todo += [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults]
            todo += [node.returns, *_annotations(node.args)] if annotations else []
        elif isinstance(node, ast.Lambda):
            todo += [*node.args.defaults, *node.args.kw_defaults]
        elif isinstance(node, ast.AnnAssign) and not annotations:
            todo += [node.target, node.value]
        else:
            todo += ast.iter_child_nodes(node)


def _annotations(arguments: ast.arguments) -> list[ast.expr | None]:
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    return [argument.annotation for argument in every if argument]


def modified_names(statement: ast.stmt) -> frozenset[str]:
    """Return the names that a simple statement changes without defining them."""
    if isinstance(statement, ast.AugAssign):
        targets: list[ast.expr] = [statement.target]
        names = {statement.target.id} if isinstance(statement.target, ast.Name) else set[str]()
    elif isinstance(statement, ast.Assign):
        targets, names = statement.targets, set()
    elif isinstance(statement, ast.AnnAssign):
        targets, names = [statement.target], set()
    elif isinstance(statement, ast.Delete):
        targets, names = statement.targets, {item.id for item in statement.targets if isinstance(item, ast.Name)}
    else:
        return frozenset()
    for target in targets:
        base: ast.expr = target
        while isinstance(base, ast.Attribute | ast.Subscript | ast.Starred):
            base = base.value
        if isinstance(base, ast.Name) and base is not target:
            names.add(base.id)
    return frozenset(names)
