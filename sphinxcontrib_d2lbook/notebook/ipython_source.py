"""Parse the code of a cell. Lines that only IPython understands are masked, so that all lines keep their numbers."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from functools import lru_cache

PYTHON_CELL_MAGICS = frozenset({"time", "timeit", "capture", "prun"})
"""Cell magics whose cell is Python below the first line."""

LEXEME = re.compile(
    r"""(?P<comment>\#[^\n]*)
      | (?P<string>(?P<quotes>'''|\"\"\")(?:\\.|(?!(?P=quotes)).)*(?:(?P=quotes)|\Z)
                  |"(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'?)
      | (?P<open>[(\[{]) | (?P<close>[)\]}])
      | (?P<joined>\\\n) | (?P<newline>\n)
      | (?P<help>\?) | (?P<space>[ \t\f]+) | (?P<other>[^\s#'"()\[\]{}\\?]+|.)""",
    re.VERBOSE | re.DOTALL,
)
MAGIC = re.compile(r"[ \t]*(?:[%!]|\?)")
ASSIGNED = re.compile(r"(?P<target>[ \t]*[^\W\d][\w.,* \t\[\]]*?=[ \t]*)(?:!|%[^\W\d])")


@dataclass(frozen=True)
class CellCode:
    """Code of a Python cell, parsed."""

    tree: ast.Module | None
    """Syntax tree; None if the cell is not Python."""
    text: str
    """Source with masked lines; it has as many lines as the source."""
    masked: frozenset[int] = frozenset()
    """1-based lines that belong to IPython."""
    error: str = ""
    """Reason why there is no tree; empty for cells of another language (`%%bash`)."""
    error_line: int = 1


@lru_cache(maxsize=2048)
def parse_cell(source: str) -> CellCode:
    """Parse the source of a code cell. Raise nothing: a cell that is not valid Python has an `error`."""
    masked: frozenset[int] = frozenset()
    text = source
    if source.lstrip().startswith("%%"):
        name = re.match(r"\s*%%(\w*)", source)
        if name is None or name[1] not in PYTHON_CELL_MAGICS:
            return CellCode(None, "")
        first = source[: name.start(1)].count("\n")
        lines = source.split("\n")
        lines[first] = ""
        text, masked = "\n".join(lines), frozenset({first + 1})
    try:
        return CellCode(_parse(text), text, masked)
    except (SyntaxError, ValueError):
        text, magics = mask_magics(text)
    try:
        return CellCode(_parse(text), text, masked | magics)
    except SyntaxError as err:
        return CellCode(None, text, masked | magics, err.msg, err.lineno or 1)
    except ValueError as err:  # a null byte
        return CellCode(None, text, masked | magics, str(err))


def _parse(text: str) -> ast.Module:
    """Parse text as Python with `await` outside functions, which IPython allows. Raise SyntaxError or ValueError."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # warnings of invalid escapes in strings: the kernel prints them in the page
        flags = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        tree = compile(text, "<cell>", "exec", flags, dont_inherit=True)
    if not isinstance(tree, ast.Module):
        raise TypeError(f"compile() gave {tree!r}")
    return tree


def mask_magics(source: str) -> tuple[str, frozenset[int]]:
    """Replace magics, shell lines and requests for help by `pass`; return the text and the 1-based masked lines.

    Only logical lines that can never be Python are masked. These begin with `%`, `!` or `?`, or end with `?`, or
    assign a shell line or a magic.
    """
    parts: list[str] = []
    masked: set[int] = set()
    position, line = 0, 1
    while position < len(source):
        end, is_help = _logical_line(source, position)
        text = source[position:end]
        assigned = ASSIGNED.match(text)
        if is_help or assigned or MAGIC.match(text):
            if not is_help:
                end = _shell_line(source, position)
                text = source[position:end]
            count = text.count("\n")
            indent = text[: len(text) - len(text.lstrip(" \t"))]
            parts.append((assigned["target"] + "None" if assigned else indent + "pass") + "\n" * count)
            masked.update(range(line, line + max(count, 1)))
        else:
            parts.append(text)
        line += source.count("\n", position, end)
        position = end
    return "".join(parts), frozenset(masked)


def _logical_line(source: str, start: int) -> tuple[int, bool]:
    """Return the end of the logical line that begins at ``start``, and whether its code ends with `?`."""
    depth = 0
    is_help = False
    for lexeme in LEXEME.finditer(source, start):
        kind = lexeme.lastgroup
        if kind == "quotes":
            kind = "string"
        if kind == "newline" and depth == 0:
            return lexeme.end(), is_help
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth = max(0, depth - 1)
        if kind not in ("space", "comment", "newline"):
            is_help = kind == "help" and depth == 0
    return len(source), is_help


def _shell_line(source: str, start: int) -> int:
    """Return the end of a magic or shell line: the first newline without a backslash before it. Ignore quotes."""
    ending = re.compile(r"(?<!\\)\n").search(source, start)
    return ending.end() if ending else len(source)
