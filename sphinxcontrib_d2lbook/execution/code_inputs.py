"""What a page's code uses, as far as its text tells: distributions, modules beside the page, files that it names."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from ..library.distribution_closure import closure
from ..library.requirements import providers, providers_of
from ..notebook.code_names import ParsedCode, read_code


def named_files(code: Iterable[ParsedCode], folder: Path) -> set[Path]:
    """Files in or below ``folder`` whose path stands in the code as a string."""
    names = frozenset[str]().union(*(one.names.strings for one in code))
    # Half of the time of planning goes by asking for files: by their names as text it is a third of that.
    return {folder / name for name in names if "\n" not in name and os.path.isfile(os.path.join(folder, name))}  # noqa: PTH113, PTH118


def imported(code: Iterable[ParsedCode]) -> set[str]:
    """Dotted names of what the code imports (`a.b` for `from a import b`), Python's own modules left out.

    An import that may fail counts as well: what the page shows depends on whether it does.
    """
    names: set[str] = set()
    for one in code:
        names |= one.names.by_string
        for module, name, _ in one.names.imports:
            names.add(module)
            if name not in (None, "*"):
                names.add(f"{module}.{name}")
    return {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names}


def local_modules(code: Iterable[ParsedCode], folder: Path) -> dict[Path, ParsedCode]:
    """The modules beside the page that the code imports, and those that these import, by file."""
    todo, seen, found = _tops(code), set[str](), dict[Path, ParsedCode]()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        files = _module_files(folder, name)
        modules = {file: read_code(file.read_text(encoding="utf-8", errors="replace")) for file in files}
        found |= modules
        todo += _tops(modules.values())
    return found


def _module_files(folder: Path, name: str) -> list[Path]:
    """The files of a module or package in ``folder``; none for most names, which are of what is installed."""
    base = os.path.join(folder, name)  # noqa: PTH118  see `named_files`
    if os.path.isfile(f"{base}.py"):  # noqa: PTH113
        return [Path(f"{base}.py")]
    return sorted(Path(base).rglob("*.py")) if os.path.isdir(base) else []  # noqa: PTH112


def _tops(code: Iterable[ParsedCode]) -> list[str]:
    return sorted({name.partition(".")[0] for name in imported(code)})


def installed(modules: Iterable[str]) -> tuple[str, ...]:
    """Those of ``modules`` that an installed distribution provides; sorted."""
    return tuple(sorted(name for name in modules if providers(name.partition(".")[0])))


def versions(modules: Iterable[str]) -> dict[str, str]:
    """Distribution -> version, for what provides ``modules`` and for all that this needs."""
    return _versions(tuple(providers_of(modules)))


@lru_cache(maxsize=256)
def _versions(distributions: tuple[str, ...]) -> dict[str, str]:
    return {pin.name: pin.version for pin in closure(distributions)}
