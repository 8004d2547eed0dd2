"""Equations written as bare amsmath environments: the label that stands in their TeX, or one that is always the same.

MyST-Parser gives each a random label, so a page read twice would differ, and its `\\label` could not be referred to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from docutils import nodes
from sphinx.transforms import SphinxTransform

from ..mathematics.tex import Group, Node, TexError, command, parse, source


class LabelEnvironments(SphinxTransform):
    """Puts lasting labels in place of random ones, wherever the page has noted them."""

    # Before anything looks at labels or ids: docutils' own transforms of targets begin at 260.
    default_priority = 10

    def apply(self, **_options: Any) -> None:
        equations = self.env.domains.math_domain.equations
        unnamed = 0
        for node in self.document.findall(nodes.math_block):
            old = node.get("label")
            if "amsmath" not in node["classes"] or old not in equations:
                continue
            label = next(labels(node.astext()), None)
            if label is None or label in equations:
                unnamed += 1
                label = f"{self.env.docname}:{unnamed}"
            entry = equations.pop(old)
            equations[label] = entry
            node["label"] = label
            self._move_target(nodes.make_id(f"equation-{old}"), nodes.make_id(f"equation-{label}"))

    def _move_target(self, old: str, new: str) -> None:
        target = self.document.ids.pop(old)
        target["ids"] = [new if item == old else item for item in target["ids"]]
        self.document.ids[new] = target


def labels(tex: str) -> Iterator[str]:
    """What stands in the `\\label{…}`s of a formula, in order; nothing for TeX that cannot be read."""
    try:
        tree = parse(tex)
    except TexError:
        return
    yield from _labels(tree)


def _labels(tree: Sequence[Node]) -> Iterator[str]:
    for node, following in zip(tree, [*tree[1:], None], strict=True):
        if isinstance(node, Group):
            yield from _labels(node.children)
        elif command(node) == "label" and isinstance(following, Group):
            yield source(following.children).strip()
