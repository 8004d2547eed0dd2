"""What has a permanent address: every section and everything of a numbered kind that an author has labelled."""

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
    """A labelled thing of the book."""

    label: str
    kind: str
    """section, figure, equation, theorem, exercise, …"""
    number: str
    """"3.2", or "" for what has none."""
    title: str
    docname: str
    node_id: str
    """Its first anchor, by which other rooms know it."""
    called: str
    """What the book calls it, by its number if it can have one: "Lemma 3.2", "Remark"; "" for what has none now."""

    @property
    def name(self) -> str:
        """`Equation (3.2)`, `Section 3.2: Weights`, or the title alone."""
        return ": ".join(filter(None, (self.called, self.title))) or self.label


def targets(env: BuildEnvironment) -> dict[str, LabelledTarget]:
    """Label -> what it names, sorted by label. Of two things with one label, the one that Sphinx finds first."""
    things = _things(env)
    found: dict[str, LabelledTarget] = {}
    for label, docname, node_id in _labels(env):
        thing = things.get((docname, node_id))
        if thing is not None and label not in found:
            found[label] = _target(label, thing)
    return dict(sorted(found.items()))


def clashes(env: BuildEnvironment) -> Iterator[tuple[str, str, str]]:
    """Labels of two things that only their kinds tell apart, each with both docnames."""
    things = _things(env)
    first: dict[str, tuple[str, Any]] = {}
    for label, docname, node_id in _labels(env):
        thing = things.get((docname, node_id))
        if thing is None:
            continue
        other, known = first.setdefault(label, (docname, thing))
        if known is not thing:
            yield label, other, docname


def _target(label: str, thing: reference_names.ReferenceTarget) -> LabelledTarget:
    kind = KINDS.get(thing.fact.figtype, thing.fact.figtype) or thing.fact.word or "exercise"
    # Text calls an equation "(3.2)", which says nothing where there is no text.
    called = f"Equation ({thing.number})" if kind == "equation" else thing.name
    title = " ".join(thing.title.split())
    first = thing.fact.ids[0]
    return LabelledTarget(
        label, kind, thing.number, title, thing.docname, first, called if thing.number or not thing.fact.figtype else ""
    )


def _things(env: BuildEnvironment) -> dict[tuple[str, str], reference_names.ReferenceTarget]:
    """(docname, any anchor) -> what has it."""
    found = {}
    for docname, facts in numbers_domain(env).facts.items():
        for fact in facts:
            # With `:nonumber:` an exercise or a theorem keeps its address. Solutions are found by their exercises.
            if fact.figtype or not fact.of:
                thing = reference_names.target(env, docname, fact.ids[0], fact)
                found.update({(docname, node_id): thing for node_id in fact.ids})
    return found


def _labels(env: BuildEnvironment) -> Iterator[tuple[str, str, str]]:
    """Every label that an author wrote, with docname and anchor; sorted within each kind."""
    for label, (docname, node_id) in sorted(env.domains.standard_domain.anonlabels.items()):
        if not is_made_up("std", label, docname):
            yield label, docname, node_id
    for label, (docname, _number) in sorted(env.domains.math_domain.equations.items()):
        if not is_made_up("math", label, docname):
            yield label, docname, nodes.make_id(f"equation-{label}")
    for label, (docname, node_id) in sorted(numbers_domain(env).statements.items()):
        yield label, docname, node_id
