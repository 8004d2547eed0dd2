"""Numbers in the package: the docstrings of a wheel say where in the book their objects are defined."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from zipfile import ZipFile

from .compare import NUMBER, Difference, difference
from .entries import Table

DEFINED = re.compile(r"Defined in (?P<name>.*?)(?: \(\S+\))?\.\s*\Z", re.DOTALL)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Origins = Mapping[tuple[str, str], tuple[str, str]]
"""(file in the wheel, `name` or `Class.method`) -> page and anchor of the section where it is defined."""


def check_wheel(table: Table, wheel: Path, origins: Origins) -> Iterator[Difference]:
    """Compare a wheel with the table. Raises OSError, BadZipFile."""
    with ZipFile(wheel) as archive:
        files = sorted({file for file, _ in origins} & set(archive.namelist()))
        texts = {file: archive.read(file).decode("utf-8") for file in files}
    for file, text in texts.items():
        for name, said in _said(ast.parse(text).body):
            entry = table.places.get(origins.get((file, name), ("", "")))
            if entry is None:
                continue
            last = said.rpartition(" ")[2]
            found = last if re.fullmatch(NUMBER, last) and not said.startswith('"') else ""
            if found != entry.number:
                yield difference(entry, found, f"the docstring of {name}", wheel / file)


def _said(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Name of each documented object, and what its docstring says of where it is defined."""
    for node in body:
        if isinstance(node, Definition):
            said = DEFINED.search(ast.get_docstring(node) or "")
            if said:
                yield prefix + node.name, " ".join(said["name"].split())
            if isinstance(node, ast.ClassDef):
                yield from _said(node.body, f"{node.name}.")
