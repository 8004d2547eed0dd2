"""Find in the text of a page's code what it uses: distributions, modules beside the page, files that it names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from ..library.distribution_closure import closure
from ..library.requirements import providers, providers_of
from ..notebook.code_names import ParsedCode, read_code

BUILDER = "sphinxcontrib-d2lbook"
"""Distribution that is there wherever a book is built."""


def named_files(code: Iterable[ParsedCode], folder: Path) -> set[Path]:
    """Return the files in or below ``folder`` whose path is a string in the code."""
    names = frozenset[str]().union(*(piece.names.strings for piece in code))
    # With pathlib, asking for files took half of the time of planning; with names as text it takes a third of that.
    return {folder / name for name in names if "\n" not in name and os.path.isfile(os.path.join(folder, name))}  # noqa: PTH113, PTH118


def imported(code: Iterable[ParsedCode]) -> set[str]:
    """Return the dotted names of what the code imports (`a.b` for `from a import b`), without Python's own modules.

    An import that may fail counts too, since the outputs depend on whether it does.
    """
    names: set[str] = set()
    for piece in code:
        names |= piece.names.by_string
        for module, name, _ in piece.names.imports:
            names.add(module)
            if name not in (None, "*"):
                names.add(f"{module}.{name}")
    return {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}


def local_modules(code: Iterable[ParsedCode], folder: Path) -> dict[Path, ParsedCode]:
    """Return file -> code of the modules beside the page that the code imports, and of those that these import."""
    todo, seen, code_of_file = _tops(code), set[str](), dict[Path, ParsedCode]()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        files = _module_files(folder, name)
        modules = {file: read_code(file.read_text(encoding="utf-8", errors="replace")) for file in files}
        code_of_file |= modules
        todo += _tops(modules.values())
    return code_of_file


def _module_files(folder: Path, name: str) -> list[Path]:
    """Return the files of a module or package in ``folder``; none for most names, which are of installed modules."""
    base = os.path.join(folder, name)  # noqa: PTH118  (faster than pathlib, see `named_files`)
    if os.path.isfile(f"{base}.py"):  # noqa: PTH113
        return [Path(f"{base}.py")]
    return sorted(Path(base).rglob("*.py")) if os.path.isdir(base) else []  # noqa: PTH112


def _tops(code: Iterable[ParsedCode]) -> list[str]:
    return sorted({name.partition(".")[0] for name in imported(code)})


def installed(modules: Iterable[str]) -> tuple[str, ...]:
    """Return those of ``modules`` that an installed distribution provides, sorted."""
    return tuple(sorted(name for name in modules if providers(name.partition(".")[0])))


def versions(modules: Iterable[str]) -> dict[str, str]:
    """Return distribution -> version, for those that provide ``modules`` and for all that these require."""
    return _versions(tuple(providers_of(modules)))


def needs(modules: Iterable[str]) -> dict[str, list[str]]:
    """Return top-level module -> names of the distributions that provide it and that these require, directly or not.

    Modules that are there wherever a book is built are left out.
    """
    everywhere = _versions((BUILDER,))
    tops = sorted({module.partition(".")[0] for module in modules})
    return {name: sorted(versions([name])) for name in tops if not everywhere.keys() >= versions([name]).keys()}


@lru_cache(maxsize=256)
def _versions(distributions: tuple[str, ...]) -> dict[str, str]:
    return {pin.name: pin.version for pin in closure(distributions)}
