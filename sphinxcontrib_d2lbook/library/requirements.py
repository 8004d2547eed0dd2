"""What must be installed for code to run: the distributions that it imports, with bounds from those that are here."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata

from packaging.utils import canonicalize_name
from packaging.version import Version

from ..notebook.python import parse_cell


@dataclass(frozen=True, order=True)
class Requirement:
    """One distribution."""

    name: str
    """As its metadata write it."""
    version: str
    """That of this environment."""
    specifier: str
    """`>=1.26.4,<2`, or what conf.py says."""

    def __str__(self) -> str:
        return self.name + self.specifier


def imported_distributions(
    sources: Iterable[str], specifiers: Mapping[str, str] | None = None, *, own: Iterable[str] = ()
) -> list[Requirement]:
    """What the code in ``sources`` imports, sorted by name, each distribution once.

    Left out are Python's own modules, the packages in ``own``, and what is imported in `try: ... except ImportError:`
    or under `if TYPE_CHECKING:`. ``specifiers`` (`d2lbook_requirements`) go over the bounds. A module that no installed
    distribution provides is left out too: see `missing_modules`.
    """
    given = {canonicalize_name(name): specifier for name, specifier in (specifiers or {}).items()}
    names = {name for module in imported_modules(sources, own) for name in providers(module)}
    found = []
    for name in sorted(names, key=canonicalize_name):
        distribution = metadata.distribution(name)
        bounds = given.get(canonicalize_name(name))
        found.append(
            Requirement(
                distribution.metadata["Name"],
                distribution.version,
                _bounds(distribution.version) if bounds is None else bounds,
            )
        )
    return found


def missing_modules(sources: Iterable[str], *, own: Iterable[str] = ()) -> list[str]:
    """Modules that the code imports and nothing installed provides."""
    return sorted(module for module in imported_modules(sources, own) if not providers(module))


def imported_modules(sources: Iterable[str], own: Iterable[str] = ()) -> set[str]:
    """Top-level names of the modules that are needed, without Python's own. Sources that do not parse are empty."""
    found: set[str] = set()
    for source in sources:
        if tree := parse_cell(source).tree:
            found.update(_imports(tree))
    return found - sys.stdlib_module_names - set(own)


def _imports(tree: ast.AST) -> Iterator[str]:
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.module and not node.level:
                yield node.module.partition(".")[0]
        elif isinstance(node, ast.Try) and any(map(_catches_import_error, node.handlers)):
            todo += [*node.orelse, *node.finalbody]
        elif isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            todo += node.orelse
        else:
            todo += ast.iter_child_nodes(node)


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(item, ast.Name) and item.id in ("ImportError", "ModuleNotFoundError") for item in caught)


@lru_cache(maxsize=1)
def _packages() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


@lru_cache(maxsize=512)
def providers(module: str) -> tuple[str, ...]:
    """The distributions that provide a module: the one of its name where several do."""
    names = sorted(set(_packages().get(module, ())))
    same = [name for name in names if canonicalize_name(name) == canonicalize_name(module)]
    return tuple(same or names)


def _bounds(version: str) -> str:
    """From the version that is here to the next major one."""
    parsed = Version(version)
    return f">={parsed.public},<{parsed.major + 1}"
