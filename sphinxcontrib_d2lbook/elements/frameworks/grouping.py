"""Put variants that stand side by side into one place, whose tabs choose among them."""

from __future__ import annotations

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform

from ...common.ancestors import ancestors
from ...numbering.frameworks import framework_variant, framework_variants
from .cells import number_cells

INVISIBLE = (nodes.comment, nodes.target, nodes.substitution_definition, nodes.system_message)
"""Nodes that do not part variants, since readers do not see them."""


class GroupVariants(SphinxTransform):
    """Group the variants of each place, in each parent."""

    # After docutils has moved the ids of targets to what they name (260), and before the page is stored.
    default_priority = 800

    def apply(self, **_options: object) -> None:
        known = list(self.config.d2lbook_frameworks)
        if not known:
            return
        number_cells(self.document)
        for node in list(self.document.findall(framework_variant)):
            if _adds_nothing(node):
                node.replace_self(node.children)
        parents = {id(node.parent): node.parent for node in self.document.findall(framework_variant)}
        for parent in parents.values():
            _group(parent, known)


def _adds_nothing(node: framework_variant) -> bool:
    """Return whether the variant around a variant is for no other frameworks, as around a cell in a block."""
    outer = next((place for place in ancestors(node) if isinstance(place, framework_variant)), None)
    return outer is not None and set(outer["frameworks"]) <= set(node["frameworks"])


def _group(parent: nodes.Element, known: list[str]) -> None:
    children: list[nodes.Node] = []
    for run in _runs(parent.children):
        if isinstance(run[0], framework_variant):
            there = {name for node in run if isinstance(node, framework_variant) for name in node["frameworks"]}
            place = framework_variants("", *run, frameworks=[name for name in known if name in there])
            place.source, place.line = run[0].source, run[0].line
            children.append(place)
        else:
            children += run
    parent.children = []
    parent.extend(children)


def _runs(children: list[nodes.Node]) -> Iterator[list[nodes.Node]]:
    """Yield runs of children: from a variant to the last one before other things that readers see; others alone."""
    at = 0
    while at < len(children):
        end = at + 1
        if isinstance(children[at], framework_variant):
            for position in range(at + 1, len(children)):
                if isinstance(children[position], framework_variant):
                    end = position + 1
                elif not isinstance(children[position], INVISIBLE):
                    break
        yield children[at:end]
        at = end


def setup(app: Sphinx) -> None:
    app.add_transform(GroupVariants)
    app.add_node(framework_variants)
    app.add_node(framework_variant)
