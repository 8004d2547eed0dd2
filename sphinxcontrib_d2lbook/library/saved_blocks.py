"""What a page gives to the package: blocks, and the statements in them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

INIT = "__init__"


@dataclass(frozen=True)
class NameScope:
    """The names of one statement, as `symtable` sees it standing alone at the top of a module."""

    binds: frozenset[str]
    """Names of the module that it assigns, imports, defines or declares `global` and assigns."""
    uses: frozenset[str]
    """Names that it looks up in the module or among the builtins, in any of its scopes."""


@dataclass(frozen=True)
class Item:
    """One statement of a saved block (several where they share a line)."""

    docname: str
    path: str
    line: int
    """1-based line in the page's file of the first line of `source`."""
    label: str | None
    module: str
    replaces: bool
    source: str
    """The lines as the author wrote them, leading comments included."""
    offset: int
    """How many lines of the cell stand before `source`: `lineno - offset` of a node is its line there, from 1."""
    block: int
    """Which block of the book it belongs to, in reading order."""
    statements: tuple[ast.stmt, ...] = field(compare=False, repr=False)
    scope: NameScope
    eager: frozenset[str]
    """Those of `scope.uses` that are looked up when the module is imported, annotations apart."""
    annotated: frozenset[str]
    """Those that are looked up in annotations then, unless the module says `from __future__ import annotations`."""
    self_uses: frozenset[str]
    """X for each `d2l.X`, by any of the page's names for the package."""
    eager_self_uses: frozenset[str]
    self_names: frozenset[str]
    """The page's names for the package that the statement uses."""
    escapes: bool
    """Whether it uses the package otherwise than by `d2l.X`."""
    modifies: frozenset[str]
    """Names that it changes but does not define: `x += 1`, `table["key"] = value`, `f.attribute = value`."""
    method_of: str = ""
    """The class that `@add_to_class(...)` names; "" for all but methods added later. The decorator is not in `source`,
    and the function's name is not among `names`: in the module it is one of the class."""
    methods: tuple[Item, ...] = ()
    """Of a class: what later blocks add to it, in the order of the book."""

    def __getstate__(self) -> dict[str, Any]:
        """Without the trees, which take most of the time of pickling and are seldom asked for: see `__getattr__`."""
        return {name: value for name, value in vars(self).items() if name not in ("statements", "names")}

    def __getattr__(self, name: str) -> Any:
        """The trees of an item that was unpickled, made again from its source."""
        if name != "statements" or "source" not in vars(self):
            raise AttributeError(name)
        tree = ast.increment_lineno(ast.parse(self.source), self.offset)
        object.__setattr__(self, "statements", tuple(tree.body))
        return self.statements

    @property
    def parts(self) -> tuple[Item, ...]:
        """The statement itself, and the methods that were added to it."""
        return (self, *self.methods)

    @property
    def method(self) -> str:
        """The name of a method that is added later; "" for anything else."""
        function = self.statements[0]
        return getattr(function, "name", "") if self.method_of else ""

    @property
    def place(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def is_import(self) -> bool:
        return all(isinstance(item, ast.Import | ast.ImportFrom) for item in self.statements)

    @cached_property
    def names(self) -> frozenset[str]:
        """What it defines."""
        return self.scope.binds - self.modifies


@dataclass(frozen=True)
class SavedBlock:
    """One marked block of the book."""

    docname: str
    path: str
    """Of its page, for messages."""
    line: int
    """1-based line in the page's file where it begins."""
    module: str
    """Which module of the package it goes to; `__init__` for the package itself."""
    names: tuple[str, ...]
    """What it defines or imports, sorted; `Class.method` for a method that is added later."""
    source: str
    replaces: bool
    label: str | None
    """Label of the section where it stands; that of the next outer one if that has none."""
    items: tuple[Item, ...] = field(compare=False, repr=False)
    """All its statements, imports too."""
