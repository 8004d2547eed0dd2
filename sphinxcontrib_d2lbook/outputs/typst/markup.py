"""Typst's syntax, as functions without state: values, content and calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..paper.marks import Marks
from .escape import literal

TEMPLATE = "d2l"
"""The template's name in generated source; its own names would hide some that formulas need."""
MARKS = Marks("//")


class Code(str):
    """Typst source that is an expression already."""

    __slots__ = ()


Value = Code | str | bool | int | float | None | Sequence["Value"] | Mapping[str, "Value"]
"""What can be an argument. A plain `str` is text; it becomes a literal."""


def content(body: str) -> Code:
    """A content block around markup."""
    return Code(f"[{body}]")


def value(item: Value) -> Code:
    """The expression whose value is ``item``."""
    if isinstance(item, Code):
        return item
    if isinstance(item, str):
        return Code(literal(item))
    if item is None:
        return Code("none")
    if isinstance(item, bool):
        return Code("true" if item else "false")
    if isinstance(item, int | float):
        return Code(repr(item))
    if isinstance(item, Mapping):
        inner = ", ".join(f"{literal(key)}: {value(entry)}" for key, entry in item.items())
        return Code(f"({inner})" if inner else "(:)")
    # The comma after the last element keeps an array of one element an array.
    return Code("(" + "".join(f"{value(entry)}, " for entry in item) + ")")


def expression(name: str, *arguments: Value, **named: Value) -> Code:
    """A call, as an expression. Underscores of names become hyphens."""
    parts: list[str] = [value(argument) for argument in arguments]
    parts += [f"{key.replace('_', '-')}: {value(argument)}" for key, argument in named.items()]
    return Code(f"{name}({', '.join(parts)})")


def call(name: str, *arguments: Value, **named: Value) -> str:
    """A call of one of the template's functions, in markup."""
    return f"#{TEMPLATE}." + expression(name, *arguments, **named)


def block(name: str, *arguments: Value, **named: Value) -> str:
    """A call in markup that stands by itself."""
    return f"\n{call(name, *arguments, **named)}\n\n"


def show(name: str, *arguments: Value, **named: Value) -> str:
    """One of the template's functions applied to all that follows."""
    return f"#show: {TEMPLATE}." + expression(f"{name}.with", *arguments, **named) + "\n"
