"""Render modules as text: the same bytes for the same sources, without numbers that change with the book."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .added_methods import whole_class
from .collect import PackageNames
from .file_checksums import sealed
from .framework_modules import TAB, is_lazy, lazy_text, tab_text
from .imports import ModuleImport, from_lines, import_lines
from .modules import Module
from .saved_blocks import INIT, SavedStatement

Where = Callable[[SavedStatement], str]
"""Returns the sentence that a docstring gets about the place in the book that defines its object."""

STRING = re.compile(
    r"(?P<prefix>[A-Za-z]*)(?P<quotes>'''|\"\"\"|'|\")(?P<text>(?:\\.|(?!(?P=quotes)).)*)(?P=quotes)", re.DOTALL
)


def by_label(item: SavedStatement) -> str:
    """Return the sentence for the book's own folder: with a label, since numbers change with each new section."""
    return f"Defined in :numref:`{item.label}`." if item.label else f"Defined in :doc:`/{item.docname}`."


@dataclass(frozen=True)
class About:
    """Facts about the book that the generated files state."""

    title: str
    version: str
    names: PackageNames


def render_tab(modules: Mapping[str, Module], about: About) -> dict[str, str]:
    """Return the file by which code tells for which framework it runs, if modules belong to frameworks."""
    text = tab_text(_heading(about), modules, about.names)
    return {f"{TAB}.py": text} if text else {}


def render(module: Module, modules: Mapping[str, Module], about: About, where: Where) -> str:
    """Return the text of the file of one module."""
    names = about.names
    full = names.package if module.name == INIT else f"{names.package}.{module.name}"
    title = " ".join(about.title.split())
    aliases = sorted(module.self_names)
    imports = [entry for entry, _ in module.imports]
    if aliases:
        imports.append(ModuleImport("sys", "", ""))
    sections = [sealed(_heading(about), _docstring(f"{full}: code that {title} teaches and saves."))]
    lines = import_lines(imports, names.package)
    lines += ["", *(f"{alias} = sys.modules[__name__]" for alias in aliases)] if aliases else []
    framework = names.framework_of(module.name) if module.name != INIT else ""
    if framework:
        lines += ["", f"from .{TAB} import Framework as _Framework", "", f"{TAB} = _Framework({_quoted(framework)})"]
    lines += ["", f"__version__ = {_quoted(about.version)}"] if module.name == INIT else []
    if lines:
        sections.append("\n" + sealed("What the saved blocks import", "\n".join(lines)))
    sections += ["\n\n" + sealed(origin, text) for origin, text in _blocks(module, where)]
    sections.append("\n\n" + sealed("What the module offers", _exports(module, modules, names)))
    return "\n".join(sections) + "\n"


def _heading(about: About) -> str:
    title = " ".join(about.title.split())
    return f"Generated from the pages of {title}. Do not edit: change the cell in the book and build."


def _escaped(text: str, quote: str = '"') -> str:
    """Escape text for a string literal that is not raw and is quoted by ``quote``."""
    return text.replace("\\", "\\\\").replace(quote, "\\" + quote).replace("\n", "\\n")


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _docstring(text: str) -> str:
    return f'"""{_escaped(text)}"""'


def _blocks(module: Module, where: Where) -> list[tuple[str, str]]:
    """Return origin and text of the statements. Successive statements of one block stay together."""
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
    """Return the definition of `__all__`, preceded in the package itself by imports from the default module."""
    lines: list[str] = []
    default = modules.get(names.default)
    own = sorted(name for name in module.definitions if not name.startswith("_"))
    shares = module.name == INIT and default is not None and default.name != INIT
    if shares and default is not None and is_lazy(modules, names):
        own = sorted({*own, *(name for name in default.definitions if not name.startswith("_"))})
        lines += [*lazy_text(modules, names).split("\n"), "", ""]
        shares = False
    elif shares and default is not None:
        hidden = modules.keys() | module.names
        visible = {entry.binds for entry, _ in default.imports if entry.module != "__future__"}
        imported = sorted(name for name in visible if name not in hidden and not name.startswith("_"))
        lines += [f"from . import {default.name}"]
        lines += [f"from .{default.name} import *"]
        lines += from_lines(f".{default.name}", imported) if imported else []
        lines += [""]
    lines += ["__all__ = [", *(f'    "{name}",' for name in own), "]"] if own else ["__all__ = []"]
    if shares and default is not None:
        lines += [f"__all__ += {default.name}.__all__"]
    return "\n".join(lines)


def with_origin(item: SavedStatement, text: str) -> str:
    """Return the item's source, with ``text`` added at the end of its docstring. Change nothing if it has none."""
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
    if literal is None:  # several adjacent literals
        return item.source
    indent = " " * _indent(lines, statement, item)
    return item.source[:start] + _extended(literal, text, indent) + item.source[end:]


def _offset(lines: list[str], line: int, column: int) -> int:
    """Return the index of a place in the source, given by line and by column. `ast` counts columns in UTF-8 bytes."""
    before = sum(len(text) + 1 for text in lines[: line - 1])
    return before + len(lines[line - 1].encode()[:column].decode())


def _indent(
    lines: list[str], statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, item: SavedStatement
) -> int:
    """Return the indentation of the body; 4 if it begins on the line of the head."""
    body = statement.body[0]
    line = lines[body.lineno - item.offset - 1]
    return body.col_offset if line[: body.col_offset].isspace() else 4


def _extended(literal: re.Match[str], text: str, indent: str) -> str:
    """Return the literal with one more paragraph.

    Return it unchanged if it is empty, or if it is raw and the paragraph would need an escape.
    """
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
