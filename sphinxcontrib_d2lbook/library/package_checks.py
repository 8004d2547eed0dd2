"""Check the modules of a package. Each problem names the page, the line and the remedy."""

from __future__ import annotations

import ast
import builtins
import keyword
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..notebook.cells import Notebook
from .collect import PackageNames
from .framework_modules import TAB
from .imports import ModuleImport, imports_of
from .module_dependencies import import_circles, undeclared
from .modules import Module
from .saved_blocks import INIT, SavedStatement
from .top_level_checks import deleted_names, is_overload, is_own_line, top_level_faults
from .undefined_names import line_of, unknown_attribute, unknown_name

IMPLICIT = frozenset(dir(builtins)) | frozenset(
    {"__all__", "__annotations__", "__builtins__", "__doc__", "__file__", "__loader__", "__name__", "__package__"}
    | {"__path__", "__spec__", "__version__"}
)
"""Names that every module has."""
RESERVED = frozenset({"__all__", "__version__"})
"""Names that the generator writes."""


@dataclass(frozen=True)
class CheckContext:
    """Facts that the checks need besides the modules."""

    names: PackageNames
    aliases: Mapping[str, str]
    """Names that pages use for the package, each with the path of one such page."""
    pages: Mapping[str, Notebook]
    """Pages that save blocks, by docname."""
    declared: Collection[str] = ()
    """Distributions that the book declares; empty if the build finds them itself."""


def check_modules(modules: Sequence[Module], around: CheckContext) -> list[str]:
    """Return all problems, in the order of the modules."""
    problems: list[str] = []
    by_name = {module.name: module for module in modules}
    for module in modules:
        problems += _module_name(module)
        problems += _imports(module, around)
        problems += _definitions(module, around)
        problems += top_level_faults(module.items)
        problems += _undefined(module, by_name, around)
        problems += undeclared(module, around.declared, around.names.package)
    problems += _same_but_for_case(modules)
    return problems + _package(by_name, around.names) + import_circles(by_name, around.names)


def _first(module: Module) -> str:
    places = [item for _, item in module.imports] + list(module.items)
    return min(places, key=lambda item: item.block).place if places else "conf.py"


def _module_name(module: Module) -> list[str]:
    name = module.name
    if name != INIT and name in sys.stdlib_module_names:
        return [f"{_first(module)}: a module {name!r} would have the name of one of Python's own; give it another name"]
    if keyword.iskeyword(name) or (name.startswith("_") and name != INIT):
        return [f"{_first(module)}: {name!r} cannot be the name of a module that others import; give it another name"]
    return []


def _same_but_for_case(modules: Sequence[Module]) -> list[str]:
    """Return problems with modules whose files collide on disks that ignore the case of letters."""
    first: dict[str, Module] = {}
    problems = []
    for module in modules:
        other = first.setdefault(module.name.casefold(), module)
        if other is not module:
            problems.append(
                f"{_first(module)}: the module {module.name!r} differs from {other.name!r} (at {_first(other)}) only "
                "in capital letters, and macOS and Windows keep both in one file; call one of them otherwise"
            )
    return problems


def _imports(module: Module, around: CheckContext) -> list[str]:
    problems = []
    hidden = {around.names.package, *around.aliases}
    first: dict[str, tuple[ModuleImport, SavedStatement]] = {}
    for entry, item in module.imports:
        if entry.name == "*":
            problems.append(
                f"{item.place}: what `from {entry.module} import *` brings cannot be known; name what the block needs"
            )
            continue
        other, place = first.setdefault(entry.binds, (entry, item))
        if other.means != entry.means:
            problems.append(
                f"{item.place}: {entry.binds!r} is imported as {entry.means}, "
                f"but as {other.means} at {place.place}; give one of them another name with `as`"
            )
        elif entry.binds in hidden and entry.module.partition(".")[0] != around.names.package:
            problems.append(
                f"{item.place}: this imports {entry.means} as {entry.binds!r}, {_who(entry.binds, around)}; "
                "give it another name with `as`"
            )
    return problems


def _who(name: str, around: CheckContext) -> str:
    if name == around.names.package:
        return "the name of the package itself"
    return f"which is the package itself in {around.aliases[name]}"


