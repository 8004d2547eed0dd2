"""Read numbers in the package: docstrings of a wheel say where in the book their objects are defined."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from zipfile import ZipFile

from .compare import NUMBER, PrintedNumber
from .readback import ReadableFile

DEFINED = re.compile(r"Defined in (?P<name>.*?)(?: \(\S+\))?\.\s*\Z", re.DOTALL)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Origins = Mapping[tuple[str, str], tuple[str, str]]
"""(file in the wheel, `name` or `Class.method`) -> page and anchor of the section where it is defined."""


def readable_modules(wheel: Path, origins: Origins) -> Iterator[ReadableFile]:
    """Yield the modules in a wheel, to be compared with the table. Raise OSError, BadZipFile."""
    with ZipFile(wheel) as archive:
        files = sorted({file for file, _ in origins} & set(archive.namelist()))
    for file in files:
        depends = repr(sorted(item for item in origins.items() if item[0][0] == file)).encode("utf-8")
        yield ReadableFile(wheel, partial(_read, file, origins), member=file, depends=(depends,))


def _read(file: str, origins: Origins, content: bytes) -> Iterator[PrintedNumber]:
    for name, section in _named_sections(ast.parse(content.decode("utf-8")).body):
        if (file, name) in origins:
            last = section.rpartition(" ")[2]
            number = last if re.fullmatch(NUMBER, last) and not section.startswith('"') else ""
            yield PrintedNumber(f"the docstring of {name}", *origins[file, name], number, "number")


def _named_sections(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the name of each documented object, and the section that its docstring names as its origin."""
    for node in body:
        if isinstance(node, Definition):
            match = DEFINED.search(ast.get_docstring(node) or "")
            if match:
                yield prefix + node.name, " ".join(match["name"].split())
            if isinstance(node, ast.ClassDef):
                yield from _named_sections(node.body, f"{node.name}.")
