"""Which saved objects a notebook's code reaches, directly or through others, and what each of them is.

The execution's keys are made of this: a page runs again when an object that it reaches has changed, and only then.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..files import digest
from ..notebook.python import parse_cell, walk
from .collect import PackageNames, package_aliases
from .model import INIT, Item
from .modules import Module

IMPORTERS = frozenset({"__import__", "find_spec", "import_module", "modules", "reload", "run_module"})
"""What takes the name of a module as a string."""
TEXT_READERS = frozenset(
    {"help", "__doc__", "getdoc", "getsource", "getsourcelines", "getcomments", "doctest", "testmod", "pinfo", "pinfo2"}
)
"""What shows docstrings or code as text, so that comments and docstrings count for the page that uses it."""
IGNORED_FIELDS = frozenset({"ctx", "kind", "type_comment", "type_ignores"})


@dataclass(frozen=True)
class Symbol:
    """An object of the package, an import of one of its modules, or what a module does besides (its preamble)."""

    digest: str
    """Of its normalised `ast`: comments, formatting and docstrings do not count."""
    text: str
    """Digest of its source as it is written."""
    uses: frozenset[str]
    """Qualified names of the symbols that it uses."""
    everything: bool = False
    """Whether it may use any other, because it uses the package itself as an object."""
    reads_text: bool = False
    """Whether it may show docstrings or code."""


@dataclass(frozen=True)
class Reach:
    """What a notebook's code reaches."""

    symbols: Mapping[str, str]
    """Qualified name (`d2l.mxnet.train`; `d2l.mxnet` for the preamble) -> digest. All symbols where `everything`."""
    everything: bool
    """Whether the code uses the package in a way that does not tell what it reaches (`getattr`, `import *`, ...)."""
    through: Mapping[str, str] = field(default_factory=dict)
    """For each of `symbols` that the code does not name itself, one that it names and that reaches it."""


def symbols_of(modules: Mapping[str, Module], names: PackageNames) -> dict[str, Symbol]:
    """All symbols of a package, by qualified name."""
    found: dict[str, Symbol] = {}
    for module in modules.values():
        full = full_name(names, module.name)
        imports: dict[str, set[str]] = {}
        for one, _ in module.imports:
            imports.setdefault(one.binds, set()).add(f"{one.module}|{one.name}|{one.alias}")
        for name, texts in imports.items():
            targets = frozenset().union(*(_package_target(text, modules, names) for text in texts))
            found[f"{full}.{name}"] = Symbol(digest(*sorted(texts)), digest(*sorted(texts)), targets)
        known = {full_name(names, other) for other in modules}
        siblings = {one.binds: one.means for one, _ in module.imports if one.means in known}
        parts: dict[str, list[Item]] = {full: []}
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
            found[name] = Symbol(digest(*code), text, frozenset(uses | others), everything, shows)
    return found


def full_name(names: PackageNames, module: str) -> str:
    return names.package if module == INIT else f"{names.package}.{module}"


def _package_target(text: str, modules: Mapping[str, Module], names: PackageNames) -> frozenset[str]:
    """What an import of another module of the package reaches."""
    module, name, _ = text.split("|")
    dotted = f"{module}.{name}" if name else module
    found = resolve(dotted, modules, names)
    return frozenset({found}) if found else frozenset()


def resolve(dotted: str, modules: Mapping[str, Module], names: PackageNames) -> str | None:
    """`d2l.train` -> `d2l.mxnet.train`, the symbol that it means; None for what is not of the package or unknown."""
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


def _uses(item: Item, module: Module, modules: Mapping[str, Module], names: PackageNames) -> Iterable[str]:
    full = full_name(names, module.name)
    for name in (item.scope.uses | item.modifies) & (module.imported | module.definitions.keys()):
        yield f"{full}.{name}"
    for name in item.self_uses:
        if name in module.names:
            yield f"{full}.{name}"
        elif target := resolve(f"{names.package}.{name}", modules, names):
            yield target


def _uses_of_modules(
    items: Iterable[Item], siblings: Mapping[str, str], modules: Mapping[str, Module], names: PackageNames
) -> tuple[set[str], bool]:
    """What items reach through other modules of the package that their own imports (``siblings``: name -> module)."""
    found: set[str] = set()
    escapes = False
    known = {full_name(names, name) for name in modules}
    for item in items:
        objects = {name: target for name, target in siblings.items() if name in item.scope.uses}
        for statement in item.statements if objects else ():
            uses, passed = _attribute_uses(statement, objects, known)
            escapes |= passed
            found |= {symbol for dotted in uses if (symbol := resolve(dotted, modules, names))}
    return found, escapes


