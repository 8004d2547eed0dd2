"""What a package must not be: every refusal names page, line and remedy."""

from __future__ import annotations

import ast
import builtins
import keyword
import sys
from collections.abc import Iterable, Mapping, Sequence

from .collect import PackageNames
from .imports import Import
from .model import INIT, Item
from .modules import Module

IMPLICIT = frozenset(dir(builtins)) | frozenset(
    {"__all__", "__annotations__", "__builtins__", "__doc__", "__file__", "__loader__", "__name__", "__package__"}
    | {"__path__", "__spec__", "__version__"}
)
"""Names that every module has."""
RESERVED = frozenset({"__all__", "__version__"})
"""Names that the generator writes."""


def check_modules(modules: Sequence[Module], names: PackageNames) -> list[str]:
    """All problems, in the order of the modules."""
    problems: list[str] = []
    by_name = {module.name: module for module in modules}
    for module in modules:
        problems += _module_name(module)
        problems += _imports(module)
        problems += _definitions(module, names)
        problems += _undefined(module, by_name, names)
    return problems + _package(by_name, names)


def _first(module: Module) -> str:
    places = [item for _, item in module.imports] + list(module.items)
    return min(places, key=lambda item: item.block).place if places else "conf.py"


def _module_name(module: Module) -> list[str]:
    name = module.name
    if name != INIT and name in sys.stdlib_module_names:
        return [f"{_first(module)}: a module {name!r} would have the name of one of Python's own; call it otherwise"]
    if keyword.iskeyword(name) or (name.startswith("_") and name != INIT):
        return [f"{_first(module)}: {name!r} cannot be the name of a module that others import; call it otherwise"]
    return []


def _imports(module: Module) -> list[str]:
    problems = []
    first: dict[str, tuple[Import, Item]] = {}
    for found, item in module.imports:
        if found.name == "*":
            problems.append(
                f"{item.place}: what `from {found.module} import *` brings cannot be known; name what the block needs"
            )
            continue
        other, place = first.setdefault(found.binds, (found, item))
        if other.means != found.means:
            problems.append(
                f"{item.place}: {found.binds!r} is imported as {found.means}, "
                f"but as {other.means} at {place.place}; give one of them another name with `as`"
            )
    return problems


def _definitions(module: Module, names: PackageNames) -> list[str]:
    problems = []
    first: dict[str, Item] = {}
    imported = {found.binds: item for found, item in module.imports}
    for item in sorted(module.items, key=lambda item: item.block):
        for name in sorted(item.names):
            other = first.setdefault(name, item)
            if other.block != item.block:
                problems.append(
                    f"{item.place}: {name!r} is saved already at {other.place}; "
                    "give it another name, or write `replaces` after the mark"
                )
            elif name in imported:
                problems.append(
                    f"{item.place}: {name!r} is an import too, at {imported[name].place}; give one of them another name"
                )
            elif name in module.self_names or name == names.package:
                problems.append(f"{item.place}: {name!r} is the name of the package itself; give it another name")
            elif name in RESERVED:
                problems.append(f"{item.place}: {name!r} is written by the build; do not save it")
    return problems


def _undefined(module: Module, modules: Mapping[str, Module], names: PackageNames) -> list[str]:
    known = module.names | IMPLICIT
    attributes = known
    if module.name == INIT and names.default in modules:
        attributes = attributes | modules[names.default].names | modules.keys()
    problems = []
    for item in module.items:
        problems += [
            f"{item.path}:{_line_of(item, name)}: {name!r} is used in a saved block, but is neither saved, "
            "nor imported by a saved block of this module, nor built in; mark where it is defined or imported"
            for name in sorted((item.scope.uses | item.modifies) - known)
        ]
        problems += [
            f"{item.path}:{_line_of(item, name)}: a saved block uses {name!r} of the package, but nothing "
            f"saves it in {_full(names, module.name)}; mark where it is defined"
            for name in sorted(item.self_uses - attributes)
        ]
    return problems


def _line_of(item: Item, name: str) -> int:
    """Where the name or attribute first stands in the item, as a line of the page."""
    lines = [
        node.lineno
        for statement in item.statements
        for node in ast.walk(statement)
        if (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.Attribute) and node.attr == name)
    ]
    return item.line + (min(lines) - item.offset - 1 if lines else 0)


def _package(modules: Mapping[str, Module], names: PackageNames) -> list[str]:
    """What `__init__` and the default module would hide from each other."""
    if INIT not in modules:
        return []
    own = modules[INIT]
    problems = []
    places: Iterable[tuple[str, str]] = [
        *((found.binds, item.place) for found, item in own.imports),
        *((name, item.place) for name, item in own.definitions.items()),
    ]
    for name, place in places:
        if name in modules and name != INIT:
            problems.append(
                f"{place}: {name!r} would hide the package's module of that name; import or call it otherwise"
            )
    if names.default != INIT and names.default in modules:
        default = modules[names.default].definitions
        for name, item in own.definitions.items():
            if name in default:
                problems.append(
                    f"{item.place}: {name!r} is saved to the module {names.default!r} too, at {default[name].place}; "
                    "give one of them another name"
                )
        for name, item in default.items():
            if name in modules:
                problems.append(f"{item.place}: {name!r} is the name of a module of the package; give it another name")
    return problems


def _full(names: PackageNames, module: str) -> str:
    return names.package if module == INIT else f"{names.package}.{module}"
