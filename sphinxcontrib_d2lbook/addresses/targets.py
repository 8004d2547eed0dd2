"""Find the items with a permanent address: every section and every numbered kind of item that has a label."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.environment import BuildEnvironment

from ..numbering import reference_names
from ..numbering.label_owners import is_made_up
from ..numbering.manifest import KINDS
from ..numbering.page_facts import numbers_domain


@dataclass(frozen=True)
class LabelledTarget:
    """Item of the book that has a label."""

    label: str
    kind: str
    """Kind of the item: section, figure, equation, theorem, exercise, …"""
    number: str
    """Number as printed, such as "3.2"; "" if it has none."""
    title: str
    docname: str
    node_id: str
    """First anchor of the item, which identifies it elsewhere."""
    called: str
    """Text of references to it, such as "Lemma 3.2" or "Remark"; "" for an item that lacks the number of its kind."""

    @property
    def name(self) -> str:
        """`Equation (3.2)`, `Section 3.2: Weights`, or the title alone."""
        return ": ".join(filter(None, (self.called, self.title))) or self.label


def targets(env: BuildEnvironment) -> dict[str, LabelledTarget]:
    """Return label -> item, sorted by label. If two items share a label, Sphinx's first one counts."""
    items = _items(env)
    target_of: dict[str, LabelledTarget] = {}
    for label, docname, node_id in _labels(env):
        item = items.get((docname, node_id))
        if item is not None and label not in target_of:
            target_of[label] = _target(label, item)
    return dict(sorted(target_of.items()))


def clashes(env: BuildEnvironment) -> Iterator[tuple[str, str, str]]:
    """Yield the labels that two items of different kinds share, each with both docnames."""
    items = _items(env)
    first: dict[str, tuple[str, Any]] = {}
    for label, docname, node_id in _labels(env):
        item = items.get((docname, node_id))
        if item is None:
            continue
        other, known = first.setdefault(label, (docname, item))
        if known is not item:
            yield label, other, docname


def _target(label: str, item: reference_names.ReferenceTarget) -> LabelledTarget:
    kind = KINDS.get(item.fact.figtype, item.fact.figtype) or item.fact.word or "exercise"
    # Text calls an equation "(3.2)", which means nothing outside of text.
    called = f"Equation ({item.number})" if kind == "equation" else item.name
    title = " ".join(item.title.split())
    first = item.fact.ids[0]
    return LabelledTarget(
        label, kind, item.number, title, item.docname, first, called if item.number or not item.fact.figtype else ""
    )


def _items(env: BuildEnvironment) -> dict[tuple[str, str], reference_names.ReferenceTarget]:
    """Return (docname, anchor) -> item, for every anchor of every item."""
    items = {}
    for docname, facts in numbers_domain(env).facts.items():
        for fact in facts:
            # With `:nonumber:` an exercise or a theorem keeps its address. Solutions are found through their exercises.
            if fact.figtype or not fact.of:
                item = reference_names.target(env, docname, fact.ids[0], fact)
                items.update({(docname, node_id): item for node_id in fact.ids})
    return items


def _labels(env: BuildEnvironment) -> Iterator[tuple[str, str, str]]:
    """Yield every label that an author wrote, with docname and anchor; sorted within each kind."""
    for label, (docname, node_id) in sorted(env.domains.standard_domain.anonlabels.items()):
        if not is_made_up("std", label, docname):
            yield label, docname, node_id
    for label, (docname, _number) in sorted(env.domains.math_domain.equations.items()):
        if not is_made_up("math", label, docname):
            yield label, docname, nodes.make_id(f"equation-{label}")
    for label, (docname, node_id) in sorted(numbers_domain(env).statements.items()):
        yield label, docname, node_id
