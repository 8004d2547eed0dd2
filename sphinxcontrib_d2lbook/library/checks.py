"""What a package must not be: every refusal names page, line and remedy."""

from __future__ import annotations

import ast
import builtins
import keyword
import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..notebook.model import Notebook
from ..notebook.python import parse_cell
from .collect import PackageNames
from .imports import Import, imports_of
from .model import INIT, Item
from .modules import Module
from .needs import import_circles, undeclared

IMPLICIT = frozenset(dir(builtins)) | frozenset(
    {"__all__", "__annotations__", "__builtins__", "__doc__", "__file__", "__loader__", "__name__", "__package__"}
    | {"__path__", "__spec__", "__version__"}
)
"""Names that every module has."""
RESERVED = frozenset({"__all__", "__version__"})
"""Names that the generator writes."""


@dataclass(frozen=True)
class Surroundings:
    """What the checks know besides the modules."""

    names: PackageNames
    aliases: Mapping[str, str]
    """What pages call the package -> a page that does."""
    pages: Mapping[str, Notebook]
    """By docname: those that save blocks."""
    declared: Collection[str] = ()
    """Distributions that the book declares; none where it leaves that to the build."""


def check_modules(modules: Sequence[Module], around: Surroundings) -> list[str]:
    """All problems, in the order of the modules."""
    problems: list[str] = []
    by_name = {module.name: module for module in modules}
    for module in modules:
        problems += _module_name(module)
        problems += _imports(module, around)
        problems += _definitions(module, around)
        problems += _undefined(module, by_name, around)
        problems += undeclared(module, around.declared, around.names.package)
    return problems + _package(by_name, around.names) + import_circles(by_name, around.names)


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


def _imports(module: Module, around: Surroundings) -> list[str]:
    problems = []
    hidden = {around.names.package, *around.aliases}
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
        elif found.binds in hidden and found.module.partition(".")[0] != around.names.package:
            problems.append(
                f"{item.place}: this imports {found.means} as {found.binds!r}, {_who(found.binds, around)}; "
                "give it another name with `as`"
            )
    return problems


def _who(name: str, around: Surroundings) -> str:
    if name == around.names.package:
        return "the name of the package itself"
    return f"which is the package itself in {around.aliases[name]}"


def _definitions(module: Module, around: Surroundings) -> list[str]:
    problems = []
    hidden = {around.names.package, *around.aliases}
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
            elif name in hidden:
                problems.append(f"{item.place}: this defines {name!r}, {_who(name, around)}; give it another name")
            elif name in RESERVED:
                problems.append(f"{item.place}: {name!r} is written by the build; do not save it")
    return problems


def _undefined(module: Module, modules: Mapping[str, Module], around: Surroundings) -> list[str]:
    names = around.names
    known = module.names | IMPLICIT
    attributes = known
    if module.name == INIT and names.default in modules:
        attributes = attributes | modules[names.default].names | modules.keys()
    problems = []
    for part in (part for item in module.items for part in item.parts):
        problems += [
            f"{part.path}:{_line_of(part, name)}: {_unknown(name, around.pages.get(part.docname))}"
            for name in sorted((part.scope.uses | part.modifies) - known)
        ]
        problems += [
            f"{part.path}:{_line_of(part, name)}: a saved block uses {name!r} of the package, but nothing "
            f"saves it in {_full(names, module.name)}; mark where it is defined"
            for name in sorted(part.self_uses - attributes)
        ]
    return problems


def _unknown(name: str, page: Notebook | None) -> str:
    """What is wrong with a name that the module does not have, and what its page knows of it."""
    line, kind = bound_at(page, name) if page else (0, "")
    if page and kind == "import":
        return (
            f"{name!r} is used in a saved block, but its import at {page.path}:{line} is not saved to this module; "
            "mark that import too"
        )
    if page and kind == "variable":
        return (
            f"a saved block reads {name!r}, a variable of its notebook ({page.path}:{line}), which the package does "
            "not have; make it an argument, or save it too"
        )
    if page and kind == "definition":
        return f"{name!r} is used in a saved block, but is defined at {page.path}:{line} without a mark; mark it too"
    return (
        f"{name!r} is used in a saved block, but is neither saved, "
        "nor imported by a saved block of this module, nor built in; mark where it is defined or imported"
    )


def bound_at(page: Notebook, name: str) -> tuple[int, str]:
    """Line where a page's own code binds a name, and by what: "import", "definition", "variable"; else 0 and ""."""
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
                return cell.line + getattr(node, "lineno", 1) - 1, kind
    return 0, ""


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
        imported = {found.binds: (found, item) for found, item in modules[names.default].imports}
        mine = {found.binds: (found, item) for found, item in own.imports}
        for name in sorted(imported.keys() & (own.definitions.keys() | mine.keys())):
            found, origin = imported[name]
            if found.means == f"{names.package}.{name}":
                continue  # what the package itself defines
            if name not in mine or mine[name][0].means != found.means:
                hides = own.definitions[name] if name not in mine else mine[name][1]
                problems.append(
                    f"{hides.place}: {name!r} would hide {found.means}, which {names.package}.{name} is by the import "
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


def _is_import_of(item: Item, module: str) -> bool:
    """Whether an item that is no plain import (`if TYPE_CHECKING:`, `try:`) imports ``module``."""
    nodes = [node for statement in item.statements for node in ast.walk(statement)]
    return any(found.means == module for found in imports_of(nodes))


def _full(names: PackageNames, module: str) -> str:
    return names.package if module == INIT else f"{names.package}.{module}"
