"""Resolve the aliases that config.ini defines for functions of a framework.

`simple_alias` is `d2l.ones` for `np.ones`, `fluent_alias` is `d2l.reshape(X, …)` for `X.reshape(…)`, `alias` defines a
name by an expression, and `reverse_alias` has the author's own regular expressions.
"""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from ....notebook.ipython_source import parse_cell
from .. import source_edits

MOST = 1000
"""Largest number of aliases that are resolved in one cell."""
CLOSED = (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.List, ast.Dict, ast.Tuple)
"""Expressions that need no parentheses before a dot."""


@dataclass(frozen=True)
class Aliases:
    """Aliases of one framework."""

    simple: Mapping[str, str] = field(default_factory=dict)
    """Dotted names by alias: `ones` for `np.ones`."""
    fluent: Mapping[str, str] = field(default_factory=dict)
    """Methods of the first argument by alias: `numpy` for `asnumpy`."""
    defined: Mapping[str, str] = field(default_factory=dict)
    """Expressions by alias: `size` for `lambda a: a.size`."""
    patterns: tuple[tuple[str, str], ...] = ()
    """Pairs of a regular expression and its replacement."""

    def __bool__(self) -> bool:
        return bool(self.simple or self.fluent or self.defined or self.patterns)

    def resolved(self, source: str, package: Set[str]) -> tuple[str, int, list[tuple[int, str]]]:
        """Return a cell without aliases, how many there were, and line and name of those that stand for themselves.

        ``package`` are the names by which the code calls the book's package.
        """
        count = 0
        for pattern, replacement in self.patterns:
            source, times = re.subn(pattern, replacement, source)
            count += times
        while count < MOST and (changed := self._one(source, package)) is not None:
            source = changed
            count += 1
        return source, count, self._left(source, package)

    def _one(self, source: str, package: Set[str]) -> str | None:
        """Return the source with one alias replaced, or None where there is none."""
        tree = parse_cell(source).tree
        nodes = list(ast.walk(tree)) if tree else []
        for node in nodes:
            name = _attribute(node.func, package) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name and (text := self._call(source, node, name)) is not None:
                return source_edits.apply(source, [(*source_edits.span(source, node), text)])
        for node in nodes:
            name = _attribute(node, package)
            target = self.simple.get(name, self._expression(name))
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and target:
                return source_edits.apply(source, [(*source_edits.span(source, node), target)])
        return None

    def _expression(self, name: str) -> str:
        """Return what a name is defined as, or "" where that may not stand wherever the name does."""
        text = self.defined.get(name, "")
        value = _parsed(text)
        return text if isinstance(value, ast.Name | ast.Attribute | ast.Constant) else ""

    def _call(self, source: str, node: ast.Call, name: str) -> str | None:
        begin, end = source_edits.span(source, node)
        arguments = _arguments(source[begin:end])
        if name in self.fluent and arguments and _parsed(arguments[0]) is not None:
            rest = ", ".join(arguments[1:])
            return f"{_before_dot(arguments[0])}.{self.fluent[name]}({rest})"
        value = _parsed(self.defined.get(name, ""))
        if isinstance(value, ast.Lambda) and not node.keywords:
            return _substituted(self.defined[name], value, arguments)
        return None

    def _left(self, source: str, package: Set[str]) -> list[tuple[int, str]]:
        tree = parse_cell(source).tree
        names = {**self.simple, **self.fluent, **self.defined}
        found = [
            (node.lineno, ast.unparse(node))
            for node in (ast.walk(tree) if tree else ())
            if isinstance(node, ast.Attribute) and _attribute(node, package) in names
        ]
        return sorted(found)


def _attribute(node: ast.AST, package: Set[str]) -> str:
    """Return the name that is looked up in the package, or ""."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in package:
        return node.attr
    return ""


def _parsed(text: str) -> ast.expr | None:
    """Return a parsed expression, or None for what is none, such as `*args` or `key=value`."""
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None


def _before_dot(text: str) -> str:
    return text if isinstance(_parsed(text), CLOSED) else f"({text})"


def _arguments(call: str) -> list[str]:
    """Return the texts of the arguments of a call, without those that follow a trailing comma."""
    depth, begin = 0, 0
    cuts: list[tuple[int, int]] = []
    for token in source_edits.tokens(call):
        if token.type != tokenize.OP:
            continue
        at = source_edits.offset(call, *_utf8(call, token.start))
        if token.string in ("(", "[", "{"):
            depth += 1
            if depth == 1 and token.string == "(" and not cuts:
                begin = at + 1
        elif token.string in (")", "]", "}"):
            depth -= 1
            if depth == 0 and at == len(call) - 1:
                cuts.append((begin, at))
        elif token.string == "," and depth == 1:
            cuts.append((begin, at))
            begin = at + 1
    return [text for first, last in cuts if (text := call[first:last].strip())]


def _utf8(text: str, place: tuple[int, int]) -> tuple[int, int]:
    """Return a position of `tokenize`, whose columns are characters, as a position of `ast`."""
    line = text.split("\n")[place[0] - 1]
    return place[0], len(line[: place[1]].encode("utf-8"))


def _substituted(text: str, value: ast.Lambda, arguments: list[str]) -> str | None:
    """Return the body of a function with its arguments put in, or None where it takes others."""
    names = [one.arg for one in value.args.args]
    if len(names) != len(arguments) or value.args.vararg or value.args.kwarg or value.args.defaults:
        return None
    given = dict(zip(names, arguments, strict=True))
    begin, end = source_edits.span(text, value.body)
    edits = [
        (first - begin, last - begin, _before_dot(given[node.id]))
        for node in ast.walk(value.body)
        if isinstance(node, ast.Name) and node.id in given
        for first, last in [source_edits.span(text, node)]
    ]
    return source_edits.apply(text[begin:end], edits)