def _definitions(module: Module, around: CheckContext) -> list[str]:
    problems = []
    hidden = {around.names.package, *around.aliases}
    first: dict[str, SavedStatement] = {}
    imported = {entry.binds: item for entry, item in module.imports}
    for item in sorted(module.items, key=lambda item: item.block):
        for name in sorted(item.names - deleted_names(item)):
            other = first.setdefault(name, item)
            if is_overload(other):
                first[name] = item
            elif other.block != item.block:
                problems.append(
                    f"{item.place}: {name!r} is saved already at {other.place}; "
                    "give it another name, or write `replaces` after the mark"
                )
            elif name in imported:
                problems.append(
                    f"{item.place}: {name!r} is an import too, at {imported[name].place}; give one of them another name"
                )
            elif name in hidden and is_own_line(item):
                problems.append(
                    f"{item.place}: in saved code {name!r} is the module itself already, by a line that the build "
                    "writes; remove this one, or its mark"
                )
            elif name in hidden:
                problems.append(f"{item.place}: this defines {name!r}, {_who(name, around)}; give it another name")
            elif name in RESERVED:
                problems.append(f"{item.place}: {name!r} is written by the build; do not save it")
    return problems + [
        f"{item.place}: this says how {name!r} can be called (`@overload`), but no block saves the function itself; "
        "mark its definition too"
        for name, item in first.items()
        if is_overload(item)
    ]


def _undefined(module: Module, modules: Mapping[str, Module], around: CheckContext) -> list[str]:
    names = around.names
    known = module.names | IMPLICIT
    attributes = known | {TAB} if names.framework_of(module.name) else known
    if module.name == INIT and names.default in modules:
        attributes = attributes | modules[names.default].names | modules.keys()
    problems = []
    for part in (part for item in module.items for part in item.parts):
        page = around.pages.get(part.docname)
        problems += [
            f"{part.path}:{line_of(part, name)}: {unknown_name(name, module, modules, names, page)}"
            for name in sorted((part.scope.uses | part.modifies) - known - deleted_names(part))
        ]
        problems += [
            f"{part.path}:{line_of(part, name)}: {unknown_attribute(name, module, modules, names, attributes)}"
            for name in sorted(part.self_uses - attributes)
        ]
    return problems


def _package(modules: Mapping[str, Module], names: PackageNames) -> list[str]:
    """Return problems with names in `__init__` and in the default module that would hide each other."""
    if INIT not in modules:
        return []
    own = modules[INIT]
    problems = []
    places: Iterable[tuple[str, str]] = [
        *((entry.binds, item.place) for entry, item in own.imports),
        *((name, item.place) for name, item in own.definitions.items()),
    ]
    for name, place in places:
        if name in modules and name != INIT:
            problems.append(f"{place}: {name!r} would hide the package's module of that name; give it another name")
    if names.default != INIT and names.default in modules:
        default = modules[names.default].definitions
        imported = {entry.binds: (entry, item) for entry, item in modules[names.default].imports}
        mine = {entry.binds: (entry, item) for entry, item in own.imports}
        for name in sorted(imported.keys() & (own.definitions.keys() | mine.keys())):
            entry, origin = imported[name]
            if entry.means == f"{names.package}.{name}":
                continue  # the package itself defines it
            if name not in mine or mine[name][0].means != entry.means:
                hides = own.definitions[name] if name not in mine else mine[name][1]
                problems.append(
                    f"{hides.place}: {name!r} would hide {entry.means}, which {names.package}.{name} is by the import "
                    f"at {origin.place}; give one of them another name"
                )
        for name, item in own.definitions.items():
            if name in default:
                problems.append(
                    f"{item.place}: {name!r} is saved to the module {names.default!r} too, at {default[name].place}; "
                    "give one of them another name"
                )
        for name, item in default.items():
            if name in modules and not _is_import_of(item, f"{names.package}.{name}"):
                problems.append(f"{item.place}: {name!r} is the name of a module of the package; give it another name")
    return problems


def _is_import_of(item: SavedStatement, module: str) -> bool:
    """Return whether an item that is not a plain import (`if TYPE_CHECKING:`, `try:`) imports ``module``."""
    nodes = [node for statement in item.statements for node in ast.walk(statement)]
    return any(entry.means == module for entry in imports_of(nodes))
