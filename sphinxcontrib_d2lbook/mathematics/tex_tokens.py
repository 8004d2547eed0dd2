"""Split TeX into tokens and groups, and read arguments of commands off them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

DEEPEST = 60  # levels of braces
MOST_CHARACTERS = 10_000
ADDRESSED = (r"\href", r"\url")
"""Commands whose first argument is an address, in which a percent sign does not begin a comment."""
MOST_STEPS = 1500  # commands, groups and scripts of one formula; the parser's own stack ends above 5000


class TexError(Exception):
    """Raised for TeX that cannot be read. The message is for the author."""


@dataclass(frozen=True)
class Token:
    """Lexical unit of TeX."""

    kind: Literal["command", "space", "char"]
    text: str  # a command with its backslash
    at: int  # offset in the source


@dataclass(frozen=True)
class Group:
    """Content of braces: ``{…}``."""

    children: tuple[Token | Group, ...]
    at: int


Node = Token | Group


def parse(tex: str) -> tuple[Node, ...]:
    """Return tokens and groups of ``tex``, without comments. Raise TexError if braces do not match."""
    if len(tex) > MOST_CHARACTERS:
        raise TexError(f"one formula of {len(tex)} characters; at most {MOST_CHARACTERS} can be read")
    stack: list[tuple[int, list[Node]]] = [(0, [])]
    steps = 0
    for token in tokens(tex):
        steps += token.kind == "command" or token.text in ("{", "^", "_")
        if token.kind == "char" and token.text == "{":
            stack.append((token.at, []))
            if len(stack) > DEEPEST:
                raise TexError(f"braces are nested more than {DEEPEST} deep (at character {token.at + 1})")
        elif token.kind == "char" and token.text == "}":
            if len(stack) == 1:
                raise TexError(f"a closing brace without an opening one (at character {token.at + 1})")
            at, children = stack.pop()
            stack[-1][1].append(Group(tuple(children), at))
        else:
            stack[-1][1].append(token)
    if len(stack) > 1:
        raise TexError(f"an opening brace is never closed (at character {stack[-1][0] + 1})")
    if steps > MOST_STEPS:
        raise TexError(f"one formula of {steps} commands and groups; at most {MOST_STEPS} can be read")
    return tuple(stack[0][1])


def tokens(tex: str) -> Iterator[Token]:
    """Yield the lexical units of ``tex``, as TeX in math mode reads them."""
    at, end = 0, len(tex)
    while at < end:
        start, char = at, tex[at]
        at += 1
        if char == "\\" and at < end:
            if _letter(tex[at]):
                while at < end and _letter(tex[at]):
                    at += 1
            else:
                at += 1
            # Before the end of a line a backslash is a space, as before a blank.
            yield Token("command", "\\ " if tex[start + 1].isspace() else tex[start:at], start)
            if tex[start:at] in ADDRESSED:
                place = _end_of_address(tex, at)
                yield from (Token("char", tex[position], position) for position in range(at, place))
                at = place
        elif char == "%":
            while at < end and tex[at] != "\n":
                at += 1
            at += 1
        elif char.isspace():
            while at < end and tex[at].isspace():
                at += 1
            yield Token("space", "\n\n" if tex[start:at].count("\n") > 1 else " ", start)
        else:
            yield Token("char", char, start)


def _end_of_address(tex: str, at: int) -> int:
    """Return where the group of an address that begins at ``at`` ends; ``at`` if there is no group."""
    depth = 0
    for position in range(at, len(tex)):
        depth += {"{": 1, "}": -1}.get(tex[position], 0)
        if depth == 0:
            return position + 1 if position > at else at
    return at


def source(nodes: Iterable[Node]) -> str:
    """Return TeX that parses to ``nodes``. A space follows the name of a command only before a letter."""
    out: list[str] = []
    for node in nodes:
        text = "{" + source(node.children) + "}" if isinstance(node, Group) else node.text
        if out and text and _letter(text[0]) and _ends_in_name(out[-1]):
            out.append(" ")
        out.append(text)
    return "".join(out)


def content(node: Node) -> tuple[Node, ...]:
    """Return the content of an argument, with or without braces."""
    return node.children if isinstance(node, Group) else (node,)


def command(node: Node | None) -> str:
    """Return the name of a command without backslash; "" for any other node."""
    return node.text[1:] if isinstance(node, Token) and node.kind == "command" else ""


def is_char(node: Node | None, text: str) -> bool:
    """Return whether a node is this character."""
    return isinstance(node, Token) and node.kind == "char" and node.text == text


def _letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _ends_in_name(text: str) -> bool:
    return len(text) > 1 and text[0] == "\\" and _letter(text[-1])


class Reader:
    """Reader that takes nodes and arguments off a sequence, from the left."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self.rest: list[Node] = list(reversed(tuple(nodes)))

    def __bool__(self) -> bool:
        return bool(self.rest)

    def take(self) -> Node:
        """Take the next node and return it. Raise IndexError if there is none."""
        return self.rest.pop()

    def peek(self) -> Node | None:
        """Return the next node that is not a space, and take nothing."""
        return next((node for node in reversed(self.rest) if not _space(node)), None)

    def skip_spaces(self) -> None:
        """Take the spaces that are next."""
        while self.rest and _space(self.rest[-1]):
            self.rest.pop()

    def star(self) -> bool:
        """Take a ``*`` if it is next, and return whether it was."""
        if self.rest and is_char(self.rest[-1], "*"):
            self.rest.pop()
            return True
        return False

    def argument(self, of: str) -> tuple[Node, ...]:
        """Take the next argument and return its content. Raise TexError if there is none, naming the command ``of``."""
        self.skip_spaces()
        if not self.rest:
            raise TexError(f"\\{of} lacks an argument")
        return content(self.rest.pop())

    def optional(self) -> tuple[Node, ...] | None:
        """Take ``[…]`` if it is next, after spaces, and return its content.

        Return None and take nothing if it is not next, or never closes.
        """
        if not is_char(self.peek(), "["):
            return None
        nodes = list(reversed(self.rest))
        opened = next(i for i, node in enumerate(nodes) if is_char(node, "["))
        closed = next((i for i, node in enumerate(nodes) if i > opened and is_char(node, "]")), None)
        if closed is None:
            return None
        self.rest = list(reversed(nodes[closed + 1 :]))
        return tuple(nodes[opened + 1 : closed])

    def until_end(self, name: str) -> tuple[Node, ...]:
        r"""Take the rest of an environment up to its `\end{name}`, and return it without that.

        Raise TexError if the end is missing.
        """
        depth, taken = 1, list[Node]()
        while self.rest:
            node = self.rest.pop()
            depth += {"begin": 1, "end": -1}.get(command(node), 0)
            if depth == 0:
                if source(self.argument("end")).strip() != name:
                    break
                return tuple(taken)
            taken.append(node)
        raise TexError(f"\\begin{{{name}}} is never closed")

    def push(self, nodes: Iterable[Node]) -> None:
        """Put nodes before those that are left."""
        self.rest.extend(reversed(tuple(nodes)))


