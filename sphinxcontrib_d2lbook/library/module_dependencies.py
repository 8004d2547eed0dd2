"""Check the imports of a package's modules: no circles among them, and only distributions that the book declares."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from operator import itemgetter

from packaging.utils import canonicalize_name

from .collect import PackageNames
from .imports import ModuleImport, imports_of
from .modules import Module
from .name_scopes import eager_nodes
from .requirements import needed_imports, providers, top_modules
from .saved_blocks import INIT, SavedStatement


def undeclared(module: Module, declared: Collection[str], package: str) -> list[str]:
    """Return problems with saved imports from undeclared distributions; none if the book declares none at all."""
    if not declared:
        return []
    known = {canonicalize_name(name) for name in declared}
    problems = []
    seen: set[str] = set()
    for item, statement in _statements(module):
        for name, line in sorted(top_modules(needed_imports(statement)), key=itemgetter(1)):
            if name in seen or name == package or canonicalize_name(name) in known:
                continue
            seen.add(name)
            owners = providers(name)
            if any(canonicalize_name(owner) in known for owner in owners):
                continue
            place = f"{item.path}:{item.line + line - item.offset - 1}"
            if owners:
                problems.append(
                    f"{place}: {name!r} is imported, which is of the distribution {' or '.join(owners)}, but conf.py "
                    f'does not declare it; add it to d2lbook_requirements: {owners[0]!r}: ""'
                )
            else:
                problems.append(
                    f"{place}: {name!r} is imported, which no installed distribution provides; install what the book "
                    "needs and add it to d2lbook_requirements, or catch the ImportError in the block"
                )
    return problems


def _statements(module: Module) -> Iterator[tuple[SavedStatement, ast.stmt]]:
    """Yield every statement of a module, imports too, each with its item."""
    seen: set[int] = set()
    for item in (item for _, item in module.imports):
        if id(item) not in seen:
            seen.add(id(item))
            yield from ((item, statement) for statement in item.statements)
    for item in module.items:
        yield from ((part, statement) for part in item.parts for statement in part.statements)


def import_circles(modules: Mapping[str, Module], names: PackageNames) -> list[str]:
    """Return problems with modules of the package that need each other while they are imported.

    The import of the default module at the end of `__init__` does not count: `__init__` is complete by then.
    """
    edges: dict[str, dict[str, str]] = {name: {} for name in modules}
    """Modules that each module imports, with the place of the import."""
    for module in modules.values():
        for entry, item in _eager_imports(module):
            for target in _targets(entry, modules, names):
                if target != module.name:
                    edges[module.name].setdefault(target, item.place)
    problems = []
    done: set[str] = set()
    for start in modules:
        circle = _circle(start, edges)
        if circle and not done & set(circle):
            done |= set(circle)
            steps = " -> ".join(f"{one} ({edges[one][other]})" for one, other in pairwise(circle))
            place = next(edges[one][other] for one, other in pairwise(circle) if one != INIT)
            problems.append(
                f"{place}: modules of the package import each other in a circle: {steps} -> {circle[-1]}; "
                "let one of them import the other inside a function, or save both blocks to one module"
            )
    return problems


def _eager_imports(module: Module) -> Iterator[tuple[ModuleImport, SavedStatement]]:
    yield from module.imports
    for item in module.items:
        for statement in item.statements:
            if isinstance(statement, ast.If) and ast.unparse(statement.test).endswith("TYPE_CHECKING"):
                continue
            for node in eager_nodes(statement, annotations=False):
                yield from ((entry, item) for entry in imports_of([node]))


def _targets(entry: ModuleImport, modules: Mapping[str, Module], names: PackageNames) -> Iterator[str]:
    """Yield the names of the modules that must be complete for an import to work."""
    top, _, rest = (entry.module.lstrip(".") or names.package).partition(".")
    if entry.module.startswith("."):
        top, rest = names.package, entry.module.lstrip(".")
    if top != names.package:
        return
    if rest:
        yield rest if rest in modules else INIT
    elif not entry.name:
        return  # `import d2l` alone needs no name of the package
    elif entry.name in modules:
        yield entry.name
    elif entry.name in modules[INIT].names or names.default not in modules:
        yield INIT
    else:
        yield names.default


def _circle(start: str, edges: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the shortest way from ``start`` back to it, with both ends; empty if there is none."""
    todo = [[start]]
    seen: set[str] = set()
    while todo:
        path = todo.pop(0)
        for other in edges[path[-1]]:
            if other == start:
                return [*path, start]
            if other not in seen:
                seen.add(other)
                todo.append([*path, other])
    return []
