"""Records of what a page saves to the package: blocks, and the statements in them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

INIT = "__init__"


@dataclass(frozen=True)
class NameScope:
    """Names of one statement, as `symtable` sees it alone at the top of a module."""

    binds: frozenset[str]
    """Names of the module that the statement assigns, imports, defines, or declares `global` and assigns."""
    uses: frozenset[str]
    """Names that the statement looks up in the module or among the builtins, in any of its scopes."""


@dataclass(frozen=True)
class SavedStatement:
    """Statement of a saved block, or several that share a line."""

    docname: str
    path: str
    """Path, for messages, of the file in which it is written: the page's, or one that the page includes."""
    line: int
    """1-based line of that file at which `source` begins."""
    label: str | None
    module: str
    replaces: bool
    source: str
    """Lines as the author wrote them, with leading comments."""
    offset: int
    """Number of lines of the cell before `source`: `lineno - offset` of a node is its line in `source`, from 1."""
    block: int
    """Index of the block in the book, in reading order."""
    statements: tuple[ast.stmt, ...] = field(compare=False, repr=False)
    scope: NameScope
    eager: frozenset[str]
    """Names of `scope.uses` that are looked up when the module is imported, except in annotations."""
    annotated: frozenset[str]
    """Names looked up in annotations then, unless the module says `from __future__ import annotations`."""
    self_uses: frozenset[str]
    """X for each `d2l.X`, by any name that the page uses for the package."""
    eager_self_uses: frozenset[str]
    self_names: frozenset[str]
    """Names that the page uses for the package and that the statement contains."""
    escapes: bool
    """Whether the statement uses the package otherwise than by `d2l.X`."""
    modifies: frozenset[str]
    """Names that it changes but does not define: `x += 1`, `table["key"] = value`, `f.attribute = value`."""
    method_of: str = ""
    """Class that `@add_to_class(...)` names; "" for anything but a method that is added later. The decorator is not in
    `source`, and the function's name is not in `names`, because the module defines it inside the class."""
    methods: tuple[SavedStatement, ...] = ()
    """Methods that later blocks add to a class, in the order of the book."""

    def __getstate__(self) -> dict[str, Any]:
        """Return the state without the syntax trees.

        They take most of the time of pickling, and few are needed again: `__getattr__` parses them on demand.
        """
        return {name: value for name, value in vars(self).items() if name not in ("statements", "names")}

    def __getattr__(self, name: str) -> Any:
        """Parse the trees of an item that was unpickled from its source."""
        if name != "statements" or "source" not in vars(self):
            raise AttributeError(name)
        tree = ast.increment_lineno(ast.parse(self.source), self.offset)
        object.__setattr__(self, "statements", tuple(tree.body))
        return self.statements

    @property
    def parts(self) -> tuple[SavedStatement, ...]:
        """Statement itself, and the methods that were added to it."""
        return (self, *self.methods)

    @property
    def method(self) -> str:
        """Name of a method that is added later; "" for anything else."""
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
        """Names that the item defines."""
        return self.scope.binds - self.modifies


@dataclass(frozen=True)
class SavedBlock:
    """Marked block of the book."""

    docname: str
    path: str
    """Path, for messages, of the file in which it is written: the page's, or one that the page includes."""
    line: int
    """1-based line of that file at which the block begins."""
    module: str
    """Module of the package that gets the block; `__init__` for the package itself."""
    names: tuple[str, ...]
    """Names that it defines or imports, sorted; `Class.method` for a method that is added later."""
    source: str
    replaces: bool
    label: str | None
    """Label of its section, or of the next outer section that has one."""
    items: tuple[SavedStatement, ...] = field(compare=False, repr=False)
    """All statements of the block, imports too."""
