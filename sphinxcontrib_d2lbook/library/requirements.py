"""Find the distributions that code needs, with version bounds from those that are installed."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata

from packaging import requirements
from packaging.utils import canonicalize_name
from packaging.version import Version

from ..common.errors import BookError
from ..common.installed_distributions import installed
from ..notebook.ipython_source import parse_cell


@dataclass(frozen=True, order=True)
class Requirement:
    """Distribution that code needs."""

    name: str
    """Name as the distribution's metadata write it."""
    version: str
    """Version in this environment; "" if it is not installed."""
    specifier: str
    """Version specifier, such as `>=1.26.4,<2`, or the one in conf.py."""

    def __str__(self) -> str:
        return self.name + self.specifier


def imported_distributions(sources: Iterable[str], *, own: Iterable[str] = ()) -> list[Requirement]:
    """Return the distributions that the code in ``sources`` imports, sorted by name, bounded by the installed versions.

    Python's own modules and the packages in ``own`` are left out, as are imports inside
    `try: ... except ImportError:` or under `if TYPE_CHECKING:`. Modules that no installed distribution provides are
    left out too: see `missing_modules`.
    """
    names = {name for module in imported_modules(sources, own) for name in providers(module)}
    return [_installed(name, "") for name in sorted(names, key=canonicalize_name)]


def declared_distributions(declared: Mapping[str, str]) -> list[Requirement]:
    """Return all distributions that conf.py declares, sorted by name.

    An empty specifier means the bounds of the installed version. Raise BookError for an empty specifier of a
    distribution that is not installed, and for a wrong specifier.
    """
    needed = []
    for name, specifier in sorted(declared.items(), key=lambda item: canonicalize_name(item[0])):
        try:
            requirement = _installed(name, specifier)
        except metadata.PackageNotFoundError as err:
            if not specifier:
                raise BookError(
                    f"conf.py: d2lbook_requirements names {name!r}, which is not installed, so that its version is not "
                    "known; install it, or write a specifier"
                ) from err
            requirement = Requirement(name, "", specifier)
        try:
            requirements.Requirement(str(requirement))
        except requirements.InvalidRequirement as err:
            raise BookError(
                f"conf.py: d2lbook_requirements: {str(requirement)!r} is no requirement ({err}); "
                'write a specifier such as ">=1.5,<2", or ""'
            ) from err
        needed.append(requirement)
    return needed


def _installed(name: str, specifier: str) -> Requirement:
    distribution = metadata.distribution(name)
    return Requirement(distribution.metadata["Name"], distribution.version, specifier or _bounds(distribution.version))


def missing_modules(sources: Iterable[str], *, own: Iterable[str] = ()) -> list[str]:
    """Return the modules that the code imports and that no installed distribution provides; sorted."""
    return sorted(module for module in imported_modules(sources, own) if not providers(module))


def imported_modules(sources: Iterable[str], own: Iterable[str] = ()) -> set[str]:
    """Return the top-level names of modules that code needs, without Python's own. Skip sources that do not parse."""
    modules: set[str] = set()
    for source in sources:
        if tree := parse_cell(source).tree:
            modules.update(name for name, _ in top_modules(needed_imports(tree)))
    return modules - sys.stdlib_module_names - set(own)


def top_modules(imports: Iterable[ast.Import | ast.ImportFrom]) -> Iterator[tuple[str, int]]:
    """Yield the top-level names of imported modules, without Python's own, each with the line in the code."""
    for node in imports:
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        tops = [name.partition(".")[0] for name in names]
        yield from ((name, node.lineno) for name in tops if name and name not in sys.stdlib_module_names)


def needed_imports(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the absolute imports without which the code fails, at any depth."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Import):
            yield node
        elif isinstance(node, ast.ImportFrom):
            if not node.level:
                yield node
        elif isinstance(node, ast.Try) and any(map(_catches_import_error, node.handlers)):
            todo += [*node.orelse, *node.finalbody]
        elif isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING"):
            todo += node.orelse
        else:
            todo += ast.iter_child_nodes(node)


def _catches_import_error(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(item, ast.Name) and item.id in ("ImportError", "ModuleNotFoundError") for item in caught)


def providers(module: str) -> tuple[str, ...]:
    """Return the distributions that provide a module: only the one of the same name if several do."""
    names = installed().modules.get(module, ())
    same = tuple(name for name in names if canonicalize_name(name) == canonicalize_name(module))
    return same or names


def providers_of(modules: Iterable[str]) -> list[str]:
    """Return the distributions that provide ``modules`` (dotted names); sorted."""
    return sorted({name for module in modules for name in providers(module.partition(".")[0])})


def _bounds(version: str) -> str:
    """Return a specifier from the given version up to the next major one."""
    parsed = Version(version)
    return f">={parsed.public},<{parsed.major + 1}"
