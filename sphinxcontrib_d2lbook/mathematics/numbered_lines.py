r"""Lines of equations that have numbers of their own: which they are, and how their numbers get into the formula.

A number is a last column of the alignment: it stands level with its line in every output, since it is part of the
formula that all of them set.
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
    """A line that has a number of its own."""

    line: int
    """From 0."""
    label: str
    """"" where it has only a tag."""
    tag: Tag | None


def numbered_lines(tex: str) -> list[NumberedLine]:
    r"""Return the lines with a `\label` or a `\tag`, where a formula is one environment of several lines.

    In a starred environment only a tag gives a line a number.
    """
    try:
        found = environment_lines(parse(tex))
    except TexError:
        return []
    if found is None or len(found[1]) < 2:
        return []
    name, lines = found
    numbered = []
    for number, line in enumerate(lines):
        label, tag = next(iter(_labels_of(line)), ""), next(iter(tags_of(line)), None)
        if tag is not None or (label and not name.endswith("*")):
            numbered.append(NumberedLine(number, label, tag))
    return numbered


def labelled_lines(tex: str) -> list[tuple[int, str]]:
    r"""Return the line, from 0, and the label of each line with a label."""
    return [(line.line, line.label) for line in numbered_lines(tex) if line.label]


def with_numbers(tex: str, numbers: Mapping[int, str]) -> str:
    r"""``tex`` with ``numbers`` (line -> TeX of text) at the ends of its lines; as it is where it has no such lines."""
    try:
        found = environment_lines(parse(tex))
    except TexError:
        return tex
    if found is None:
        return tex
    name, lines = found
    inner = "gathered" if name.startswith("gather") else "aligned"
    width = max(1, *(_cells(line) for line in lines))
    width += width % 2  # columns come in pairs, the right one of which is set to the left
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
    """Name and lines of a formula that is one environment with lines, which have numbers where it has no star."""
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
    if name.startswith("alignat"):  # how many pairs of columns
        reader = Reader(inner)
        reader.argument(name)
        inner = list(reversed(reader.rest))
    return name, _split(inner)


def _split(nodes: Sequence[Node]) -> list[tuple[Node, ...]]:
    r"""What stands between `\\` outside of inner environments; an empty last line is none."""
    lines = split_lines(nodes)
    return lines[:-1] if all(not isinstance(node, Group) and node.kind == "space" for node in lines[-1]) else lines


def _labels_of(line: Sequence[Node]) -> list[str]:
    return [
        source(following.children).strip()
        for node, following in pairwise(line)
        if command(node) == "label" and isinstance(following, Group)
    ]


def _without_labels(line: Sequence[Node]) -> list[Node]:
    kept: list[Node] = []
    reader = Reader(line)
    while reader:
        node = reader.take()
        if command(node) in ("label", "tag") and (reader.star() or isinstance(reader.peek(), Group)):
            reader.argument(command(node))
        elif command(node) not in ("nonumber", "notag"):
            kept.append(node)
    return kept


def _cells(line: Sequence[Node]) -> int:
    """How many columns a line fills."""
    depth, count = 0, 1
    for node in line:
        depth += {"begin": 1, "end": -1}.get(command(node), 0)
        count += depth == 0 and is_char(node, "&")
    return count
