"""Compare the modules of several frameworks, and write what tells shared code for which of them it runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from copy import deepcopy
from itertools import combinations

from ..notebook.mark_hints import Hint
from .collect import PackageNames
from .file_checksums import sealed
from .modules import Module
from .saved_blocks import INIT, SavedStatement

TAB = "tab"
"""Name by which each module of a framework, and the package, tell the framework: `d2l.tab.selected("mxnet")`."""
SOURCE = '''\
class Framework:
    """The framework of a module of this package."""

    def __init__(self, name):
        self.name = name

    def selected(self, *names):
        """Return whether ``names`` has the framework for which the code runs that imports this module."""
        return self.name in names


selected = Framework({default}).selected
'''
"""Text of the module `tab`. Its own function answers for the package, which is its default module."""


def framework_modules(modules: Mapping[str, Module], names: PackageNames) -> dict[str, str]:
    """Return module -> framework, for the modules of a book that belong to one framework, in the order of conf.py."""
    owned = {module: framework for framework, module in names.frameworks if names.framework_of(module)}
    return {module: framework for module, framework in owned.items() if module in modules and module != INIT}


def is_lazy(modules: Mapping[str, Module], names: PackageNames) -> bool:
    """Return whether the package imports its default module only when a name of it is asked for.

    So code for one framework does not need the others to be installed.
    """
    of_modules = framework_modules(modules, names)
    return len(of_modules) > 1 and names.default in of_modules


LAZY = '''\
_MODULES = {modules}


def __getattr__(name):
    """Return a name of the default module, which is imported when one is first asked for."""
    if name.startswith("__"):
        raise AttributeError(f"module {{__name__!r}} has no attribute {{name!r}}")
    from importlib import import_module

    if name in _MODULES:
        return import_module(f".{{name}}", __name__)
    return getattr(import_module(".{default}", __name__), name)'''
"""Code of the package in the place of an import of its default module."""


def lazy_text(modules: Mapping[str, Module], names: PackageNames) -> str:
    """Return the code that imports the default module when it is needed."""
    others = sorted({name for name in modules if name != INIT} | {TAB})
    listed = "(" + ", ".join(f'"{name}"' for name in others) + ")"
    return LAZY.format(modules=listed, default=names.default)


def tab_text(heading: str, modules: Mapping[str, Module], names: PackageNames) -> str:
    """Return the text of the file `tab.py`, below ``heading``; "" for a book without modules of frameworks."""
    of_modules = framework_modules(modules, names)
    if not of_modules:
        return ""
    default = of_modules.get(names.default, next(iter(of_modules.values())))
    parts = [
        sealed(heading, '"""Tell code that several frameworks share for which of them it runs."""'),
        sealed("The framework of each module", SOURCE.format(default=f'"{default}"')),
    ]
    return "\n\n\n".join(parts) + "\n"


def tab_problems(modules: Mapping[str, Module], names: PackageNames) -> list[str]:
    """Return the problems with saved names that `tab` would hide."""
    of_modules = framework_modules(modules, names)
    taken = [modules[name].definitions.get(TAB) for name in of_modules]
    if of_modules and TAB in modules:
        taken += modules[TAB].items[:1]
    return [
        f"{item.place}: {TAB!r} is the name by which modules of frameworks tell their framework, and the build writes "
        "it; give this another name"
        for item in taken
        if item is not None
    ]


def differing_signatures(modules: Mapping[str, Module], names: PackageNames) -> Iterator[Hint]:
    """Yield a hint for each name that two modules of frameworks share and that is called differently in them."""
    of_modules = framework_modules(modules, names)
    for one, other in combinations(of_modules, 2):
        here, there = modules[one].definitions, modules[other].definitions
        for name in sorted(here.keys() & there.keys()):
            for called, first, second in _differences(name, here[name], there[name]):
                yield Hint(
                    there[name].place,
                    f"{called} is called as {called}{second} in {other}, but as {called}{first} in {one}, saved at "
                    f"{here[name].place}; let both have the same parameters, so that shared cells can call either",
                )


def _differences(name: str, one: SavedStatement, other: SavedStatement) -> Iterator[tuple[str, str, str]]:
    """Yield name, signature here and signature there of what is called differently: a function, or methods."""
    here, there = _signatures(name, one), _signatures(name, other)
    for called in sorted(here.keys() & there.keys()):
        if here[called] != there[called]:
            yield called, here[called], there[called]


def _signatures(name: str, item: SavedStatement) -> dict[str, str]:
    """Return what can be called of an object -> its parameters: the function itself, or the public methods."""
    signatures = {}
    for part in item.parts:
        for node in part.statements:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                signatures[f"{name}.{part.method}" if part.method_of else name] = _parameters(node)
            elif isinstance(node, ast.ClassDef):
                for inner in node.body:
                    if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef) and (
                        inner.name == "__init__" or not inner.name.startswith("_")
                    ):
                        signatures[f"{name}.{inner.name}"] = _parameters(inner)
    return signatures


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Return the parameters of a function as text, without annotations."""
    arguments = deepcopy(function.args)
    for node in ast.walk(arguments):
        if isinstance(node, ast.arg):
            node.annotation = None
    return f"({ast.unparse(arguments)})"
