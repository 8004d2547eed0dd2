r"""Expand macros: those of the book's configuration, and those that a page defines with `\newcommand` and the like.

A macro that a formula of a page defines is known in the formulas after it, as in MathJax.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .tex_tokens import Group, Node, Reader, TexError, Token, command, is_char, parse, source

Value = str | Sequence[str | int | None]
"""A body, or a list of a body, the number of arguments and the default of the first, as in MathJax's `tex.macros`."""

NEW = frozenset({"newcommand", "renewcommand", "providecommand", "DeclareRobustCommand"})
PLAIN = frozenset({"def", "gdef", "edef", "xdef"})
OPERATORS = frozenset({"DeclareMathOperator"})
PAIRED = frozenset({"DeclarePairedDelimiter"})
DEFINITIONS = NEW | PLAIN | OPERATORS | PAIRED | {"let"}
"""Commands that define a macro."""
PREFIXES = frozenset({"global", "long", "outer", "protected"})
"""Commands that may come before `\\def` and have no effect here."""


@dataclass(frozen=True)
class Macro:
    """Definition of a macro."""

    body: tuple[Node, ...]
    count: int = 0
    default: tuple[Node, ...] | None = None
    """Default of the first argument, which is then given in brackets; None if it is given in braces."""
    pair: tuple[tuple[Node, ...], tuple[Node, ...]] | None = None
    """The two delimiters of a macro of `\\DeclarePairedDelimiter`; they grow after a star."""

    def expand(self, name: str, reader: Reader) -> tuple[Node, ...]:
        """Return the body with the arguments that come next in ``reader``. Raise TexError if one is missing."""
        if self.pair is not None:
            return _paired(*self.pair, name, reader)
        arguments: list[tuple[Node, ...]] = []
        if self.default is not None:
            given = reader.optional()
            arguments.append(self.default if given is None else given)
        while len(arguments) < self.count:
            arguments.append(reader.argument(name))
        return filled(self.body, arguments)


def from_values(values: Mapping[str, Value]) -> dict[str, Macro]:
    """Return macros of a configuration by name without backslash. Raise TexError if a body cannot be read."""
    return {name.lstrip("\\"): _from_value(value) for name, value in values.items()}


def _from_value(value: Value) -> Macro:
    if isinstance(value, str):
        return Macro(parse(value))
    body, count, default = (*value, 0, None)[:3] if len(value) == 1 else (*value, None)[:3]
    return Macro(parse(str(body)), int(count or 0), None if default is None else parse(str(default)))


def to_value(macro: Macro) -> tuple[str | int | None, ...]:
    """Return the value from which `from_values` reads this macro."""
    if macro.pair is not None:
        left, right = map(source, macro.pair)
        return rf"\left{left} #1 \right{right}", 1, None
    default = None if macro.default is None else source(macro.default)
    return source(macro.body), macro.count, default


def define(name: str, reader: Reader, macros: dict[str, Macro]) -> None:
    """Read the definition after a command of `DEFINITIONS`, and add it to ``macros``. Raise TexError if it is wrong."""
    star = reader.star()
    defined = _name(name, reader)
    if name in NEW:
        given = reader.optional()
        count = source(given).strip() if given is not None else "0"
        if not count.isdecimal():
            raise TexError(f"\\{name}{{\\{defined}}} has {count!r} in place of a number of arguments")
        default = reader.optional() if given is not None else None
        macro = Macro(reader.argument(name), int(count), default)
        if name == "providecommand" and defined in macros:
            return
    elif name in OPERATORS:
        body = Group(reader.argument(name), 0)
        macro = Macro((Token("command", "\\operatorname", 0), *([Token("char", "*", 0)] if star else []), body))
    elif name in PAIRED:
        macro = Macro((), 1, pair=(reader.argument(name), reader.argument(name)))
    elif name == "let":
        reader.skip_spaces()
        if reader and is_char(reader.rest[-1], "="):
            reader.take()
            reader.skip_spaces()
        macro = _let(name, reader, macros)
    else:
        macro = _plain(name, defined, reader)
    macros[defined] = macro


