"""`{files-reference}`: the files of one room of the code, each with the first sentence of its docstring or comment."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Iterator
from pathlib import Path

import sphinxcontrib_d2lbook

from .events import as_cell, first_sentence
from .generated import Generated

PACKAGE = Path(sphinxcontrib_d2lbook.__file__).parent
COMMENTS = {".css": "/*", ".js": "//", ".sty": "%", ".typ": "//"}
"""Suffix of a file that is not Python -> sign that begins a comment of one line there."""


class FilesReference(Generated):
    """Argument: the room. The page is read again when a file of the room has changed."""

    def text(self) -> Iterator[str]:
        folder = PACKAGE / self.arguments[0]
        files = files_of(folder)
        if not files:
            raise self.error(f"there is no room {self.arguments[0]!r}; there are {', '.join(rooms())}")
        yield from ("| file | what it holds |", "| --- | --- |")
        for file in files:
            self.env.note_dependency(str(file))
            says = sentence_of(file)
            if not says:
                raise self.error(f"{file}: it does not begin with a sentence that says what it holds; write one there")
            yield f"| `{file.relative_to(folder).as_posix()}` | {as_cell(says)} |"
        yield ""


def rooms() -> list[str]:
    """Return the names of all rooms."""
    return sorted(path.parent.name for path in PACKAGE.glob("*/__init__.py"))


def files_of(folder: Path) -> list[Path]:
    """Return the modules of a folder and of those below it, without an `__init__` that holds nothing else.

    Styles, scripts and templates of the outputs are among them.
    """
    modules = [file for file in folder.rglob("*.py") if holds_code(file)]
    return sorted([*modules, *(file for file in folder.rglob("*") if file.suffix in COMMENTS)])


def sentence_of(file: Path) -> str:
    """Return the first sentence of a module's docstring, or of the comment that another file begins with."""
    text = file.read_text("utf-8")
    return first_sentence(ast.get_docstring(ast.parse(text)) if file.suffix == ".py" else comment(file.suffix, text))


def comment(suffix: str, text: str) -> str:
    """Return the comment that a file begins with; "" for none."""
    if text.startswith("/*"):
        return text[2:].partition("*/")[0].strip()
    sign = COMMENTS[suffix]
    lines = itertools.takewhile(lambda line: line.startswith(sign), text.splitlines())
    return "\n".join(line.removeprefix(sign).strip() for line in lines)


def holds_code(file: Path) -> bool:
    """Return whether a module defines a function or a class."""
    if file.name != "__init__.py":
        return True
    body = ast.parse(file.read_text("utf-8")).body
    return any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body)
