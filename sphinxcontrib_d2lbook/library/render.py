"""Modules -> their text: the same bytes for the same sources, and a line of the book only where it is code."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .added_methods import whole_class
from .collect import PackageNames
from .file_checksums import sealed
from .imports import ModuleImport, from_lines, import_lines
from .modules import Module
from .saved_blocks import INIT, Item

Where = Callable[[Item], str]
"""What a docstring says of where its object is defined."""

STRING = re.compile(
    r"(?P<prefix>[A-Za-z]*)(?P<quotes>'''|\"\"\"|'|\")(?P<text>(?:\\.|(?!(?P=quotes)).)*)(?P=quotes)", re.DOTALL
)


def by_label(item: Item) -> str:
    """As the generated package says it in the book's folder: without a number, so that new sections change nothing."""
    return f"Defined in :numref:`{item.label}`." if item.label else f"Defined in :doc:`/{item.docname}`."


@dataclass(frozen=True)
class About:
    """What the files say of the book."""

    title: str
    version: str
    names: PackageNames


def render(module: Module, modules: Mapping[str, Module], about: About, where: Where) -> str:
    """The file of one module."""
    names = about.names
    full = names.package if module.name == INIT else f"{names.package}.{module.name}"
    title = " ".join(about.title.split())
    aliases = sorted(module.self_names)
    imports = [found for found, _ in module.imports]
    if aliases:
        imports.append(ModuleImport("sys", "", ""))
    heading = f"Generated from the pages of {title}. Do not edit: change the cell in the book and build."
    sections = [sealed(heading, _docstring(f"{full}: code that {title} teaches and saves."))]
    lines = import_lines(imports, names.package)
    lines += ["", *(f"{alias} = sys.modules[__name__]" for alias in aliases)] if aliases else []
    lines += ["", f"__version__ = {_quoted(about.version)}"] if module.name == INIT else []
    if lines:
        sections.append("\n" + sealed("What the saved blocks import", "\n".join(lines)))
    sections += ["\n\n" + sealed(origin, text) for origin, text in _blocks(module, where)]
    sections.append("\n\n" + sealed("What the module offers", _exports(module, modules, names)))
    return "\n".join(sections) + "\n"


def _escaped(text: str, quote: str = '"') -> str:
    """For a string literal that is not raw and stands between ``quote``s."""
    return text.replace("\\", "\\\\").replace(quote, "\\" + quote).replace("\n", "\\n")


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _docstring(text: str) -> str:
    return f'"""{_escaped(text)}"""'


def _blocks(module: Module, where: Where) -> list[tuple[str, str]]:
    """Origin and text of statements; those of one block that follow each other stay together."""
    texts: list[tuple[str, str]] = []
    last = -1
    for item in module.items:
        text = with_origin(item, where(item))
        text = whole_class(item, text, [(method, with_origin(method, where(method))) for method in item.methods])
        if item.block == last:
            texts[-1] = texts[-1][0], texts[-1][1] + "\n" + text
        else:
            label = f", {item.label}" if item.label else ""
            texts.append((f"From {item.path}{label}", text))
        last = item.block
    return texts


def _exports(module: Module, modules: Mapping[str, Module], names: PackageNames) -> str:
    """`__all__`, and in the package itself what the default module gives it."""
    lines: list[str] = []
    default = modules.get(names.default)
    own = sorted(name for name in module.definitions if not name.startswith("_"))
    shares = module.name == INIT and default is not None and default.name != INIT
    if shares and default is not None:
        hidden = modules.keys() | module.names
        visible = {one.binds for one, _ in default.imports if one.module != "__future__"}
        imported = sorted(name for name in visible if name not in hidden and not name.startswith("_"))
        lines += [f"from . import {default.name}"]
        lines += [f"from .{default.name} import *"]
        lines += from_lines(f".{default.name}", imported) if imported else []
        lines += [""]
    lines += ["__all__ = [", *(f'    "{name}",' for name in own), "]"] if own else ["__all__ = []"]
    if shares and default is not None:
        lines += [f"__all__ += {default.name}.__all__"]
    return "\n".join(lines)


def with_origin(item: Item, text: str) -> str:
    """The item's source, with ``text`` at the end of its docstring where it has one; nothing else changes."""
    if len(item.statements) != 1:
        return item.source
    statement = item.statements[0]
    if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return item.source
    first = statement.body[0]
    value = first.value if isinstance(first, ast.Expr) else None
    if not (isinstance(value, ast.Constant) and isinstance(value.value, str)):
        return item.source
    lines = item.source.split("\n")
    start = _offset(lines, value.lineno - item.offset, value.col_offset)
    end = _offset(lines, (value.end_lineno or 0) - item.offset, value.end_col_offset or 0)
    literal = STRING.fullmatch(item.source, start, end)
    if literal is None:  # several literals, one behind the other
        return item.source
    indent = " " * _indent(lines, statement, item)
    return item.source[:start] + _extended(literal, text, indent) + item.source[end:]


def _offset(lines: list[str], line: int, column: int) -> int:
    """`ast` counts columns in bytes of UTF-8."""
    before = sum(len(text) + 1 for text in lines[: line - 1])
    return before + len(lines[line - 1].encode()[:column].decode())


def _indent(lines: list[str], statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, item: Item) -> int:
    """Of the body, where it begins on a line of its own."""
    body = statement.body[0]
    line = lines[body.lineno - item.offset - 1]
    return body.col_offset if line[: body.col_offset].isspace() else 4


def _extended(literal: re.Match[str], text: str, indent: str) -> str:
    """The literal with a paragraph more; as it is where it is empty, or raw and the paragraph would need an escape."""
    prefix, quotes, content = literal["prefix"], literal["quotes"], literal["text"]
    is_raw = "r" in prefix.lower()
    escaped = _escaped(text, quotes[0])
    if not content.strip() or (is_raw and escaped != text):
        return literal[0]
    if len(quotes) == 1:
        return f'{literal[0]} "\\n\\n{text}"' if is_raw else f"{prefix}{quotes}{content}\\n\\n{escaped}{quotes}"
    stripped = content.rstrip()
    content = content if stripped.endswith("\\") else stripped
    return f"{prefix}{quotes}{content}\n\n{indent}{escaped}\n{indent}{quotes}"
