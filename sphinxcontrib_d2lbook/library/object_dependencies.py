"""Find the saved objects that a notebook's code reaches, directly or through other objects, with their digests.

The keys of the execution contain these digests. So a page runs again only if an object that it reaches has changed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..common.files import digest
from ..notebook.code_names import NamesUsed, ParsedCode, names_of
from ..notebook.ipython_source import parse_cell
from .collect import PackageNames, package_aliases
from .modules import Module
from .saved_blocks import INIT, SavedStatement

IMPORTERS = frozenset({"__import__", "find_spec", "import_module", "modules", "reload", "run_module"})
"""Names of functions and mappings that take the name of a module as a string."""
TEXT_READERS = frozenset(
    {"help", "__doc__", "getdoc", "getsource", "getsourcelines", "getcomments", "doctest", "testmod", "pinfo", "pinfo2"}
)
"""Names that show docstrings or code as text, so that comments and docstrings count for a page that uses them."""
IGNORED_FIELDS = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


@dataclass(frozen=True)
class Symbol:
    """Object of the package, import of one of its modules, or preamble.

    The preamble of a module is the code that defines no names.
    """

    digest: str
    """Digest of its normalised `ast`; comments, formatting and docstrings do not count."""
    text: str
    """Digest of its source as it is written."""
    uses: frozenset[str]
    """Qualified names of the symbols that it uses."""
    everything: bool = False
    """Whether it may use any other symbol, because it uses the package itself as an object."""
    reads_text: bool = False
    """Whether it may show docstrings or code."""


@dataclass(frozen=True)
class ReachedObjects:
    """Objects of the package that a notebook's code reaches."""

    symbols: Mapping[str, str]
    """Digests by qualified name (`d2l.mxnet.train`; `d2l.mxnet` for the preamble); all symbols if `everything`."""
    everything: bool
    """Whether the code uses the package in a way that hides what it reaches (`getattr`, `import *`, ...)."""
    through: Mapping[str, str] = field(default_factory=dict)
    """For each of `symbols` that the code does not name itself, a symbol that it names and that reaches it."""


def symbols_of(modules: Mapping[str, Module], names: PackageNames) -> dict[str, Symbol]:
    """Return all symbols of a package, by qualified name."""
    symbols: dict[str, Symbol] = {}
    for module in modules.values():
        full = full_name(names, module.name)
        imports: dict[str, set[str]] = {}
        for entry, _ in module.imports:
            imports.setdefault(entry.binds, set()).add(f"{entry.module}|{entry.name}|{entry.alias}")
        for name, texts in imports.items():
            targets = frozenset().union(*(_package_target(text, modules, names) for text in texts))
            symbols[f"{full}.{name}"] = Symbol(digest(*sorted(texts)), digest(*sorted(texts)), targets)
        known = {full_name(names, other) for other in modules}
        siblings = {entry.binds: entry.means for entry, _ in module.imports if entry.means in known}
        parts: dict[str, list[SavedStatement]] = {full: []}
        for item in module.items:
            for name in item.names | item.modifies or {""}:
                parts.setdefault(f"{full}.{name}" if name else full, []).append(item)
        for name, wholes in parts.items():
            items = [part for item in wholes for part in item.parts]
            uses = {target for item in items for target in _uses(item, module, modules, names)} - {name}
            code = [normalised(statement) for item in items for statement in item.statements]
            others, escapes = _uses_of_modules(items, siblings, modules, names)
            everything = escapes or any(item.escapes for item in items)
            text = digest(*(item.source for item in items))
            shows = any(reads_text(item.source, item.statements) for item in items)
            symbols[name] = Symbol(digest(*code), text, frozenset(uses | others), everything, shows)
    return symbols


def full_name(names: PackageNames, module: str) -> str:
    return names.package if module == INIT else f"{names.package}.{module}"


