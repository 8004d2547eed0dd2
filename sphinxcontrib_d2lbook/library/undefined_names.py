"""Explain names that saved code uses and its module does not have, with the remedy that fits the book."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from ..common.suggestions import did_you_mean
from ..notebook.cells import Notebook
from ..notebook.ipython_source import parse_cell
from .collect import PackageNames
from .modules import Module
from .object_dependencies import full_name
from .saved_blocks import SavedStatement


def unknown_name(
    name: str, module: Module, modules: Mapping[str, Module], names: PackageNames, page: Notebook | None
) -> str:
    """Return the problem with ``name``, which a saved block of ``module`` uses. ``page`` contains the block."""
    binding, kind = bound_at(page, name) if page else ("", "")
    elsewhere, place = _saved_elsewhere(name, module, modules)
    if elsewhere:
        here, there = full_name(names, module.name), full_name(names, elsewhere)
        if kind == "import":
            return (
                f"{name!r} is used in a block saved to {here}, but its import at {place} is saved to {there} only; "
                f"save an import of it to {here}, too"
            )
        return (
            f"{name!r} is used in a block saved to {here}, but is saved to another module, {there}, at {place}; save "
            f"`from {there} import {name}` to {here}, or save both to one module"
        )
    if page and kind == "import":
        return (
            f"{name!r} is used in a saved block, but its import at {binding} is not saved to this module; "
            "mark that import too"
        )
    if page and kind == "variable":
        return (
            f"a saved block reads {name!r}, a variable of its notebook ({binding}), which the package does "
            "not have; make it an argument, or save it too"
        )
    if page and kind == "definition":
        return f"{name!r} is used in a saved block, but is defined at {binding} without a mark; mark it too"
    return (
        f"{name!r} is used in a saved block, but is neither saved, "
        "nor imported by a saved block of this module, nor built in; "
        + (did_you_mean(name, module.names, cutoff=0.8) or "mark where it is defined or imported")
    )


def unknown_attribute(
    name: str, module: Module, modules: Mapping[str, Module], names: PackageNames, known: Iterable[str]
) -> str:
    """Return the problem with `d2l.name` in a saved block of ``module``, whose package has the names ``known``."""
    elsewhere, place = _saved_elsewhere(name, module, modules)
    here = full_name(names, module.name)
    if elsewhere:
        there = full_name(names, elsewhere)
        return (
            f"a saved block uses {name!r} of {here}, but it is saved to another module, {there}, at {place}; save "
            f"`from {there} import {name}` to {here} and use {name!r} alone, or save both to one module"
        )
    question = did_you_mean(name, known, cutoff=0.8) or "mark where it is defined"
    return f"a saved block uses {name!r} of the package, but nothing saves it in {here}; {question}"


def _saved_elsewhere(name: str, module: Module, modules: Mapping[str, Module]) -> tuple[str, str]:
    """Return the other module that has a name, and where it was saved; two empty strings if none has it."""
    for other in modules.values():
        if other.name == module.name:
            continue
        if item := other.definitions.get(name) or next(
            (item for entry, item in other.imports if entry.binds == name), None
        ):
            return other.name, item.place
    return "", ""


def bound_at(page: Notebook, name: str) -> tuple[str, str]:
    """Return the place, as `path:line`, where a page's own code binds a name, and how.

    The second value is "import", "definition" or "variable". Return two empty strings if the page does not bind it.
    """
    for cell in page.code_cells:
        if name not in cell.source:
            continue
        todo: list[ast.AST] = list(tree.body) if (tree := parse_cell(cell.source).tree) else []
        while todo:
            node = todo.pop(0)
            kind = ""
            if isinstance(node, ast.Import | ast.ImportFrom):
                binds = {alias.asname or alias.name.partition(".")[0] for alias in node.names}
                kind = "import" if name in binds else ""
            elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                kind = "definition" if node.name == name else ""
            elif isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
                kind = "variable"
            elif isinstance(node, ast.AugAssign):
                todo.append(node.value)
            elif not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
                todo += ast.iter_child_nodes(node)
            if kind:
                return page.place(cell, getattr(node, "lineno", 1)), kind
    return "", ""


def line_of(item: SavedStatement, name: str) -> int:
    """Return the line of the page where a name or attribute first stands in the item."""
    lines = [
        node.lineno
        for statement in item.statements
        for node in ast.walk(statement)
        if (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)
    ]
    return item.line + (min(lines) - item.offset - 1 if lines else 0)
