"""Merge the methods that later sections add to a saved class by `@d2l.add_to_class(Module)`.

In a notebook the decorator adds the method when the cell runs, so the book saves a function `add_to_class` like any
other. In the package the method is written into the body of the class instead, so that readers find the class in one
piece. A method whose code would mean something else inside the class body is refused, so both forms stay equivalent.
"""

from __future__ import annotations

import ast
import copy
import io
import re
import symtable
import tokenize
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import replace

from .saved_blocks import SavedStatement

DECORATOR = "add_to_class"
FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef
GONE = "\f\f\f"
"""Marks a line that is left out of the package."""
UNCLEAR = "?"
"""Placeholder for a class that the decorator does not name plainly."""
STRING_STARTS = {getattr(tokenize, name) for name in ("FSTRING_START", "TSTRING_START") if hasattr(tokenize, name)}
STRING_ENDS = {getattr(tokenize, name) for name in ("FSTRING_END", "TSTRING_END") if hasattr(tokenize, name)}


def added_to(statements: Sequence[ast.stmt], aliases: Set[str]) -> str:
    """Return the name of the class that a statement adds a method to.

    Return `UNCLEAR` if the statement does not name the class plainly, "" if it adds no method. ``aliases`` are the
    names that the page uses for the package.
    """
    decorators = [
        (statement, position, decorator)
        for statement in statements
        for position, decorator in enumerate(getattr(statement, "decorator_list", ()))
        if isinstance(decorator, ast.Call) and _names(decorator.func, aliases) == DECORATOR
    ]
    if not decorators:
        return ""
    statement, position, decorator = decorators[0]
    plain = isinstance(statement, FUNCTION) and position == 0 and len(decorators) == len(statements) == 1
    if not plain or len(decorator.args) != 1 or decorator.keywords:
        return UNCLEAR
    return _names(decorator.args[0], aliases) or UNCLEAR