def _package_target(text: str, modules: Mapping[str, Module], names: PackageNames) -> frozenset[str]:
    """Return the symbol that an import from the package reaches, as a set; empty if there is none."""
    module, name, _ = text.split("|")
    dotted = f"{module}.{name}" if name else module
    symbol = resolve(dotted, modules, names)
    return frozenset({symbol}) if symbol else frozenset()


def resolve(dotted: str, modules: Mapping[str, Module], names: PackageNames) -> str | None:
    """Return the qualified name of a symbol: `d2l.mxnet.train` for `d2l.train`.

    Return None if the name is not of the package, or unknown.
    """
    top, _, rest = dotted.partition(".")
    if top != names.package:
        return None
    if not rest:
        return names.package
    first, _, tail = rest.partition(".")
    if first in modules and first != INIT:
        module, attribute = modules[first], tail.partition(".")[0]
    else:
        own = modules.get(INIT)
        is_own = own is not None and first in own.names
        module, attribute = modules[INIT if is_own or names.default not in modules else names.default], first
    full = full_name(names, module.name)
    if not attribute:
        return full
    return f"{full}.{attribute}" if attribute in module.names else None


def _uses(item: SavedStatement, module: Module, modules: Mapping[str, Module], names: PackageNames) -> Iterable[str]:
    full = full_name(names, module.name)
    for name in (item.scope.uses | item.modifies) & (module.imported | module.definitions.keys()):
        yield f"{full}.{name}"
    for name in item.self_uses:
        if name in module.names:
            yield f"{full}.{name}"
        elif target := resolve(f"{names.package}.{name}", modules, names):
            yield target


def _uses_of_modules(
    items: Iterable[SavedStatement], siblings: Mapping[str, str], modules: Mapping[str, Module], names: PackageNames
) -> tuple[set[str], bool]:
    """Return the symbols that items reach through other modules of the package that their own module imports.

    ``siblings`` are the names of these imports, with the full names of the modules. Return also whether the items use
    such a module otherwise than by its attributes.
    """
    symbols: set[str] = set()
    escapes = False
    known = {full_name(names, name) for name in modules}
    for item in items:
        objects = {name: target for name, target in siblings.items() if name in item.scope.uses}
        if objects:
            uses, passed = _attribute_uses(names_of(item.statements), objects, known)
            escapes |= passed
            symbols |= {symbol for dotted in uses if (symbol := resolve(dotted, modules, names))}
    return symbols, escapes


def reads_text(source: str, trees: Iterable[ast.AST]) -> bool:
    """Return whether code, given as text and as trees, names one of `TEXT_READERS`."""
    if not _names_any(source, TEXT_READERS):
        return False
    nodes = (node for tree in trees for node in ast.walk(tree))
    return any(
        (isinstance(node, ast.Name) and node.id in TEXT_READERS)
        or (isinstance(node, ast.Attribute) and node.attr in TEXT_READERS)
        or (isinstance(node, ast.alias) and node.name.rpartition(".")[2] in TEXT_READERS)
        for node in nodes
    )


def shows_text(code: Iterable[ParsedCode]) -> bool:
    """Return whether code cells may show docstrings or code: by one of `TEXT_READERS`, or by `name?`."""
    return any(_may_read_text(cell) or any("?" in line or "%p" in line for line in cell.masked) for cell in code)


def _may_read_text(code: ParsedCode) -> bool:
    tree = parse_cell(code.source).tree if _names_any(code.source, TEXT_READERS) else None
    return tree is not None and reads_text(code.source, [tree])


def _names_any(source: str, names: Iterable[str]) -> bool:
    return any(name in source for name in names)


def normalised(node: ast.AST) -> str:
    """Return a tree as text, without positions and docstrings."""
    parts: list[str] = []
    _write(node, parts)
    return "".join(parts)


