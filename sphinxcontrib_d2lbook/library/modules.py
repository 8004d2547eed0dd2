"""Assemble the modules of the package from saved blocks: the imports of each, and its statements in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from .added_methods import merge_methods
from .collect import PackageNames
from .imports import ModuleImport, imports_of
from .saved_blocks import INIT, SavedBlock, SavedStatement
from .top_level_checks import is_overload


@dataclass(frozen=True)
class Module:
    """Module of the package, before it is rendered."""

    name: str
    """Name of the module; `__init__` for the package itself."""
    imports: tuple[tuple[ModuleImport, SavedStatement], ...]
    """All imports, each with the item that it comes from, in reading order."""
    items: tuple[SavedStatement, ...]
    """All other statements, in the order of the module."""
    self_names: frozenset[str]
    """Names by which the module's code refers to the module itself."""

    @cached_property
    def definitions(self) -> dict[str, SavedStatement]:
        """Statements by the name that they define first; for a function with overloads, the function itself."""
        definitions: dict[str, SavedStatement] = {}
        for item in self.items:
            for name in item.names:
                if name not in definitions or is_overload(definitions[name]):
                    definitions[name] = item
        return definitions

    @cached_property
    def imported(self) -> frozenset[str]:
        return frozenset(item.binds for item, _ in self.imports)

    @cached_property
    def names(self) -> frozenset[str]:
        """All names that the module binds."""
        return self.imported | self.definitions.keys() | self.self_names


def build_modules(blocks: Sequence[SavedBlock], names: PackageNames) -> tuple[list[Module], list[str]]:
    """Return the modules, sorted by name after the package itself, and the problems of order and replacement."""
    problems: list[str] = []
    wanted = {block.module for block in blocks} | ({INIT} if blocks else set())
    wanted |= {names.default} if blocks else set()
    modules = []
    for name in sorted(wanted, key=lambda name: (name != INIT, name)):
        items = [item for block in blocks if block.module == name for item in block.items]

        def elsewhere(defined: str, here: str = name) -> str:
            others = (block.module for block in blocks if defined in block.names and block.module != here)
            return next(others, "")

        modules.append(_module(name, items, names, problems, elsewhere))
    return modules, problems


def _module(
    name: str,
    items: Sequence[SavedStatement],
    names: PackageNames,
    problems: list[str],
    elsewhere: Callable[[str], str],
) -> Module:
    itself = names.itself(name)
    imports: list[tuple[ModuleImport, SavedStatement]] = []
    self_names = set().union(*(item.self_names for item in items))
    rest: list[SavedStatement] = []
    for item in items:
        if not item.is_import:
            rest.append(item)
            continue
        for entry in imports_of(item.statements):
            if entry.means in itself:
                self_names.add(entry.binds)
            else:
                imports.append((entry, item))
    bound = {entry.binds for entry, _ in imports}
    merged, faults = merge_methods(_replace(rest, problems), name, elsewhere)
    problems += faults
    lazy = any(entry.means == "__future__.annotations" for entry, _ in imports)
    order = _in_order(merged, problems, annotations=not lazy)
    return Module(name, tuple(imports), tuple(order), frozenset(self_names - bound))


def _replace(items: Sequence[SavedStatement], problems: list[str]) -> list[SavedStatement]:
    """Return the items without those that a later block replaces. Append to ``problems``."""
    replaced: set[int] = set()
    for position, item in enumerate(items):
        if not item.replaces or item.method_of:
            continue
        for name in sorted(item.names):
            earlier = [
                index
                for index, other in enumerate(items[:position])
                if index not in replaced and name in other.names and other.block != item.block
            ]
            if not earlier:
                problems.append(
                    f"{item.place}: the mark says `replaces`, but nothing saved before defines {name!r}; "
                    "remove `replaces`, or move the block after what it replaces"
                )
            # Methods that were added to a replaced class go with it, as they would in Python.
            replaced.update(
                index for index, other in enumerate(items[:position]) if earlier and other.method_of == name
            )
            for index in earlier:
                replaced.add(index)
                if not items[index].names <= item.names:
                    others = ", ".join(sorted(items[index].names - item.names))
                    problems.append(
                        f"{item.place}: this replaces {name!r}, which is defined together with {others} at "
                        f"{items[index].place}; define them in statements of their own"
                    )
    return [item for index, item in enumerate(items) if index not in replaced]


def _in_order(items: Sequence[SavedStatement], problems: list[str], *, annotations: bool) -> list[SavedStatement]:
    """Return items in reading order, but after those that they use while the module is imported.

    Append circles to ``problems``. ``annotations`` says whether annotations are evaluated then.
    """
    definers: dict[str, list[int]] = {}
    for index, item in enumerate(items):
        for name in item.names:
            definers.setdefault(name, []).append(index)
    order: list[int] = []
    done: set[int] = set()

    def place(index: int, path: tuple[int, ...]) -> None:
        if index in done:
            return
        if index in path:
            circle = " -> ".join(f"{', '.join(sorted(items[i].names))} ({items[i].place})" for i in path)
            problems.append(
                f"{items[index].place}: these need each other while the module is imported: {circle}; "
                "let one of them use the other inside a function"
            )
            return
        parts = items[index].parts
        needed = frozenset().union(*(part.eager | part.eager_self_uses | part.modifies for part in parts))
        if annotations:
            needed = needed.union(*(part.annotated for part in parts))
        for name in sorted(needed):
            candidates = definers.get(name, [])
            for definer in candidates if index not in candidates else ():
                if definer not in done:
                    place(definer, (*path, index))
                if not is_overload(items[definer]):
                    break
        if index not in done:
            done.add(index)
            order.append(index)

    for index in range(len(items)):
        place(index, ())
    return [items[index] for index in order]
