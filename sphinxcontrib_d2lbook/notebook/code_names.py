"""Gather the names that code imports and uses, in one walk through its syntax tree.

The dependencies of a page are computed from these names. They are small and are remembered with the page's cells, so
that a build without changes parses no code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .ipython_source import parse_cell

LONGEST = 255
"""Largest length, in characters, of a string that can be a file name."""


class ImportedName(NamedTuple):
    """Name of an absolute import, at any depth; the import may be one that is allowed to fail."""

    module: str
    name: str | None
    """None for `import module`; "*" for all names."""
    alias: str | None


@dataclass(frozen=True)
class NamesUsed:
    """Names in one piece of code."""

    imports: tuple[ImportedName, ...] = ()
    """Imported names, in the order of the text."""
    by_string: frozenset[str] = frozenset()
    """Modules in `import_module("a.b")` and `__import__("a")`."""
    strings: frozenset[str] = frozenset()
    """String literals that are not empty and not longer than `LONGEST`."""
    chains: frozenset[tuple[str, ...]] = frozenset()
    """Attributes of names: `("a", "b", "c")` for `a.b.c`, always the whole chain."""
    bare: frozenset[str] = frozenset()
    """Names that are used, or bound by assignment, without an attribute."""


@dataclass(frozen=True)
class ParsedCode:
    """Names in a cell or a module of Python."""

    source: str
    is_python: bool
    """Whether the code could be parsed."""
    names: NamesUsed = NamesUsed()
    masked: tuple[str, ...] = ()
    """Lines that belong to IPython."""


@lru_cache(maxsize=2048)
def read_code(source: str) -> ParsedCode:
    """Return the names in code. Raise nothing: code that does not parse has no names."""
    cell = parse_cell(source)
    if cell.tree is None:
        return ParsedCode(source, False)
    lines = source.split("\n")
    return ParsedCode(source, True, names_of([cell.tree]), tuple(lines[line - 1] for line in sorted(cell.masked)))


def names_of(trees: Iterable[ast.AST]) -> NamesUsed:
    """Return the names in trees, which belong to one piece of code and are in the order of its text."""
    imports: list[ImportedName] = []
    by_string: set[str] = set()
    strings: set[str] = set()
    chains: set[tuple[str, ...]] = set()
    bare: set[str] = set()
    todo: list[ast.AST] = [*trees]
    todo.reverse()
    while todo:
        node = todo.pop()
        kind = type(node)  # faster than isinstance; `compile` makes nodes of exactly these classes
        if kind is ast.Name:
            bare.add(node.id)  # type: ignore[attr-defined]
            continue
        if kind is ast.Constant:
            if isinstance(value := node.value, str) and 0 < len(value) <= LONGEST:  # type: ignore[attr-defined]
                strings.add(value)
            continue
        if isinstance(node, ast.Attribute):
            chain = [node.attr]
            base = node.value
            while isinstance(base, ast.Attribute):
                chain.append(base.attr)
                base = base.value
            if isinstance(base, ast.Name):
                chains.add((base.id, *reversed(chain)))
            else:
                todo.append(base)
            continue
        if isinstance(node, ast.Import):
            imports += [ImportedName(alias.name, None, alias.asname) for alias in node.names]
            continue
        if isinstance(node, ast.ImportFrom):
            if node.module and not node.level:
                imports += [ImportedName(node.module, alias.name, alias.asname) for alias in node.names]
            continue
        if isinstance(node, ast.Call) and (module := _imported_by(node)):
            by_string.add(module)
        for field in reversed(node._fields):
            value = None if field in _LEAVES else getattr(node, field, None)
            if isinstance(value, ast.AST):
                todo.append(value)
            elif isinstance(value, list):
                todo += [item for item in reversed(value) if isinstance(item, ast.AST)]
    return NamesUsed(tuple(imports), frozenset(by_string), frozenset(strings), frozenset(chains), frozenset(bare))


_LEAVES = frozenset({"ctx", "op", "ops", "id", "arg", "attr", "kind", "type_comment", "type_ignores", "conversion"})
"""Fields without nodes that matter here: contexts and operators have nothing below them, the others are text."""


def _imported_by(call: ast.Call) -> str:
    name = getattr(call.func, "id", None) or getattr(call.func, "attr", None)
    if name in ("import_module", "__import__") and call.args:
        module = call.args[0]
        if isinstance(module, ast.Constant) and isinstance(module.value, str) and not module.value.startswith("."):
            return module.value
    return ""
