"""Write Typst syntax: values, content and calls, as functions without state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..paper.source_marks import Marks
from .escape import literal

TEMPLATE = "d2l"
"""Name under which generated source imports the template; its own names would hide some that formulas need."""
MARKS = Marks("//")


class TypstExpression(str):
    """Typst source that is already an expression."""

    __slots__ = ()


Value = TypstExpression | str | bool | int | float | None | Sequence["Value"] | Mapping[str, "Value"]
"""Type of an argument of a call. A plain `str` is text and becomes a string literal."""


def content(body: str) -> TypstExpression:
    """Return a content block around markup."""
    return TypstExpression(f"[{body}]")


def value(item: Value) -> TypstExpression:
    """Return the expression whose value is ``item``."""
    if isinstance(item, TypstExpression):
        return item
    if isinstance(item, str):
        return TypstExpression(literal(item))
    if item is None:
        return TypstExpression("none")
    if isinstance(item, bool):
        return TypstExpression("true" if item else "false")
    if isinstance(item, int | float):
        return TypstExpression(repr(item))
    if isinstance(item, Mapping):
        inner = ", ".join(f"{literal(key)}: {value(entry)}" for key, entry in item.items())
        return TypstExpression(f"({inner})" if inner else "(:)")
    # The comma after the last element keeps an array of one element an array.
    return TypstExpression("(" + "".join(f"{value(entry)}, " for entry in item) + ")")


def expression(name: str, *arguments: Value, **named: Value) -> TypstExpression:
    """Return a call as an expression. Underscores in names become hyphens."""
    parts: list[str] = [value(argument) for argument in arguments]
    parts += [f"{key.replace('_', '-')}: {value(argument)}" for key, argument in named.items()]
    return TypstExpression(f"{name}({', '.join(parts)})")


def call(name: str, *arguments: Value, **named: Value) -> str:
    """Return a call of a function of the template, in markup."""
    return f"#{TEMPLATE}." + expression(name, *arguments, **named)


def block(name: str, *arguments: Value, **named: Value) -> str:
    """Return a call in markup that stands as a block of its own."""
    return f"\n{call(name, *arguments, **named)}\n\n"


def show(name: str, *arguments: Value, **named: Value) -> str:
    """Return a show rule that applies a function of the template to everything after it."""
    return f"#show: {TEMPLATE}." + expression(f"{name}.with", *arguments, **named) + "\n"
