"""What a page's code uses, as far as its text tells: distributions, modules beside the page, files that it names."""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from ..library.closure import closure
from ..library.requirements import providers, providers_of
from ..notebook.python import parse_cell, walk


@lru_cache(maxsize=4096)
def _words(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """Dotted names of the modules that code imports (`a.b` for `from a import b`), and its strings.

    An import that may fail counts as well: what the page shows depends on whether it does.
    """
    worth = "import" in source or '"' in source or "'" in source
    tree = parse_cell(source).tree if worth else None
    modules: set[str] = set()
    strings: set[str] = set()
    for node in walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.update(f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")
            modules.add(node.module)
        elif isinstance(node, ast.Call):
            modules.update(_imported_by_call(node))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and 0 < len(node.value) < 256:
            strings.add(node.value)
    return frozenset(modules), frozenset(strings)


def _imported_by_call(node: ast.Call) -> Iterator[str]:
    """`import_module("a.b")` and `__import__("a")`."""
    name = getattr(node.func, "id", None) or getattr(node.func, "attr", None)
    if name in ("import_module", "__import__") and node.args:
        module = node.args[0]
        if isinstance(module, ast.Constant) and isinstance(module.value, str) and module.value[:1] not in ("", "."):
            yield module.value


def named_files(sources: Iterable[str], folder: Path) -> set[Path]:
    """Files in or below ``folder`` whose path stands in the code as a string."""
    names = frozenset[str]().union(*(_words(source)[1] for source in sources))
    # Half of the time of planning goes by asking for files: by their names as text it is a third of that.
    return {folder / name for name in names if "\n" not in name and os.path.isfile(os.path.join(folder, name))}  # noqa: PTH113, PTH118


def imported(sources: Iterable[str]) -> set[str]:
    """Dotted names of what the code imports, Python's own modules left out. Sources that do not parse are empty."""
    names = frozenset[str]().union(*(_words(source)[0] for source in sources))
    return {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}


def local_modules(sources: Iterable[str], folder: Path) -> dict[Path, str]:
    """File -> text of the modules beside the page that the code imports, and of those that these import."""
    todo, seen, found = _tops(sources), set[str](), dict[Path, str]()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        files = _module_files(folder, name)
        texts = {file: file.read_text(encoding="utf-8", errors="replace") for file in files}
        found |= texts
        todo += _tops(texts.values())
    return found


def _module_files(folder: Path, name: str) -> list[Path]:
    """The files of a module or package in ``folder``; none for most names, which are of what is installed."""
    base = os.path.join(folder, name)  # noqa: PTH118  see `named_files`
    if os.path.isfile(f"{base}.py"):  # noqa: PTH113
        return [Path(f"{base}.py")]
    return sorted(Path(base).rglob("*.py")) if os.path.isdir(base) else []  # noqa: PTH112


def _tops(sources: Iterable[str]) -> list[str]:
    return sorted({name.partition(".")[0] for name in imported(sources)})


def installed(modules: Iterable[str]) -> tuple[str, ...]:
    """Those of ``modules`` that an installed distribution provides; sorted."""
    return tuple(sorted(name for name in modules if providers(name.partition(".")[0])))


def versions(modules: Iterable[str]) -> dict[str, str]:
    """Distribution -> version, for what provides ``modules`` and for all that this needs."""
    return _versions(tuple(providers_of(modules)))


@lru_cache(maxsize=256)
def _versions(distributions: tuple[str, ...]) -> dict[str, str]:
    return {pin.name: pin.version for pin in closure(distributions)}