def _space(node: Node) -> bool:
    return isinstance(node, Token) and node.kind == "space"


def split_lines(nodes: Sequence[Node], *, blank_lines: bool = False) -> list[tuple[Node, ...]]:
    r"""Return the nodes between `\\` outside of environments and of \left … \right.

    With ``blank_lines``, blank lines divide too.
    """
    lines: list[list[Node]] = [[]]
    depth = 0
    reader = Reader(nodes)
    while reader:
        node = reader.take()
        depth += {"begin": 1, "end": -1, "left": 1, "right": -1}.get(command(node), 0)
        blank = blank_lines and isinstance(node, Token) and node.text == "\n\n"
        if depth == 0 and (blank or command(node) in ("\\", "newline")):
            if not blank:
                reader.star()
                reader.optional()
            lines.append([])
        else:
            lines[-1].append(node)
    return [tuple(line) for line in lines]


def split_cells(line: Sequence[Node]) -> list[tuple[Node, ...]]:
    """Return the nodes between the `&` of a line, outside of environments."""
    cells: list[list[Node]] = [[]]
    depth = 0
    for node in line:
        depth += {"begin": 1, "end": -1}.get(command(node), 0)
        if depth == 0 and is_char(node, "&"):
            cells.append([])
        else:
            cells[-1].append(node)
    return [tuple(cell) for cell in cells]


def visible(node: Node) -> bool:
    """Return whether a node is anything but a space."""
    return isinstance(node, Group) or node.kind != "space"