def _let(name: str, reader: Reader, macros: Mapping[str, Macro]) -> Macro:
    if not reader:
        raise TexError(f"\\{name} lacks what it is to be equal to")
    node = reader.take()
    return macros.get(command(node)) or Macro((node,))


def _name(defining_command: str, reader: Reader) -> str:
    name = next((command(node) for node in reader.argument(defining_command) if command(node)), "")
    if not name:
        raise TexError(f"\\{defining_command} does not say which command it defines")
    return name


def _plain(defining_command: str, name: str, reader: Reader) -> Macro:
    r"""Read the rest of `\def\name#1#2{body}`."""
    count = 0
    while reader and not isinstance(reader.rest[-1], Group):
        node = reader.take()
        following = reader.rest[-1] if reader else None
        if is_char(node, "#") and isinstance(following, Token) and following.text == str(count + 1):
            reader.take()
            count += 1
        elif isinstance(node, Group) or node.kind != "space":
            raise TexError(
                f"\\{defining_command}\\{name} takes arguments in a way that is not understood; use \\newcommand"
            )
    return Macro(reader.argument(defining_command), count)


def _paired(left: tuple[Node, ...], right: tuple[Node, ...], name: str, reader: Reader) -> tuple[Node, ...]:
    star = reader.star()
    size = reader.optional()
    inner = reader.argument(name)
    opening, closing = _command("left" if star else ""), _command("right" if star else "")
    if size:
        opening, closing = _command(command(size[0]) + "l"), _command(command(size[0]) + "r")
    return (*opening, *left, *inner, *closing, *right)


def _command(name: str) -> tuple[Node, ...]:
    return (Token("command", f"\\{name}", 0),) if name else ()


def filled(nodes: Sequence[Node], arguments: Sequence[tuple[Node, ...]]) -> tuple[Node, ...]:
    """Return the body of a macro with #1 … #9 replaced, and ## by the # of a macro that it defines itself."""
    out: list[Node] = []
    reader = Reader(nodes)
    while reader:
        node = reader.take()
        if isinstance(node, Group):
            out.append(replace(node, children=filled(node.children, arguments)))
        elif is_char(node, "#") and reader and isinstance(following := reader.rest[-1], Token):
            if is_char(following, "#"):
                out.append(reader.take())
                continue
            number = int(following.text) if following.text in set("123456789") else 0
            if not 0 < number <= len(arguments):
                raise TexError("a macro uses an argument that it does not take")
            reader.take()
            out.extend(arguments[number - 1])
        else:
            out.append(node)
    return tuple(out)


def from_mathjax(config: Any) -> dict[str, Value]:
    r"""Return the macros of a configuration of MathJax (`mathjax3_config` and the like).

    A body in which every backslash before a name is doubled was escaped once too often (`r"\\mathbb{R}"`). It is read
    with single backslashes, because a line break is never followed directly by the name of a command.
    """
    values: dict[str, Value] = {}
    if not isinstance(config, Mapping):
        return values
    for name, part in config.items():
        if str(name).lower() != "tex" or not isinstance(part, Mapping):
            continue
        for key, macros in part.items():
            if str(key).lower() == "macros" and isinstance(macros, Mapping):
                values.update({str(macro): _unescaped(value) for macro, value in macros.items()})
    return {name: value for name, value in values.items() if _is_value(value)}


def _is_value(value: object) -> bool:
    if isinstance(value, str):
        return True
    return (
        isinstance(value, Sequence)
        and 0 < len(value) <= 3
        and isinstance(value[0], str)
        and isinstance((*value, 0)[1], int | str)
    )


def _unescaped(value: Any) -> Any:
    if isinstance(value, str):
        single = value.replace("\\\\", "")
        doubled = any(char.isalpha() for char in _after(value, "\\\\"))
        return value.replace("\\\\", "\\") if doubled and "\\" not in single else value
    if isinstance(value, Sequence) and value:
        return [_unescaped(value[0]), *value[1:]]
    return value


def _after(text: str, mark: str) -> str:
    """Return the characters that follow each ``mark``."""
    return "".join(piece[:1] for piece in text.split(mark)[1:])