def reads_text(source: str, trees: Iterable[ast.AST]) -> bool:
    """Whether code, given as text and as trees, names one of `TEXT_READERS`."""
    if not any(name in source for name in TEXT_READERS):
        return False
    nodes = (node for tree in trees for node in ast.walk(tree))
    return any(
        (isinstance(node, ast.Name) and node.id in TEXT_READERS)
        or (isinstance(node, ast.Attribute) and node.attr in TEXT_READERS)
        or (isinstance(node, ast.alias) and node.name.rpartition(".")[2] in TEXT_READERS)
        for node in nodes
    )


def shows_text(sources: Iterable[str]) -> bool:
    """Whether code cells may show docstrings or code: by one of `TEXT_READERS`, or by `name?`."""
    for source in sources:
        code = parse_cell(source)
        if code.tree is not None and reads_text(source, [code.tree]):
            return True
        lines = source.split("\n")
        if any("?" in lines[line - 1] or "%p" in lines[line - 1] for line in code.masked):
            return True
    return False


def normalised(node: ast.AST) -> str:
    """The tree as text, without positions and docstrings."""
    parts: list[str] = []
    _write(node, parts)
    return "".join(parts)


def _write(value: object, parts: list[str]) -> None:
    if isinstance(value, ast.AST):
        parts.append(type(value).__name__ + "(")
        for name in value._fields:
            if name in IGNORED_FIELDS:
                continue
            child = getattr(value, name, None)
            if name == "body" and isinstance(value, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                child = _without_docstring(value.body)
            _write(child, parts)
            parts.append(",")
        parts.append(")")
    elif isinstance(value, list):
        parts.append("[")
        for child in value:
            _write(child, parts)
            parts.append(",")
        parts.append("]")
    else:
        parts.append(repr(value))


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    is_docstring = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    return body[1:] if is_docstring else body


def direct_uses(sources: Sequence[str], modules: Mapping[str, Module], names: PackageNames) -> tuple[set[str], bool]:
    """Symbols that the code cells name themselves, and whether they may use any other besides."""
    package = names.package
    trees: list[tuple[str, ast.Module]] = []
    imports: list[ast.Module] = []
    everything = False
    for source in sources:
        code = parse_cell(source)
        if code.tree is None:
            everything |= package in source
            continue
        lines = source.split("\n")
        everything |= any(package in lines[line - 1] for line in code.masked)
        if package in source:
            if "import" in source:
                imports.append(code.tree)
            if any(name in source for name in IMPORTERS):
                everything |= _imports_by_string(code.tree, package)
        trees.append((source, code.tree))
    aliases = package_aliases(imports, package)
    if not aliases:
        return set(), everything and bool(modules)
    found = {full_name(names, name) for name in (INIT, names.default) if name in modules}
    for target in aliases.values():
        symbol = resolve(target, modules, names)
        everything |= target.endswith(".*")
        found |= {symbol} if symbol else set()
    known = {full_name(names, name) for name in modules}
    objects = {name: target for name, target in aliases.items() if target in known}
    for source, tree in trees:
        if source.isascii() and not any(name in source for name in objects):
            continue
        uses, escapes = _attribute_uses(tree, objects, known)
        everything |= escapes
        found |= {symbol for dotted in uses if (symbol := resolve(dotted, modules, names))}
    return found, everything


def _attribute_uses(tree: ast.AST, objects: Mapping[str, str], known: set[str]) -> tuple[set[str], bool]:
    """`package.module.name` of each attribute read off the names in ``objects``; whether one is used otherwise."""
    uses: set[str] = set()
    bases: set[int] = set()
    escapes = False
    for node in walk(tree):  # outer nodes come before inner ones
        if isinstance(node, ast.Attribute) and id(node) not in bases:
            chain: list[ast.expr] = [node]
            while isinstance(chain[-1], ast.Attribute):
                chain.append(chain[-1].value)
            root = chain[-1]
            if isinstance(root, ast.Name) and root.id in objects:
                bases.update(map(id, chain))
                dotted = objects[root.id]
                attributes = [part.attr for part in reversed(chain) if isinstance(part, ast.Attribute)]
                while dotted in known and attributes:
                    dotted = f"{dotted}.{attributes.pop(0)}"
                uses.add(dotted)
                escapes |= dotted in known or dotted.endswith(".__dict__")
        elif isinstance(node, ast.Name) and node.id in objects and id(node) not in bases:
            escapes = True
    return uses, escapes


def _imports_by_string(tree: ast.AST, package: str) -> bool:
    """`import_module("d2l.mxnet")`, `__import__("d2l")`, `sys.modules["d2l"]`."""
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
    """All symbols that ``start`` reaches through others, with the preambles of their modules.

    Each stands with that of ``start`` by which it was reached first, breadth first: the shortest way.
    """
    seen: dict[str, str] = {}
    everything = False
    todo = [(name, name) for name in sorted(start)]
    for name, origin in todo:  # grows while it is walked
        if name in seen or name not in symbols:
            continue
        seen[name] = origin
        everything |= symbols[name].everything
        todo += ((used, origin) for used in sorted(symbols[name].uses))
        todo.append((name.rpartition(".")[0], origin))
    return seen, everything
