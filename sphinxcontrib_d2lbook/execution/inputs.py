"""What a page's code uses, as far as its text tells: distributions, modules beside the page, files that it names."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable
from pathlib import Path

from ..files import file_digest
from ..library.closure import closure
from ..library.requirements import imported_modules, providers
from ..notebook.python import parse_cell


def named_files(sources: Iterable[str], folder: Path) -> set[Path]:
    """Files in or below ``folder`` whose path stands in the code as a string."""
    found = set()
    for tree in (parse_cell(source).tree for source in sources):
        for node in ast.walk(tree) if tree else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and 0 < len(node.value) < 256:
                path = _file(folder, node.value)
                if path is not None:
                    found.add(path)
    return found


def _file(folder: Path, name: str) -> Path | None:
    if "\0" in name or "\n" in name:
        return None
    path = folder / name
    try:
        return path if path.is_file() else None
    except OSError:  # a string that no file system takes for a name
        return None


def local_modules(sources: Iterable[str], folder: Path) -> dict[Path, str]:
    """File -> text of the modules beside the page that the code imports, and of those that these import."""
    todo, seen, found = sorted(imported_modules(sources)), set[str](), dict[Path, str]()
    while todo:
        name = todo.pop()
        if name in seen or name in sys.stdlib_module_names:
            continue
        seen.add(name)
        files = [folder / f"{name}.py"] if (folder / f"{name}.py").is_file() else sorted((folder / name).rglob("*.py"))
        texts = {file: file.read_text(encoding="utf-8", errors="replace") for file in files}
        found |= texts
        todo += sorted(imported_modules(texts.values()))
    return found


def digests(files: Iterable[Path], root: Path) -> dict[str, str]:
    """Path relative to ``root`` -> digest of what the file holds. Raises OSError."""
    return {
        (file.relative_to(root) if file.is_relative_to(root) else file).as_posix(): file_digest(file) for file in files
    }


def versions(sources: Iterable[str]) -> dict[str, str]:
    """Distribution -> version, for what the code imports and for all that this needs."""
    names = [name for module in sorted(imported_modules(sources)) for name in providers(module)]
    return {pin.name: pin.version for pin in closure(names)}
