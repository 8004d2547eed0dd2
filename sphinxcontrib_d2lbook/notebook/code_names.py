"""The names that code imports and uses, gathered in one walk through its tree.

What a page depends on is read off these; they are small, and kept from one build to the next with the page's cells, so
that a build which changes nothing parses nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from .ipython_source import parse_cell

LONGEST = 255
"""Of a string that can be the name of a file, in characters."""


class ImportedName(NamedTuple):
    """One name of an absolute import, wherever it stands; also of one that may fail."""

    module: str
    name: str | None
    """None for `import module`; "*" for all names."""
    alias: str | None


@dataclass(frozen=True)
class NamesUsed:
    """What one piece of code names."""

    imports: tuple[ImportedName, ...] = ()
    """In the order of the text."""
    by_string: frozenset[str] = frozenset()
    """Modules in `import_module("a.b")` and `__import__("a")`."""
    strings: frozenset[str] = frozenset()
    """Those that are not empty and not longer than `LONGEST`."""
    chains: frozenset[tuple[str, ...]] = frozenset()
    """`("a", "b", "c")` for `a.b.c`, the whole of each chain that begins with a name."""
    bare: frozenset[str] = frozenset()
    """Names that are used, or bound by assignment, without an attribute."""


@dataclass(frozen=True)
class ParsedCode:
    """What a cell or a module of Python names."""

    source: str
    is_python: bool
    """Whether it could be parsed."""
    names: NamesUsed = NamesUsed()
    masked: tuple[str, ...] = ()
    """Lines that belong to IPython."""


@lru_cache(maxsize=2048)
def read_code(source: str) -> ParsedCode:
    """What code names. Nothing is raised: what does not parse names nothing."""
    cell = parse_cell(source)
    if cell.tree is None:
        return ParsedCode(source, False)
    lines = source.split("\n")
    return ParsedCode(source, True, names_of([cell.tree]), tuple(lines[line - 1] for line in sorted(cell.masked)))


def names_of(trees: Iterable[ast.AST]) -> NamesUsed:
    """What trees name; they are those of one piece of code, in the order of its text."""
    imports: list[ImportedName] = []
    by_string: set[str] = set()
    strings: set[str] = set()
    chains: set[tuple[str, ...]] = set()
    bare: set[str] = set()
    todo: list[ast.AST] = [*trees]
    todo.reverse()
    while todo:
        node = todo.pop()
        kind = type(node)  # what `compile` makes is of these classes themselves; asking for the class is the fastest
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
"""Contexts and operators have nothing below them; the others are text."""


def _imported_by(call: ast.Call) -> str:
    name = getattr(call.func, "id", None) or getattr(call.func, "attr", None)
    if name in ("import_module", "__import__") and call.args:
        module = call.args[0]
        if isinstance(module, ast.Constant) and isinstance(module.value, str) and not module.value.startswith("."):
            return module.value
    return ""