def _write(node: ast.AST, parts: list[str]) -> None:
    parts.append(type(node).__name__ + "(")
    for name in node._fields:
        if name in IGNORED_FIELDS:
            continue
        child = getattr(node, name, None)
        if isinstance(child, ast.AST):
            _write(child, parts)
        elif isinstance(child, list):
            if name == "body" and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                child = _without_docstring(child)
            parts.append("[")
            for item in child:
                if isinstance(item, ast.AST):
                    _write(item, parts)
                else:
                    parts.append(repr(item))
                parts.append(",")
            parts.append("]")
        else:
            parts.append(repr(child))
        parts.append(",")
    parts.append(")")


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    is_docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if is_docstring else body


def direct_uses(
    code: Sequence[ParsedCode], modules: Mapping[str, Module], names: PackageNames, *, lazy: bool = False
) -> tuple[set[str], bool]:
    """Return the symbols that code cells name themselves, and whether they may use any other symbol too.

    With ``lazy``, importing the package does not import its default module.
    """
    package = names.package
    everything = False
    for cell in code:
        if package in cell.source:
            everything |= not cell.is_python or any(package in line for line in cell.masked)
            if _names_any(cell.source, IMPORTERS) and (tree := parse_cell(cell.source).tree):
                everything |= _imports_by_string(tree, package)
    aliases = package_aliases((entry for cell in code for entry in cell.names.imports), package)
    if not aliases:
        return set(), everything and bool(modules)
    symbols = {full_name(names, name) for name in ((INIT,) if lazy else (INIT, names.default)) if name in modules}
    for target in aliases.values():
        symbol = resolve(target, modules, names)
        everything |= target.endswith(".*")
        symbols |= {symbol} if symbol else set()
    known = {full_name(names, name) for name in modules}
    objects = {name: target for name, target in aliases.items() if target in known}
    for cell in code:
        uses, escapes = _attribute_uses(cell.names, objects, known)
        everything |= escapes
        symbols |= {symbol for dotted in uses if (symbol := resolve(dotted, modules, names))}
    return symbols, everything


def _attribute_uses(code: NamesUsed, objects: Mapping[str, str], known: set[str]) -> tuple[set[str], bool]:
    """Return `package.module.name` for each attribute of the names in ``objects``.

    Return also whether code uses one of these names otherwise than by its attributes. ``known`` are full names of
    modules.
    """
    uses: set[str] = set()
    escapes = not code.bare.isdisjoint(objects)
    for root, *attributes in code.chains:
        if root in objects:
            dotted = objects[root]
            while dotted in known and attributes:
                dotted = f"{dotted}.{attributes.pop(0)}"
            uses.add(dotted)
            escapes |= dotted in known or dotted.endswith(".__dict__")
    return uses, escapes


def _imports_by_string(tree: ast.AST, package: str) -> bool:
    """Return whether code imports the package by a string, as in `import_module("d2l")` or `sys.modules["d2l"]`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called, values = node.func, [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.Subscript):
            called, values = node.value, [node.slice]
        else:
            continue
        name = called.attr if isinstance(called, ast.Attribute) else called.id if isinstance(called, ast.Name) else ""
        strings = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
        if name in IMPORTERS and any(f"{text}.".startswith(f"{package}.") for text in strings):
            return True
    return False


def closure(start: Iterable[str], symbols: Mapping[str, Symbol]) -> tuple[dict[str, str], bool]:
    """Return all symbols that ``start`` reaches, with the preambles of their modules.

    The value of each symbol is the one of ``start`` that reaches it by the shortest way, found breadth first. Return
    also whether one of the symbols may use any other.
    """
    seen: dict[str, str] = {}
    everything = False
    todo = [(name, name) for name in sorted(start)]
    for name, origin in todo:  # the list grows during the loop
        if name in seen or name not in symbols:
            continue
        seen[name] = origin
        everything |= symbols[name].everything
        todo += ((used, origin) for used in sorted(symbols[name].uses))
        todo.append((name.rpartition(".")[0], origin))
    return seen, everything
