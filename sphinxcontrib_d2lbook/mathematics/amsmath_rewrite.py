r"""Rewrite TeX as authors write it to TeX of LaTeX and amsmath alone, from which every output starts.

Macros are expanded, definitions are removed, and commands of other packages and of plain TeX (`\ce`, `\SI`, `\dv`,
`CD`, `\cr`, `\buildrel`) are replaced by equivalents. Each command has a function in the folder `commands`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from . import commands
from .macros import DEFINITIONS, PREFIXES, Macro, Value, define, from_values, to_value
from .tex_tokens import Group, Node, Reader, TexError, Token, command, parse, source

MOST_EXPANSIONS = 1000
MOST_NODES = 50_000


def rewrite(nodes: Iterable[Node], macros: Mapping[str, Value]) -> tuple[Node, ...]:
    """Return ``nodes`` rewritten. Raise TexError if they cannot be."""
    return _Rewriter(from_values(macros)).run(nodes)


def defined_in(tex: str, macros: Mapping[str, Value]) -> dict[str, Value]:
    """Return the macros that are known after a formula: ``macros`` and those that the formula defines.

    A formula that cannot be read defines none.
    """
    if not any(f"\\{name}" in tex for name in DEFINITIONS):
        return dict(macros)
    try:
        work = _Rewriter(from_values(macros))
        work.run(parse(tex))
    except TexError:
        return dict(macros)
    known = from_values(macros)
    return {
        **macros,
        **{name: to_value(macro) for name, macro in work.macros.items() if known.get(name) != macro},
    }


def is_definition(tex: str) -> bool:
    """Return whether a formula defines macros and shows nothing."""
    if not any(f"\\{name}" in tex for name in DEFINITIONS):
        return False
    try:
        return not source(_Rewriter({}).run(parse(tex))).strip()
    except TexError:
        return False


class _Rewriter:
    """Walk over nodes that expands macros and replaces commands, with limits on the length of the result."""

    def __init__(self, macros: Mapping[str, Macro]) -> None:
        self.macros = dict(macros)
        self.expansions = self.nodes = 0

    def run(self, nodes: Iterable[Node]) -> tuple[Node, ...]:
        """Return ``nodes`` rewritten. Raise TexError if they cannot be."""
        reader, out = Reader(nodes), list[Node]()
        while reader:
            node = reader.take()
            self.nodes += 1
            if self.nodes > MOST_NODES:
                raise TexError(
                    f"the formula becomes too long when its macros are expanded: more than {MOST_NODES} parts"
                )
            if isinstance(node, Group):
                out.append(Group(self.run(node.children), node.at))
            elif name := command(node):
                self._command(name, node, reader, out)
            else:
                out.append(node)
        return tuple(out)

    def _command(self, name: str, node: Token, reader: Reader, out: list[Node]) -> None:
        if name in self.macros:
            self._count(name)
            reader.push(self.macros[name].expand(name, reader))
        elif name in PREFIXES and command(reader.peek()) in DEFINITIONS | PREFIXES:
            pass
        elif name in DEFINITIONS:
            define(name, reader, self.macros)
        elif name == "begin" and (environment := commands.ENVIRONMENTS.get(_environment(reader))):
            self._count(name)
            reader.push(parse(environment(reader)))
        elif rewritten := commands.COMMANDS.get(name):
            replacement = rewritten(reader, name)
            if replacement is None:
                out.append(node)
            else:
                self._count(name)
                reader.push(parse(replacement))
        else:
            out.append(node)

    def _count(self, name: str) -> None:
        self.expansions += 1
        if self.expansions > MOST_EXPANSIONS:
            raise TexError(f"the macro \\{name} never ends: it was expanded {MOST_EXPANSIONS} times")


def _environment(reader: Reader) -> str:
    """Return the name of the environment that begins here."""
    name = reader.peek()
    return source(name.children).strip() if isinstance(name, Group) else ""
