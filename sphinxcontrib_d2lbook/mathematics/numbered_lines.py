r"""Find the lines of equations that have numbers of their own, and put the numbers into the formula.

A number becomes a last column of the alignment. As a part of the formula that all outputs set, it is level with its
line in every output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from .tags import Tag, tags_of
from .tex_tokens import Group, Node, Reader, TexError, command, is_char, parse, source, split_lines

NUMBERED = ("align", "alignat", "flalign", "gather", "eqnarray")
"""Environments in which LaTeX numbers lines."""


class NumberedLine(NamedTuple):
    """Line that has a number of its own."""

    line: int
    """Line in the environment, counted from 0."""
    label: str
    """Label of the line; "" if it has only a tag."""
    tag: Tag | None


def numbered_lines(tex: str) -> list[NumberedLine]:
    r"""Return the lines with a `\label` or a `\tag`, if a formula is one environment of several lines.

    In a starred environment only a tag gives a line a number.
    """
    try:
        environment = environment_lines(parse(tex))
    except TexError:
        return []
    if environment is None or len(environment[1]) < 2:
        return []
    name, lines = environment
    numbered = []
    for number, line in enumerate(lines):
        label, tag = next(iter(_labels_of(line)), ""), next(iter(tags_of(line)), None)
        if tag is not None or (label and not name.endswith("*")):
            numbered.append(NumberedLine(number, label, tag))
    return numbered


def labelled_lines(tex: str) -> list[tuple[int, str]]:
    r"""Return line, counted from 0, and label of each line that has a label."""
    return [(line.line, line.label) for line in numbered_lines(tex) if line.label]


def with_numbers(tex: str, numbers: Mapping[int, str]) -> str:
    r"""Return ``tex`` with ``numbers`` (line -> TeX of text) at the ends of its lines.

    A formula that is not one environment of lines is returned as it is.
    """
    try:
        environment = environment_lines(parse(tex))
    except TexError:
        return tex
    if environment is None:
        return tex
    name, lines = environment
    inner = "gathered" if name.startswith("gather") else "aligned"
    width = max(1, *(_cells(line) for line in lines))
    width += width % 2  # columns come in pairs, of which the right one is left-aligned
    body = []
    for number, line in enumerate(lines):
        text = source(_without_labels(line)).strip()
        if number in numbers and inner == "gathered":
            text = rf"{text} \qquad \text{{{numbers[number]}}}"
        elif number in numbers:
            text += "&" * (width + 1 - _cells(line)) + rf"& \text{{{numbers[number]}}}"
        body.append(text)
    return rf"\begin{{{inner}}}" + r" \\ ".join(body) + rf"\end{{{inner}}}"


def environment_lines(tree: Sequence[Node]) -> tuple[str, list[tuple[Node, ...]]] | None:
    """Return name and lines of a formula that is one environment of lines; None for any other.

    Environments with a star are included.
    """
    nodes = [node for node in tree if isinstance(node, Group) or node.kind != "space"]
    if len(nodes) < 4 or command(nodes[0]) != "begin" or command(nodes[-2]) != "end":
        return None
    opening, closing = nodes[1], nodes[-1]
    if not (isinstance(opening, Group) and isinstance(closing, Group)):
        return None
    name = source(opening.children)
    if name.removesuffix("*") not in NUMBERED or source(closing.children) != name:
        return None
    start, end = tree.index(opening) + 1, len(tree) - 1 - list(reversed(tree)).index(nodes[-2])
    inner = list(tree[start:end])
    if name.startswith("alignat"):  # its argument is the number of pairs of columns
        reader = Reader(inner)
        reader.argument(name)
        inner = list(reversed(reader.rest))
    return name, _split(inner)


def _split(nodes: Sequence[Node]) -> list[tuple[Node, ...]]:
    r"""Return the nodes between `\\` outside of inner environments, without an empty last line."""
    lines = split_lines(nodes)
    return lines[:-1] if all(not isinstance(node, Group) and node.kind == "space" for node in lines[-1]) else lines


def _labels_of(line: Sequence[Node]) -> list[str]:
    return [
        source(following.children).strip()
        for node, following in pairwise(line)
        if command(node) == "label" and isinstance(following, Group)
    ]


def _without_labels(line: Sequence[Node]) -> list[Node]:
    rest: list[Node] = []
    reader = Reader(line)
    while reader:
        node = reader.take()
        if command(node) in ("label", "tag") and (reader.star() or isinstance(reader.peek(), Group)):
            reader.argument(command(node))
        elif command(node) not in ("nonumber", "notag"):
            rest.append(node)
    return rest


def _cells(line: Sequence[Node]) -> int:
    """Return how many columns a line fills."""
    depth, count = 0, 1
    for node in line:
        depth += {"begin": 1, "end": -1}.get(command(node), 0)
        count += depth == 0 and is_char(node, "&")
    return count
