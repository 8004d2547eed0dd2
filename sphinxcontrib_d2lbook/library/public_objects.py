"""List the objects of the package that readers can use, each with its place in the book.

These are functions, classes, methods and values.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import cleandoc
from typing import Literal

from ..notebook.cells import Notebook
from ..notebook.save_marks import MarkGrammar, marked_blocks
from .book_package import Library
from .collect import PackageNames
from .object_dependencies import full_name, resolve
from .saved_blocks import INIT, SavedBlock, SavedStatement

Kind = Literal["function", "class", "method", "data"]
Function = ast.FunctionDef | ast.AsyncFunctionDef
WORDS = {"property": "property", "cached_property": "property", "classmethod": "classmethod", "staticmethod": "static"}
LONGEST_VALUE = 60


@dataclass(frozen=True)
class Parameter:
    """Parameter of a signature; `/` and `*` alone count as one each."""

    name: str
    """Name with its stars."""
    annotation: str = ""
    default: str = ""


@dataclass(frozen=True)
class SavedObject:
    """Object that the package offers to readers."""

    qualified: str
    """Qualified name, unique in the book: `d2l.mxnet.Module.fit`."""
    shown: str
    """Name as the book writes it: `d2l.Module.fit`."""
    module: str
    kind: Kind
    item: SavedStatement
    """Statement that defines the object."""
    words: tuple[str, ...] = ()
    """Words before its name: "async", "class", "static", ..."""
    parameters: tuple[Parameter, ...] | None = None
    """Parameters; None for an object that is not called."""
    returns: str = ""
    bases: tuple[str, ...] = ()
    value: str = ""
    """Source of a constant's value, if it is short."""
    annotation: str = ""
    docstring: str = ""
    """Docstring without its indentation."""

    @property
    def name(self) -> str:
        return self.shown.rpartition(".")[2]

    @property
    def owner(self) -> str:
        """Qualified name of the class that a method belongs to."""
        return self.qualified.rpartition(".")[0] if self.kind == "method" else ""


def saved_objects(library: Library) -> dict[str, SavedObject]:
    """Return the objects by qualified name. Names with a leading underscore and imports are left out."""
    objects: dict[str, SavedObject] = {}
    for module in library.modules.values():
        for item in module.items:
            base = SavedObject(
                full_name(library.about.names, module.name), _shown(library.about.names, module.name), module.name,
                "data", item,
            )  # fmt: skip
            names = set(item.names)
            for node in _definitions(item.statements):
                for defined in _objects(node, base):
                    objects[defined.qualified] = defined
                names -= _bound(node)
            for method in item.methods:
                for node in _definitions(method.statements):
                    if isinstance(node, Function):
                        defined = _function(node, _inside(replace(base, item=method), method.method_of), True)
                        objects[defined.qualified] = defined
            for name in sorted(names):  # bound by a loop, a `with`, ...
                defined = _inside(base, name)
                objects.setdefault(defined.qualified, defined)
    return {name: defined for name, defined in objects.items() if not defined.name.startswith("_")}


def find(name: str, objects: Mapping[str, SavedObject], library: Library) -> str | None:
    """Return the qualified name of the object that an author means; None if there is none, or more than one.

    Authors may write `train`, `d2l.train`, `mxnet.train` or `Module.fit`.
    """
    package = library.package
    for dotted in (name, f"{package}.{name}"):
        if dotted in objects:
            return dotted
        symbol = resolve(dotted, library.modules, library.about.names)
        if symbol:
            tail = dotted.rpartition(symbol.rpartition(".")[2])[2]  # `.fit` of a class's method
            if symbol + tail in objects:
                return symbol + tail
    ending = [qualified for qualified in objects if qualified.endswith(f".{name}")]
    return ending[0] if len(ending) == 1 else None


def saved_in_cells(page: Notebook, grammar: MarkGrammar, library: Library) -> dict[int, list[SavedBlock]]:
    """Return the saved blocks of each cell, by index of the cell. Cells that save nothing are left out."""
    paths = {page.path, *(text.path for text in page.included)}
    blocks = [block for block in library.blocks if block.path in paths]
    marked, _ = marked_blocks(page, grammar) if blocks else ([], [])
    cells: dict[tuple[str, int], list[int]] = {}
    for mark in marked:
        cells.setdefault((page.path_of(page.cells[mark.cell]), mark.line), []).append(mark.cell)
    # A cell for several frameworks has a block in the module of each.
    return _grouped((cell, block) for block in blocks for cell in cells.get((block.path, block.line), ()))


