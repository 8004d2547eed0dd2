r"""Handle labels and tags in the TeX of equations, `\label{…}` and `\tag{…}`, of the whole or of single lines.

MyST-Parser gives each bare amsmath environment a random label, so a page read twice would differ, and its `\label`
could not be referred to. An environment of several lines has one number, unless some lines are labelled or tagged:
then those lines have a number each, as LaTeX users expect, and the others none. A tag replaces the counted number, and
the count does not advance.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from docutils import nodes
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform

from ..common.warning_types import Warn, warn
from ..mathematics.extension import DEFINITION
from ..mathematics.numbered_lines import NumberedLine, numbered_lines, with_numbers
from ..mathematics.tags import Number, Tag, as_printed, escaped, tags
from ..mathematics.tex_tokens import Group, Node, TexError, command, parse, source
from .address_collisions import make_room_for_equation
from .table import figure_number, node_number

LINES = "d2lbook_lines"
"""Attribute of a math block: pairs of a line, counted from 0, and the anchor of its number."""
TAGS = "d2lbook_tags"
"""Attribute of a math block: triples of an anchor, the text of its tag, and whether that has no parentheses."""


class LabelEnvironments(SphinxTransform):
    """Put lasting labels in place of random ones, wherever the page has noted them."""

    # Runs before anything looks at labels or ids: docutils' own transforms of targets begin at 260.
    default_priority = 10

    def apply(self, **_options: Any) -> None:
        self.unnamed = 0
        for node in list(self.document.findall(nodes.math_block)):
            self._label(node)

    def _label(self, node: nodes.math_block) -> None:
        tex = node.astext()
        if DEFINITION in node:
            self._forget(node)
            return
        has_marks = "\\label" in tex or "\\tag" in tex  # only a few equations; parsing all of them would be slow
        lines = numbered_lines(tex) if has_marks else []
        tag = self._tag(node, tags(tex)) if has_marks and not lines else None
        old = node.get("label")
        made_up = self._is_made_up(node)
        if old is not None and not made_up:
            self._keep(node, str(old), lines, tag)
            return
        new_labels = [line.label or self._new_label() for line in lines]
        if not lines and "\\label" in tex:
            new_labels = list(labels(tex))
        if not new_labels and (made_up or tag or self._numbers_all(node)):
            new_labels = [self._new_label()]
        if not new_labels:
            return
        if made_up:
            self._forget(node)
        anchors = self._name(node, new_labels)
        node["label"], node["docname"] = new_labels[0], self.env.docname
        node["number"] = self.env.domains.math_domain.get_equation_number_for(new_labels[0])
        self._note(node, anchors, lines, tag)
        if made_up:
            self._move_target(nodes.make_id(f"equation-{old}"), anchors)
        else:
            target = nodes.target("", "", ids=anchors)
            self.document.note_explicit_target(target)
            node.parent.insert(node.parent.index(node), target)

    def _is_made_up(self, node: nodes.math_block) -> bool:
        """Return whether MyST-Parser gave the equation a random label."""
        return "amsmath" in node["classes"] and node.get("label") in self.env.domains.math_domain.equations

    def _numbers_all(self, node: nodes.math_block) -> bool:
        """Return whether `math_number_all` numbers the equation, as it does all but environments with a star."""
        return bool(self.config.math_number_all) and "amsmath" not in node["classes"]

    def _new_label(self) -> str:
        self.unnamed += 1
        return f"{self.env.docname}:{self.unnamed}"

    def _name(self, node: nodes.math_block, equation_labels: Sequence[str]) -> list[str]:
        """Register labels with Sphinx, and return their anchors."""
        for label in equation_labels:
            make_room_for_equation(self.document, label, node)
            self.env.domains.math_domain.note_equation(self.env.docname, label, location=node)
        return [nodes.make_id(f"equation-{label}") for label in equation_labels]

    def _forget(self, node: nodes.math_block) -> None:
        if self._is_made_up(node):
            self.env.domains.math_domain.equations.pop(node["label"])

    def _keep(self, node: nodes.math_block, label: str, lines: Sequence[NumberedLine], tag: Tag | None) -> None:
        """Note the tags of an equation that has a label of its author's for the whole.

        If lines have tags, that label belongs to the first tagged line.
        """
        tagged = [line for line in lines if line.tag]
        if not tagged:
            self._note(node, [nodes.make_id(f"equation-{label}")], [], tag)
            return
        others = [line.label or self._new_label() for line in tagged[1:]]
        anchors = [nodes.make_id(f"equation-{label}"), *self._name(node, others)]
        self._note(node, anchors, tagged, None)
        target = nodes.target("", "", ids=anchors[1:])
        if anchors[1:]:
            self.document.note_explicit_target(target)
            node.parent.insert(node.parent.index(node), target)

    def _note(
        self, node: nodes.math_block, anchors: Sequence[str], lines: Sequence[NumberedLine], tag: Tag | None
    ) -> None:
        if lines:
            node[LINES] = [(line.line, anchor) for line, anchor in zip(lines, anchors, strict=True)]
        given = [line.tag for line in lines] or [tag] * bool(anchors)
        tagged = [(anchor, *tag) for anchor, tag in zip(anchors, given, strict=False) if tag]
        if tagged:
            node[TAGS] = tagged

    def _tag(self, node: nodes.math_block, equation_tags: Sequence[Tag]) -> Tag | None:
        if len(equation_tags) > 1:
            warn(
                Warn.NUMBER,
                "an equation can have one \\tag, or one in each line of align, gather and their like; (%s) is printed",
                equation_tags[0].text,
                location=node,
            )
        return equation_tags[0] if equation_tags else None

    def _move_target(self, old: str, anchors: Sequence[str]) -> None:
        target = self.document.ids.pop(old)
        position = target["ids"].index(old)
        target["ids"][position : position + 1] = anchors
        self.document.ids.update(dict.fromkeys(anchors, target))


def numbered(env: BuildEnvironment, docname: str, node: nodes.math_block) -> tuple[str, Number]:
    """Return the TeX of an equation with the numbers of its lines, and the number of the whole, "" if it has none."""
    tex = node.astext()
    if LINES in node:
        lines = line_numbers(env, docname, node)
        return with_numbers(tex, {line: escaped(as_printed(number)) for line, number in lines.items()}), Number("")
    return tex, number_of(env, docname, node)


def line_numbers(env: BuildEnvironment, docname: str, node: nodes.math_block) -> dict[int, Number]:
    """Return line of an equation (from 0) -> its number, for the lines that have numbers."""
    lines: Sequence[tuple[int, str]] = node.get(LINES, ())
    numbers = (
        (line, Number(figure_number(env, docname, "displaymath", anchor), _starred(node, anchor)))
        for line, anchor in lines
    )
    return {line: number for line, number in numbers if number}


def number_of(env: BuildEnvironment, docname: str, node: nodes.math_block) -> Number:
    """Return the number of the whole equation; "" if it has none, or if its lines have numbers."""
    if LINES in node:
        return Number("")
    return Number(node_number(env, docname, node, "displaymath"), any(_starred(node, item) for item in node["ids"]))


def _starred(node: nodes.math_block, anchor: str) -> bool:
    tagged: Sequence[tuple[str, str, bool]] = node.get(TAGS, ())
    return any(starred for tagged_anchor, _text, starred in tagged if tagged_anchor == anchor)


def given_numbers(node: nodes.math_block) -> dict[str, str]:
    """Return anchor -> number, for the numbers that are given by tags."""
    tagged: Sequence[tuple[str, str, bool]] = node.get(TAGS, ())
    return {anchor: text for anchor, text, _starred in tagged}


def labels(tex: str) -> Iterator[str]:
    """Yield the contents of the `\\label{…}`s of a formula, in order; nothing for TeX that cannot be parsed."""
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
