"""Pages in reading order -> saved blocks."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

from ..notebook.cells import Notebook
from ..notebook.code_names import ImportedName, NamesUsed, names_of
from ..notebook.save_marks import MarkedBlock, MarkGrammar, marked_blocks
from .added_methods import added_to, without_decorator
from .name_scopes import eager_nodes, modified_names, scope_of
from .saved_blocks import INIT, Item, NameScope, SavedBlock
from .section_labels import section_labels


@dataclass(frozen=True)
class PackageNames:
    """How the package and its parts are called."""

    package: str
    """Import name."""
    default_module: str = ""
    """Module for blocks that name none; "" for the package itself."""

    @property
    def default(self) -> str:
        return self.default_module or INIT

    def itself(self, module: str) -> frozenset[str]:
        """The full names under which ``module`` of the package would import itself."""
        return frozenset({f"{self.package}.{module}"} | ({self.package} if module in (self.default, INIT) else set()))


def package_aliases(imports: Iterable[ImportedName], package: str) -> dict[str, str]:
    """Names that code gives to the package or its modules -> the module's full name (`{"d2l": "d2l.mxnet"}`).

    A name that is imported from the package may be a module or an object: the caller knows.
    """
    found: dict[str, str] = {}
    for module, name, alias in imports:
        if f"{module}.".startswith(f"{package}."):
            if name is None:
                found[alias or package] = module if alias else package
            else:
                found[alias or name] = f"{module}.{name}"
    return found


def collect_blocks(
    pages: Iterable[Notebook], grammar: MarkGrammar, names: PackageNames
) -> tuple[list[SavedBlock], list[str], dict[str, str]]:
    """The blocks of ``pages`` (in reading order), what is wrong with marks and blocks, and what the pages that have
    some call the package: each name with the path of a page."""
    blocks: list[SavedBlock] = []
    called: dict[str, str] = {}
    problems: list[str] = []
    for page in pages:
        marked, faults = marked_blocks(page, grammar)
        problems += faults
        if not marked:
            continue
        labels = section_labels(page)
        aliases = _page_aliases(page, names)
        called = dict.fromkeys(aliases, page.path) | called
        for block in marked:
            place = _Place(page, labels.get(block.cell), block.module or names.default, len(blocks))
            try:
                blocks.append(_saved(block, place, aliases))
            except SyntaxError as err:
                line = page.cells[block.cell].line + (err.lineno or 1) - 1
                problems.append(f"{page.path}:{line}: this block cannot stand in a module ({err.msg}); correct it")
    return blocks, problems, called


@dataclass(frozen=True)
class _Place:
    page: Notebook
    label: str | None
    module: str
    block: int


def _page_aliases(page: Notebook, names: PackageNames) -> frozenset[str]:
    """What the page calls the package or its default module."""
    imports = (one for cell in page.code_cells for one in cell.code.names.imports)
    full = {names.package, f"{names.package}.{names.default_module}"}
    found = package_aliases(imports, names.package)
    return frozenset({names.package} | {name for name, target in found.items() if target in full})


def _saved(block: MarkedBlock, place: _Place, aliases: frozenset[str]) -> SavedBlock:
    """Raises SyntaxError, with a line of the cell."""
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
        path=page.path,
        line=block.line,
        module=place.module,
        names=tuple(sorted(set().union(*(_defined(item) for item in items)))),
        source=block.source,
        replaces=block.replaces,
        label=place.label,
        items=tuple(items),
    )


def _defined(item: Item) -> frozenset[str]:
    return frozenset({f"{item.method_of}.{item.method}"}) if item.method_of else item.names


def _by_lines(statements: Iterable[ast.stmt]) -> list[list[ast.stmt]]:
    """Statements that share a line stay together."""
    groups: list[list[ast.stmt]] = []
    for statement in statements:
        if groups and groups[-1][-1].end_lineno == statement.lineno:
            groups[-1].append(statement)
        else:
            groups.append([statement])
    return groups


def _item(
    block: MarkedBlock, place: _Place, statements: list[ast.stmt], source: str, offset: int, aliases: frozenset[str]
) -> Item:
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
    if used and block.is_whole_cell and tuple(statements) == block.statements:  # the cell's names are known already
        inside = place.page.cells[block.cell].code.names
    elif used:
        inside = names_of(statements)
    return Item(
        docname=place.page.docname,
        path=place.page.path,
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