def names_saved(block: SavedBlock, names: PackageNames) -> list[tuple[str, str]]:
    """Return the qualified and the shown name of each object that a block defines, in order.

    Imports and calls define none.
    """
    full, shown = full_name(names, block.module), _shown(names, block.module)
    shown_names: dict[str, str] = {}
    for item in block.items:
        if item.is_import:
            continue
        defined = [f"{item.method_of}.{item.method}"] if item.method_of else sorted(item.names)
        shown_names |= {f"{full}.{name}": f"{shown}.{name}" for name in defined}
    return list(shown_names.items())


def _grouped(pairs: Iterable[tuple[int, SavedBlock]]) -> dict[int, list[SavedBlock]]:
    blocks: dict[int, list[SavedBlock]] = {}
    for cell, block in pairs:
        blocks.setdefault(cell, []).append(block)
    return blocks


def _shown(names: PackageNames, module: str) -> str:
    """Return a module's name as the book writes it: objects of the default module are shown as the package's own."""
    return names.package if module in (INIT, names.default) else f"{names.package}.{module}"


def _inside(base: SavedObject, name: str) -> SavedObject:
    return replace(base, qualified=f"{base.qualified}.{name}", shown=f"{base.shown}.{name}")


def _definitions(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield statements that bind names, those inside `try`, `if` and `with` included."""
    for statement in statements:
        if isinstance(statement, ast.If | ast.Try | ast.TryStar | ast.With):
            for part in ("body", "handlers", "orelse", "finalbody"):
                for child in getattr(statement, part, ()):
                    yield from _definitions(child.body if isinstance(child, ast.ExceptHandler) else [child])
        else:
            yield statement


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, Function | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {alias.asname or alias.name.partition(".")[0] for alias in node.names}
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}


def _objects(node: ast.stmt, base: SavedObject) -> Iterator[SavedObject]:
    if isinstance(node, Function):
        yield _function(node, base, False)
    elif isinstance(node, ast.ClassDef):
        yield from _class(node, base)
    elif isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None:
        text = ast.unparse(node.value)
        target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
        simple = isinstance(target, ast.Name) and len(text) <= LONGEST_VALUE
        annotation = ast.unparse(node.annotation) if isinstance(node, ast.AnnAssign) else ""
        for name in sorted(_bound(node)):
            yield replace(_inside(base, name), value=text if simple else "", annotation=annotation)


def _function(node: Function, base: SavedObject, is_method: bool) -> SavedObject:
    decorators = [_last_name(decorator) for decorator in node.decorator_list]
    words = [WORDS[name] for name in decorators if name in WORDS]
    words += ["async"] if isinstance(node, ast.AsyncFunctionDef) else []
    parameters: Sequence[Parameter] = _parameters(node.args)
    if is_method and "static" not in words:
        parameters = parameters[1:]  # self or cls
        parameters = parameters[1:] if parameters and parameters[0].name == "/" else parameters
    return replace(
        _inside(base, node.name),
        kind="method" if is_method else "function",
        words=tuple(words),
        parameters=None if "property" in words else tuple(parameters),
        returns=ast.unparse(node.returns) if node.returns else "",
        docstring=_docstring(node),
    )


def _class(node: ast.ClassDef, base: SavedObject) -> Iterator[SavedObject]:
    inside = _inside(base, node.name)
    methods = [_function(part, inside, True) for part in node.body if isinstance(part, Function)]
    start = next((method for method in methods if method.name == "__init__"), None)
    yield replace(
        inside,
        kind="class",
        words=("class",),
        parameters=start.parameters if start else None,
        bases=tuple(ast.unparse(base_class) for base_class in node.bases),
        docstring=_docstring(node),
    )
    yield from methods


def _parameters(arguments: ast.arguments) -> list[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    missing: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    parameters: list[Parameter] = []
    for count, (argument, default) in enumerate(zip(positional, [*missing, *arguments.defaults], strict=True), 1):
        parameters.append(_parameter(argument, default))
        if count == len(arguments.posonlyargs):
            parameters.append(Parameter("/"))
    if arguments.vararg:
        parameters.append(_parameter(arguments.vararg, None, "*"))
    elif arguments.kwonlyargs:
        parameters.append(Parameter("*"))
    parameters += [_parameter(*pair) for pair in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    return [*parameters, _parameter(arguments.kwarg, None, "**")] if arguments.kwarg else parameters


def _parameter(node: ast.arg, default: ast.expr | None, stars: str = "") -> Parameter:
    annotation = ast.unparse(node.annotation) if node.annotation else ""
    return Parameter(stars + node.arg, annotation, ast.unparse(default) if default else "")


def _docstring(node: Function | ast.ClassDef) -> str:
    return cleandoc(ast.get_docstring(node, clean=False) or "").strip()


def _last_name(node: ast.expr) -> str:
    """Return the last part of a name: `add_to_class` of `d2l.add_to_class(...)`."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
