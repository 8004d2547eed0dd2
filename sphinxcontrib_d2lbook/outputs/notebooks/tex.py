"""Rewrite TeX so that notebooks show it: MathJax in JupyterLab and Colab, KaTeX in VS Code."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...mathematics.macros import Value
from ...mathematics.tags import as_tag, without_tags

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*\n?[ \t]*")
_LABEL = re.compile(r"\\label\s*\{[^{}]*\}|\\(?:nonumber|notag)(?![A-Za-z])")
_ENVIRONMENT = re.compile(r"\\begin\{(\w+)\*?\}(.*)\\end\{\1\*?\}", re.DOTALL)
_BAR = re.compile(r"(\\?)\|([A-Za-z]?)")
_EDGE = re.compile(r"\\(begin|end)\{[^{}]*\}")
_INNER = {
    "align": "aligned",
    "flalign": "aligned",
    "eqnarray": "aligned",
    "alignat": "alignedat",
    "gather": "gathered",
    "multline": "gathered",
}
"""Environment inside a formula for each environment that numbers its lines, as we number the formula as a whole."""


def inline(tex: str) -> str:
    """Return an inline formula, `$…$` on one line; "" for an empty formula."""
    source = " ".join(_plain(tex).split())
    return f"${source}$" if source else ""


def display(tex: str, number: str = "", *, one_line: bool = False) -> str:
    r"""Return a displayed formula, `$$…$$`, with `\tag` if it has a number.

    ``one_line`` is for a quote or a list, whose marks at the beginning of each line would be read as TeX.
    """
    parts = [_wrapped(part.strip()) for part in re.split(r"\n\s*\n", _plain(without_tags(tex))) if part.strip()]
    if not parts:
        return ""
    source = parts[0] if len(parts) == 1 else "\\begin{gathered}\n" + " \\\\\n".join(parts) + "\n\\end{gathered}"
    if number:
        source += f" {as_tag(number)}"
    if one_line:
        return "$$" + " ".join(source.split()) + "$$"
    return "$$\n" + "\n".join(line for line in source.split("\n") if line.strip()) + "\n$$"


def in_pipe_table(source: str) -> str:
    """Return a formula in which no bar can be read as the border of a cell."""
    return _BAR.sub(lambda bar: f"\\{'V' if bar[1] else 'v'}ert" + (f" {bar[2]}" if bar[2] else ""), source)


def definitions(macros: Mapping[str, Value]) -> str:
    """Return a formula that shows nothing and defines the book's macros; "" if there are none.

    Each macro is a body or (body, number of arguments).
    """
    lines = []
    for name, value in sorted(macros.items()):
        body, *rest = [value] if isinstance(value, str) else value
        arguments = "".join(f"[{argument}]" for argument in rest[:2] if argument not in (0, None))
        lines.append(f"\\newcommand{{\\{name.lstrip(chr(92))}}}{arguments}{{{body}}}")
    return "$" + "".join(lines) + "$" if lines else ""


def _plain(tex: str) -> str:
    """Remove comments, which would swallow what is moved to their line, and labels: numbers come from the table."""
    return _LABEL.sub("", _COMMENT.sub(r"\1", tex))


def _wrapped(part: str) -> str:
    whole = _ENVIRONMENT.fullmatch(part)
    if whole:
        name, body = whole.groups()
        if name in ("equation", "displaymath", "math"):
            return _wrapped(body.strip())
        inner = _INNER.get(name)
        if inner:
            return f"\\begin{{{inner}}}\n{body.strip()}\n\\end{{{inner}}}"
        return part
    if _has_lines(part):
        return f"\\begin{{aligned}}\n{part}\n\\end{{aligned}}"
    return part


def _has_lines(part: str) -> bool:
    r"""Check whether `\\` or `&` stands outside all environments."""
    depth, position, outside = 0, 0, []
    for edge in _EDGE.finditer(part):
        if depth == 0:
            outside.append(part[position : edge.start()])
        depth += 1 if edge.group(1) == "begin" else -1
        position = edge.end()
    if depth == 0:
        outside.append(part[position:])
    text = "".join(outside)
    return "\\\\" in text or re.search(r"(?<!\\)&", text) is not None
