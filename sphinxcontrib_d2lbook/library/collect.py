"""Collect the saved blocks of pages that are in reading order."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

from ..notebook.cells import Notebook
from ..notebook.code_names import ImportedName, NamesUsed, names_of
from ..notebook.frameworks import page_of_framework, runs
from ..notebook.save_marks import MarkedBlock, MarkGrammar, marked_blocks
from .added_methods import added_to, without_decorator
from .name_scopes import eager_nodes, modified_names, scope_of
from .saved_blocks import INIT, NameScope, SavedBlock, SavedStatement
from .section_labels import section_labels


@dataclass(frozen=True)
class PackageNames:
    """Names of the package and of its default module."""

    package: str
    """Import name of the package."""
    default_module: str = ""
    """Module for blocks whose mark names none; "" for the package itself."""
    frameworks: tuple[tuple[str, str], ...] = ()
    """Pairs of a framework and its module, which gets the blocks of the cells that it runs on pages in several."""

    @property
    def default(self) -> str:
        return self.default_module or INIT

    def of_framework(self, framework: str) -> str:
        """Return the module for the blocks of a framework; "" stands for a page that has not several."""
        return dict(self.frameworks).get(framework, self.default)

    def framework_of(self, module: str) -> str:
        """Return the framework whose module this is; "" if it is that of none, or of several."""
        owners = [framework for framework, name in self.frameworks if name == module]
        return owners[0] if len(owners) == 1 else ""

    def itself(self, module: str) -> frozenset[str]:
        """Return the full names under which ``module`` of the package would import itself."""
        return frozenset({f"{self.package}.{module}"} | ({self.package} if module in (self.default, INIT) else set()))


def package_aliases(imports: Iterable[ImportedName], package: str) -> dict[str, str]:
    """Return the names that code gives to the package or its modules, with full names: `{"d2l": "d2l.mxnet"}`.

    A name that is imported from the package may be a module or an object; the caller must tell them apart.
    """
    aliases: dict[str, str] = {}
    for module, name, alias in imports:
        if f"{module}.".startswith(f"{package}."):
            if name is None:
                aliases[alias or package] = module if alias else package
            else:
                aliases[alias or name] = f"{module}.{name}"
    return aliases


def collect_blocks(
    pages: Iterable[Notebook], grammar: MarkGrammar, names: PackageNames
) -> tuple[list[SavedBlock], list[str], dict[str, str]]:
    """Return the blocks of ``pages``, the problems of marks and blocks, and the names of the package.

    ``pages`` are in reading order. The names are those that pages with blocks use for the package, each with the path
    of one such page. A block of a file that is included more than once is the block of the first place.
    """
    blocks: list[SavedBlock] = []
    alias_paths: dict[str, str] = {}
    problems: list[str] = []
    seen: set[tuple[str, int, str]] = set()
    """File, line and module of each block that was collected."""
    for page in pages:
        for framework in runs(page):
            default, own = names.of_framework(framework), page_of_framework(page, framework)
            marked, faults = marked_blocks(own, grammar)
            problems += faults
            if not marked:
                continue
            labels = section_labels(own)
            aliases = _page_aliases(own, names, default)
            alias_paths = dict.fromkeys(aliases, page.path) | alias_paths
            for block in marked:
                cell, module = own.cells[block.cell], block.module or default
                path = own.path_of(cell)
                mark = (path, block.mark_line, module)
                # A mark that names the module saves once.
                if mark in seen:
                    continue
                seen.add(mark)
                place = _Place(own, path, labels.get(block.cell), module, len(blocks))
                try:
                    blocks.append(_saved(block, place, aliases))
                except SyntaxError as err:
                    line = own.place(cell, err.lineno or 1)
                    problems.append(f"{line}: this block cannot stand in a module ({err.msg}); correct it")
    return blocks, list(dict.fromkeys(problems)), alias_paths


@dataclass(frozen=True)
class _Place:
    page: Notebook
    path: str
    """Path of the file with the block, for messages."""
    label: str | None
    module: str
    block: int


def _page_aliases(page: Notebook, names: PackageNames, module: str) -> frozenset[str]:
    """Return the names that the page uses for the package or for ``module``, which gets its blocks."""
    imports = (imported for cell in page.code_cells for imported in cell.code.names.imports)
    full = {names.package, f"{names.package}.{names.default_module}", f"{names.package}.{module}"}
    aliases = package_aliases(imports, names.package)
    return frozenset({names.package} | {name for name, target in aliases.items() if target in full})


def _saved(block: MarkedBlock, place: _Place, aliases: frozenset[str]) -> SavedBlock:
    """Return the saved block of a marked one. Raise SyntaxError, with a line of the cell, if it cannot be compiled."""
    lines = block.source.split("\n")
    before = (block.statements[-1].end_lineno or 1) - len(lines)
    items = []
    start = 0
    for group in _by_lines(block.statements):
        end = (group[-1].end_lineno or 1) - before
        items.append(_item(block, place, group, "\n".join(lines[start:end]), before + start, aliases))
        start = end
    page = place.page
    return SavedBlock(
        docname=page.docname,
        path=place.path,
        line=block.line,
        module=place.module,
        names=tuple(sorted(set().union(*(_defined(item) for item in items)))),
        source=block.source,
        replaces=block.replaces,
        label=place.label,
        items=tuple(items),
    )


def _defined(item: SavedStatement) -> frozenset[str]:
    return frozenset({f"{item.method_of}.{item.method}"}) if item.method_of else item.names


def _by_lines(statements: Iterable[ast.stmt]) -> list[list[ast.stmt]]:
    """Group statements so that those that share a line stay together."""
    groups: list[list[ast.stmt]] = []
    for statement in statements:
        if groups and groups[-1][-1].end_lineno == statement.lineno:
            groups[-1].append(statement)
        else:
            groups.append([statement])
    return groups


def _item(
    block: MarkedBlock, place: _Place, statements: list[ast.stmt], source: str, offset: int, aliases: frozenset[str]
) -> SavedStatement:
    shift = offset - ((block.statements[-1].end_lineno or 1) - block.source.count("\n") - 1)
    method_of = added_to(statements, aliases)
    if method_of:
        statement, source, cut = without_decorator(statements[0], source, offset)
        statements, offset, shift = [statement], offset + cut, shift + cut
    scope = scope_of(source, statements)
    if method_of:
        scope = NameScope(frozenset(), scope.uses - {"__class__"})
    now, annotated = (
        [node for part in statements for node in eager_nodes(part, annotations=flag)] for flag in (False, True)
    )
    used = aliases & scope.uses
    inside = NamesUsed()
    if used and block.is_whole_cell and tuple(statements) == block.statements:  # the names of the cell are known
        inside = place.page.cells[block.cell].code.names
    elif used:
        inside = names_of(statements)
    return SavedStatement(
        docname=place.page.docname,
        path=place.path,
        line=block.line + shift,
        label=place.label,
        module=place.module,
        replaces=block.replaces,
        source=source,
        offset=offset,
        block=place.block,
        statements=tuple(statements),
        scope=scope,
        eager=_names(now) & scope.uses,
        annotated=_names(annotated) & scope.uses,
        self_uses=frozenset(chain[1] for chain in inside.chains if chain[0] in used),
        eager_self_uses=frozenset(node.attr for node in now if _is_self_attribute(node, used)),
        self_names=used,
        escapes=not used.isdisjoint(inside.bare),
        modifies=frozenset().union(*(modified_names(part) for part in statements)),
        method_of=method_of,
    )


def _names(nodes: Iterable[ast.AST]) -> frozenset[str]:
    return frozenset(node.id for node in nodes if isinstance(node, ast.Name))


def _is_self_attribute(node: ast.AST, names: frozenset[str]) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names