def _names(node: ast.expr, aliases: Set[str]) -> str:
    """Return X for `X` and for `d2l.X`; return "" for any other expression."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def without_decorator(statement: ast.stmt, source: str, offset: int) -> tuple[ast.stmt, str, int]:
    """Return a function without its first decorator, its source, and the number of lines that were cut.

    Return any other statement unchanged. ``offset`` is as in `SavedStatement`.
    """
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    if not isinstance(statement, FUNCTION) or not decorators:
        return statement, source, 0
    first, last = decorators[0].lineno - offset, (decorators[0].end_lineno or 0) - offset
    lines = source.split("\n")
    function = copy.copy(statement)
    function.decorator_list = decorators[1:]
    return function, "\n".join(lines[: first - 1] + lines[last:]), last - first + 1


def merge_methods(
    items: Sequence[SavedStatement], module: str, elsewhere: Callable[[str], str]
) -> tuple[list[SavedStatement], list[str]]:
    """Merge methods that are added later into their classes.

    ``items`` belong to one module, in reading order. ``elsewhere`` returns the name of another module that saves a
    class of the given name, or "". Return the merged items and the problems that were found.
    """
    merged: list[SavedStatement] = []
    problems: list[str] = []
    for position, item in enumerate(items):
        if not item.method_of:
            merged.append(item)
            continue
        index = next((i for i, other in enumerate(merged) if item.method_of in other.names), None)
        if index is None:
            problems.append(_without_class(item, items[position + 1 :], module, elsewhere))
            continue
        extended, faults = _extended(merged[index], item)
        merged[index] = extended
        problems += faults
    return merged, problems


def _without_class(
    item: SavedStatement, later: Iterable[SavedStatement], module: str, elsewhere: Callable[[str], str]
) -> str:
    name = item.method_of
    if name == UNCLEAR:
        return (
            f"{item.place}: what this adds, and to which class, is unclear; write `@{DECORATOR}(Class)` as the first "
            "decorator of one function, with the plain name of a saved class"
        )
    if later_class := next((other for other in later if name in other.names), None):
        return (
            f"{item.place}: this adds a method to {name!r}, which is defined only later, at {later_class.place}; "
            "move the method after its class"
        )
    if home := elsewhere(name):
        return (
            f"{item.place}: this adds a method to {name!r}, which is saved to the module {home!r}, not to {module!r}; "
            f"write `: {home}` after the mark"
        )
    return f"{item.place}: this adds a method to {name!r}, which no block saves; mark the class too"


def _extended(target: SavedStatement, item: SavedStatement) -> tuple[SavedStatement, list[str]]:
    """Return the class ``target`` with one method more, and the problems that forbid this."""
    definition = target.statements[0]
    if len(target.statements) != 1 or not isinstance(definition, ast.ClassDef):
        fault = (
            f"{item.place}: this adds a method to {item.method_of!r}, which is no plain class at {target.place}; "
            "define it by one `class` statement"
        )
        return target, [fault]
    problems = _differences(target, item)
    method = item.method
    other_methods = tuple(other for other in target.methods if other.method != method)
    body = [statement for statement in definition.body if getattr(statement, "name", "") == method]
    earlier = next((other.place for other in target.methods if other.method == method), "")
    if not earlier and method in class_names(target):
        lines = [statement.lineno - target.offset - 1 for statement in body]
        earlier = f"{target.path}:{target.line + min(lines, default=0)}"
    full = f"{item.method_of}.{method}"
    if earlier and not item.replaces:
        problems.append(
            f"{item.place}: {full!r} is saved already at {earlier}; give it another name, "
            "or write `replaces` after the mark"
        )
    elif item.replaces and not earlier:
        problems.append(
            f"{item.place}: the mark says `replaces`, but nothing saved before defines {full!r}; "
            "remove `replaces`, or move the block after what it replaces"
        )
    elif item.replaces and len(other_methods) == len(target.methods):
        if not body:
            problems.append(
                f"{item.place}: this replaces {full!r}, which is no plain method at {earlier}; "
                "define it by one `def` in the class"
            )
        else:
            target = _without_method(target, definition, body)
    return replace(target, methods=(*other_methods, item)), problems


def class_names(target: SavedStatement) -> frozenset[str]:
    """Return the names that the body of a class binds."""
    definition = target.statements[0]
    if not isinstance(definition, ast.ClassDef) or not definition.body:
        return frozenset()
    table = symtable.symtable(ast.unparse(definition), "<class>", "exec")
    inner = next(child for child in table.get_children() if child.get_name() == definition.name)
    return frozenset(symbol.get_name() for symbol in inner.get_symbols() if symbol.is_assigned())


def _differences(target: SavedStatement, item: SavedStatement) -> list[str]:
    """Return problems with code that would mean something else inside the class than in the notebook."""
    problems = []
    name = item.method_of
    for node in _own_nodes(item.statements[0]):
        called = node.func if isinstance(node, ast.Call) and not node.args else node
        if isinstance(called, ast.Name) and called.id == ("__class__" if called is node else "super"):
            problems.append(
                f"{_place(item, node)}: `super()` without arguments and `__class__` work only inside a class, so that "
                f"this method would fail in the notebook; write `super({name}, self)`"
            )
        text = next((getattr(node, field) for field in ("id", "attr", "arg", "name") if hasattr(node, field)), None)
        if isinstance(text, str) and text.startswith("__") and not text.endswith("__"):
            problems.append(
                f"{_place(item, node)}: Python changes the name {text!r} inside a class, but not here; "
                "begin it with one underscore"
            )
    own = (class_names(target) | {other.method for other in target.methods}) - {item.method}
    return problems + [
        f"{item.place}: the head of this method uses {text!r}, which inside the class is {name}.{text}; "
        "give one of them another name"
        for text in sorted((item.eager | item.annotated) & own)
    ]


def _own_nodes(function: ast.stmt) -> Iterator[ast.AST]:
    """Yield all nodes of a function except those inside nested classes."""
    todo: list[ast.AST] = [function]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, ast.ClassDef):
            todo += ast.iter_child_nodes(node)


def _place(item: SavedStatement, node: ast.AST) -> str:
    return f"{item.path}:{item.line + getattr(node, 'lineno', 0) - item.offset - 1}"


def _without_method(target: SavedStatement, definition: ast.ClassDef, removed: Sequence[ast.stmt]) -> SavedStatement:
    """Return the class without the statements ``gone`` of its body.

    Their lines become `GONE`, so that the other lines keep their numbers.
    """
    lines = target.source.split("\n")
    for statement in removed:
        decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(decorator.lineno for decorator in decorators)]) - target.offset
        for line in range(first, (statement.end_lineno or 0) - target.offset + 1):
            lines[line - 1] = GONE
    shorter = copy.copy(definition)
    shorter.body = [statement for statement in definition.body if statement not in removed]
    if not shorter.body:
        line, column = removed[0].lineno, removed[0].col_offset
        lines[line - target.offset - 1] = " " * column + "pass"
        shorter.body = [ast.Pass(lineno=line, col_offset=column, end_lineno=line, end_col_offset=column + 4)]
    return replace(target, source="\n".join(lines), statements=(shorter,))


def whole_class(item: SavedStatement, source: str, methods: Iterable[tuple[SavedStatement, str]]) -> str:
    """Return the text of a class: its own ``source``, then each method, indented, below a comment with its origin."""
    definition = item.statements[0]
    if not item.methods or not isinstance(definition, ast.ClassDef):
        return source
    indent, source = _body_indent(item, definition, source)
    parts = [re.sub(rf"(?:{GONE}(?:\n|$))+\n?", "", source).rstrip()]
    for method, text in methods:
        label = f", {method.label}" if method.label else ""
        parts.append(f"{indent}# From {method.path}{label}\n{indented(text, indent)}")
    return "\n\n".join(parts)


def _body_indent(item: SavedStatement, definition: ast.ClassDef, source: str) -> tuple[str, str]:
    """Return the indentation of a class body, and the source with the body on lines of its own."""
    lines = source.split("\n")
    head = definition.body[0] if definition.body else None
    if head is None:
        return "    ", source
    decorators: list[ast.expr] = getattr(head, "decorator_list", [])
    line = min([head.lineno, *(decorator.lineno for decorator in decorators)]) - item.offset
    text = lines[line - 1]
    before = text.encode()[: head.col_offset].decode() if not decorators else text[: len(text) - len(text.lstrip())]
    if before.strip():
        lines[line - 1] = f"{before.rstrip()}\n    {text[len(before) :]}"
        return "    ", "\n".join(lines)
    return before, source


def indented(source: str, indent: str) -> str:
    """Return the source of a function, indented. Lines inside strings stay as they are, except in its docstring."""
    inside: set[int] = set()
    depth = start = 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type in STRING_STARTS:
            start = start if depth else token.start[0]
            depth += 1
        elif token.type in STRING_ENDS:
            depth -= 1
            if not depth:
                inside.update(range(start + 1, token.end[0] + 1))
        elif token.type == tokenize.STRING:
            inside.update(range(token.start[0] + 1, token.end[0] + 1))
    function = ast.parse(source).body[0]
    if isinstance(function, FUNCTION) and ast.get_docstring(function, clean=False) is not None:
        literal = function.body[0]
        inside.difference_update(range(literal.lineno, (literal.end_lineno or 0) + 1))
    lines = enumerate(source.split("\n"), 1)
    return "\n".join(indent + line if line.strip() and number not in inside else line for number, line in lines)
