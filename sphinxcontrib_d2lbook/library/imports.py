"""Collect and write the imports of a module: merged and sorted, but never pruned."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from dataclasses import dataclass

WIDTH = 88


@dataclass(frozen=True, order=True)
class ModuleImport:
    """Name that a module imports."""

    module: str
    """`a.b` of `import a.b` and of `from a.b import c`, with leading dots if it is relative."""
    name: str
    """`c` of `from a.b import c`; "" for `import a.b`."""
    alias: str
    """Name after `as`; "" if there is none."""

    @property
    def binds(self) -> str:
        return self.alias or self.name or self.module.partition(".")[0]

    @property
    def means(self) -> str:
        """Full name of the imported object; two imports agree if it is equal."""
        if self.name:
            return f"{self.module}.{self.name}"
        return self.module if self.alias else self.module.partition(".")[0]


def imports_of(nodes: Iterable[ast.AST]) -> list[ModuleImport]:
    """Return the names that the import statements among ``nodes`` import."""
    imported = []
    for statement in nodes:
        if isinstance(statement, ast.Import):
            imported += [ModuleImport(alias.name, "", alias.asname or "") for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom):
            module = "." * statement.level + (statement.module or "")
            imported += [ModuleImport(module, alias.name, alias.asname or "") for alias in statement.names]
    return imported


def import_lines(imports: Iterable[ModuleImport], package: str) -> list[str]:
    """Return import statements, in groups separated by an empty line.

    The groups are `__future__`, the standard library, other distributions, and the package.
    """
    groups: dict[int, list[ModuleImport]] = {}
    for item in set(imports):
        groups.setdefault(_group(item.module, package), []).append(item)
    lines: list[str] = []
    for _, group in sorted(groups.items()):
        lines += [""] if lines else []
        lines += [
            f"import {item.module}" + (f" as {item.alias}" if item.alias else "")
            for item in sorted(group)
            if not item.name
        ]
        for module in sorted({item.module for item in group if item.name}):
            names = [
                item.name + (f" as {item.alias}" if item.alias else "")
                for item in sorted(group)
                if item.name and item.module == module
            ]
            lines += from_lines(module, names)
    return lines


def from_lines(module: str, names: list[str]) -> list[str]:
    """Return `from module import names`, with each name on a line of its own if one line would be too long."""
    line = f"from {module} import {', '.join(names)}"
    if len(line) <= WIDTH:
        return [line]
    return [f"from {module} import (", *(f"    {name}," for name in names), ")"]


def _group(module: str, package: str) -> int:
    top = module.partition(".")[0]
    if top == "__future__":
        return 0
    if top in sys.stdlib_module_names:
        return 1
    return 3 if top in ("", package) else 2
