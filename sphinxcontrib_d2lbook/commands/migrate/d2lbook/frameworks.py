"""Choose one framework of several: its cells and texts, and the branches of code that ask for it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from ....notebook.ipython_source import parse_cell
from .. import source_edits

MARK = re.compile(r"^[ \t]*(?:#[ \t]*@tab|%%tab)[ \t]+(?P<names>[\w, \t-]+?)[ \t]*$", re.MULTILINE)
"""Line that names the frameworks to which a cell belongs."""
SELECTING = re.compile(
    r"^[ \t]*(?:%(?:re)?load_ext[ \t]+d2lbook\.tab|from d2lbook import tab|tab\.interact_select\([^()]*\))[ \t]*\n?",
    re.MULTILINE,
)
"""Lines with which an author chooses a framework while editing; d2lbook removes them."""
ALL = "all"


@dataclass(frozen=True)
class Frameworks:
    """Frameworks of a book, and the chosen one."""

    names: tuple[str, ...] = ()
    """`tabs` of config.ini; the first is the default. Empty for a book without tabs."""
    chosen: str = ""

    unmarked: str = ""
    """Framework of cells without a mark, on a page where it is not the default one."""

    @property
    def default(self) -> str:
        return self.names[0] if self.names else ""

    def has(self, names: tuple[str, ...]) -> bool:
        """Return whether what is marked with ``names`` belongs to the chosen framework."""
        return not self.chosen or ALL in names or self.chosen in names

    def of_cell(self, source: str) -> tuple[str, ...]:
        """Return the frameworks of a cell: those that it names, else the default one; () in a book without tabs."""
        mark = MARK.search(source)
        if mark:
            return tuple(name.strip().lower() for name in mark["names"].split(",") if name.strip())
        unmarked = self.unmarked or self.default
        return (unmarked,) if unmarked else ()


def without_mark(source: str) -> str:
    """Return the source of a cell without the lines that say to which frameworks it belongs, or choose one."""
    return "\n".join(line for line in SELECTING.sub("", source).split("\n") if not MARK.fullmatch(line))


def is_selecting(source: str) -> bool:
    """Return whether a cell does nothing but choose a framework for the author's session."""
    return bool(source.strip()) and not SELECTING.sub("", source).strip()


def resolve(source: str, chosen: str) -> tuple[str, list[int]]:
    """Return the code that the chosen framework runs, and the lines of the result where a choice could not be made.

    `if tab.selected(…)` becomes the statements of the branch that is taken, at any depth. Where such a call stands in
    another expression, it becomes True or False, and its line is returned.
    """
    if "tab.selected" not in source:
        return source, []
    while (found := _first_if(source, chosen)) is not None:
        source = found
    tree = parse_cell(source).tree
    edits: list[source_edits.Edit] = []
    lines = []
    for node in ast.walk(tree) if tree else ():
        value = _selected(node, chosen)
        if isinstance(node, ast.Call) and value is not None:
            edits.append((*source_edits.span(source, node), str(value)))
            lines.append(node.lineno)
    return source_edits.apply(source, edits), sorted(lines)


def _first_if(source: str, chosen: str) -> str | None:
    """Return the source with the first `if` on frameworks replaced by the branch that is taken, or None for none."""
    tree = parse_cell(source).tree
    for parent in ast.walk(tree) if tree else ():
        for name in ("body", "orelse", "finalbody"):
            found = getattr(parent, name, None)
            siblings: list[ast.stmt] = found if isinstance(found, list) else []
            for node in siblings:
                value = _value(node.test, chosen) if isinstance(node, ast.If) else None
                if isinstance(node, ast.If) and value is not None:
                    return _taken(source, node, value=value, is_alone=len(siblings) == 1)
    return None


def _taken(source: str, node: ast.If, *, value: bool, is_alone: bool) -> str:
    lines = source.split("\n")
    first, last = node.lineno, node.end_lineno or node.lineno
    own = lines[first - 1][: len(lines[first - 1]) - len(lines[first - 1].lstrip())]
    is_elif = lines[first - 1].lstrip().startswith("elif")
    branch = node.body if value else node.orelse
    taken: list[str] = []
    if branch:
        start = source_edits.first_line(branch[0])
        while start - 1 > first and lines[start - 2].strip().startswith("#"):
            start -= 1  # comments that lead the branch
        end = source_edits.last_line(branch[-1])
        text = lines[start - 1 : end]
        if lines[start - 1].lstrip().startswith("elif"):  # the rest of the chain
            text[0] = text[0].replace("elif", "if", 1)
            taken = text
        elif source_edits.first_line(branch[0]) in (first, _else_line(lines, branch[0])):  # on one line with its head
            taken = [own + lines[start - 1].split(":", 1)[1].strip(), *text[1:]]
        else:
            inner = len(text[0]) - len(text[0].lstrip())
            strings = source_edits.inside_strings(source)
            taken = [
                line if number in strings else own + line[inner:] if line.strip() else line
                for number, line in enumerate(text, start)
            ]
    if is_elif:
        taken = [f"{own}else:", *(f"    {line}" for line in taken)] if taken else []
    elif not taken and is_alone:
        taken = [f"{own}pass"]
    return "\n".join([*lines[: first - 1], *taken, *lines[last:]])


def _else_line(lines: list[str], statement: ast.stmt) -> int:
    """Return the line of a statement if `else:` stands before it on that line, else 0."""
    return statement.lineno if re.match(r"[ \t]*else[ \t]*:[ \t]*\S", lines[statement.lineno - 1]) else 0


def _value(test: ast.expr, chosen: str) -> bool | None:
    """Return what a condition is for the chosen framework, or None where it depends on anything else."""
    if isinstance(test, ast.BoolOp):
        values = [_value(one, chosen) for one in test.values]
        if None in values:
            return None
        return all(values) if isinstance(test.op, ast.And) else any(values)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        value = _value(test.operand, chosen)
        return None if value is None else not value
    return _selected(test, chosen)


def _selected(node: ast.AST, chosen: str) -> bool | None:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "selected"):
        return None
    if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "tab"):
        return None
    names = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    return chosen in (name.lower() for name in names)
