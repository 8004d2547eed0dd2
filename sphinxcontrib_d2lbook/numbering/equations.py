r"""Labels that stand in the TeX of equations: `\label{…}`, in the whole or in single lines of it.

MyST-Parser gives each bare amsmath environment a random label, so a page read twice would differ, and its `\label`
could not be referred to. An environment of several lines has one number, unless lines of it are labelled: then those
lines have one each, as LaTeX users expect, and the others none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from docutils import nodes
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from ..mathematics.lines import labelled_lines, with_numbers
from ..mathematics.tex import Group, Node, TexError, command, parse, source
from .table import figure_number, node_number

LINES = "d2lbook_lines"
"""Attribute of a math block: pairs of a line, counted from 0, and the anchor of its number."""


class LabelEnvironments(SphinxTransform):
    """Puts lasting labels in place of random ones, wherever the page has noted them."""

    # Before anything looks at labels or ids: docutils' own transforms of targets begin at 260.
    default_priority = 10

    def apply(self, **_options: Any) -> None:
        self.unnamed = 0
        for node in list(self.document.findall(nodes.math_block)):
            self._label(node)

    def _label(self, node: nodes.math_block) -> None:
        domain = self.env.domains.math_domain
        tex = node.astext()
        named = "\\label" in tex  # few are: to parse all would take long
        lines = labelled_lines(tex) if named else []
        found = [label for _line, label in lines] or (list(labels(tex)) if named else [])
        old = node.get("label")
        made_up = old is not None and "amsmath" in node["classes"] and old in domain.equations
        if old is not None and not made_up:
            return  # the author has labelled the whole
        if made_up and not found:
            self.unnamed += 1
            found = [f"{self.env.docname}:{self.unnamed}"]
        if not found:
            return
        if made_up:
            domain.equations.pop(old)
        for label in found:
            domain.note_equation(self.env.docname, label, location=node)
        anchors = [nodes.make_id(f"equation-{label}") for label in found]
        node["label"], node["docname"] = found[0], self.env.docname
        node["number"] = domain.get_equation_number_for(found[0])
        if lines:
            node[LINES] = [(line, anchor) for (line, _label), anchor in zip(lines, anchors, strict=True)]
        if made_up:
            self._move_target(nodes.make_id(f"equation-{old}"), anchors)
        else:
            target = nodes.target("", "", ids=anchors)
            self.document.note_explicit_target(target)
            node.parent.insert(node.parent.index(node), target)

    def _move_target(self, old: str, anchors: Sequence[str]) -> None:
        target = self.document.ids.pop(old)
        position = target["ids"].index(old)
        target["ids"][position : position + 1] = anchors
        self.document.ids.update(dict.fromkeys(anchors, target))


def numbered(env: BuildEnvironment, docname: str, node: nodes.math_block) -> tuple[str, str]:
    """The TeX of an equation, with the numbers of its lines in it, and the number of the whole, "" for none."""
    tex = node.astext()
    if LINES in node:
        lines = line_numbers(env, docname, node)
        return with_numbers(tex, {line: f"({number})" for line, number in lines.items()}), ""
    return tex, number_of(env, docname, node)


def line_numbers(env: BuildEnvironment, docname: str, node: nodes.math_block) -> dict[int, str]:
    """Line of an equation (from 0) -> its number, where lines have numbers."""
    lines: Sequence[tuple[int, str]] = node.get(LINES, ())
    found = ((line, figure_number(env, docname, "displaymath", anchor)) for line, anchor in lines)
    return {line: number for line, number in found if number}


def number_of(env: BuildEnvironment, docname: str, node: nodes.math_block) -> str:
    """The number of the whole; "" for none, or where lines have numbers."""
    if LINES in node:
        return ""
    return node_number(env, docname, node, "displaymath")


def labels(tex: str) -> Iterator[str]:
    """What stands in the `\\label{…}`s of a formula, in order; nothing for TeX that cannot be read."""
    try:
        tree = parse(tex)
    except TexError:
        return
    yield from _labels(tree)


def _labels(tree: Sequence[Node]) -> Iterator[str]:
    for node, following in zip_longest(tree, tree[1:]):
        if isinstance(node, Group):
            yield from _labels(node.children)
        elif command(node) == "label" and isinstance(following, Group):
            yield source(following.children).strip()
