"""Saved blocks -> the modules of the package: what each imports, and its statements in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from .added_methods import merge_methods
from .collect import PackageNames
from .imports import ModuleImport, imports_of
from .saved_blocks import INIT, Item, SavedBlock
from .top_level_checks import is_overload


@dataclass(frozen=True)
class Module:
    """One module, before it is text."""

    name: str
    """`__init__` for the package itself."""
    imports: tuple[tuple[ModuleImport, Item], ...]
    """Each import with the item that it comes from, in reading order."""
    items: tuple[Item, ...]
    """All other statements, in the order of the module."""
    self_names: frozenset[str]
    """The names by which its code reaches the module itself."""

    @cached_property
    def definitions(self) -> dict[str, Item]:
        """Name -> the statement that defines it first; of a function with overloads, the function itself."""
        found: dict[str, Item] = {}
        for item in self.items:
            for name in item.names:
                if name not in found or is_overload(found[name]):
                    found[name] = item
        return found

    @cached_property
    def imported(self) -> frozenset[str]:
        return frozenset(item.binds for item, _ in self.imports)

    @cached_property
    def names(self) -> frozenset[str]:
        """Everything that it binds."""
        return self.imported | self.definitions.keys() | self.self_names


def build_modules(blocks: Sequence[SavedBlock], names: PackageNames) -> tuple[list[Module], list[str]]:
    """Modules by name, the package itself first, and the problems of order and replacement."""
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
    name: str, items: Sequence[Item], names: PackageNames, problems: list[str], elsewhere: Callable[[str], str]
) -> Module:
    itself = names.itself(name)
    imports: list[tuple[ModuleImport, Item]] = []
    self_names = set().union(*(item.self_names for item in items))
    rest: list[Item] = []
    for item in items:
        if not item.is_import:
            rest.append(item)
            continue
        for found in imports_of(item.statements):
            if found.means in itself:
                self_names.add(found.binds)
            else:
                imports.append((found, item))
    bound = {found.binds for found, _ in imports}
    kept, faults = merge_methods(_replace(rest, problems), name, elsewhere)
    problems += faults
    lazy = any(found.means == "__future__.annotations" for found, _ in imports)
    order = _in_order(kept, problems, annotations=not lazy)
    return Module(name, tuple(imports), tuple(order), frozenset(self_names - bound))


def _replace(items: Sequence[Item], problems: list[str]) -> list[Item]:
    """Without what a later block replaces."""
    gone: set[int] = set()
    for position, item in enumerate(items):
        if not item.replaces or item.method_of:
            continue
        for name in sorted(item.names):
            earlier = [
                index
                for index, other in enumerate(items[:position])
                if index not in gone and name in other.names and other.block != item.block
            ]
            if not earlier:
                problems.append(
                    f"{item.place}: the mark says `replaces`, but nothing saved before defines {name!r}; "
                    "remove `replaces`, or move the block behind what it replaces"
                )
            # What was added to a class that is replaced goes with it, as it would in Python.
            gone.update(index for index, other in enumerate(items[:position]) if earlier and other.method_of == name)
            for index in earlier:
                gone.add(index)
                if not items[index].names <= item.names:
                    others = ", ".join(sorted(items[index].names - item.names))
                    problems.append(
                        f"{item.place}: this replaces {name!r}, which is defined together with {others} at "
                        f"{items[index].place}; define them in statements of their own"
                    )
    return [item for index, item in enumerate(items) if index not in gone]


def _in_order(items: Sequence[Item], problems: list[str], *, annotations: bool) -> list[Item]:
    """Reading order, but what a statement uses while the module is imported stands before it."""
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
            found = definers.get(name, [])
            for definer in found if index not in found else ():
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
