"""What has a permanent address: every section and everything of a numbered kind that an author has labelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.environment import BuildEnvironment

from ..numbering.facts import numbers_domain
from ..numbering.places import Place
from ..numbering.table import figure_number, section_number

KINDS = {"displaymath": "equation", "code-block": "listing"}
"""Kinds that readers know by another name than Sphinx's tables."""


@dataclass(frozen=True)
class Target:
    """A labelled thing of the book."""

    label: str
    kind: str
    """section, figure, equation, theorem, …"""
    number: str
    """"3.2", or "" for what has none."""
    title: str
    docname: str
    node_id: str
    """Its first anchor, by which other rooms know it."""

    @property
    def name(self) -> str:
        """`Equation (3.2)`, `Section 3.2: Weights`, or the title alone."""
        word = Place("", "", self.number, "").word if self.kind == "section" else self.kind.capitalize()
        number = f"({self.number})" if self.kind == "equation" else self.number
        word = f"{word} {number}" if self.number else ""
        return ": ".join(filter(None, (word, self.title))) or self.label


def targets(env: BuildEnvironment) -> dict[str, Target]:
    """Label -> what it names, sorted by label. Of two things with one label, the one that Sphinx finds first."""
    things = _things(env)
    found: dict[str, Target] = {}
    for label, docname, node_id in _labels(env):
        thing = things.get((docname, node_id))
        if thing is not None and label not in found:
            kind, number, title, first = thing
            found[label] = Target(label, kind, number, title, docname, first)
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


def _things(env: BuildEnvironment) -> dict[tuple[str, str], tuple[str, str, str, str]]:
    """(docname, any anchor) -> kind, number, title, first anchor."""
    found = {}
    for docname, facts in numbers_domain(env).facts.items():
        for fact in facts:
            if not fact.figtype:  # a place that can be referred to, and is nothing that has a number
                continue
            first = fact.ids[0]
            if fact.figtype == "section":
                number = section_number(env, docname, numbers_domain(env).anchor(docname, first) or "")
            else:
                number = figure_number(env, docname, fact.figtype, first)
            thing = (KINDS.get(fact.figtype, fact.figtype), number, " ".join(fact.title.split()), first)
            found.update({(docname, node_id): thing for node_id in fact.ids})
    return found


def _labels(env: BuildEnvironment) -> Iterator[tuple[str, str, str]]:
    """Every label that an author wrote, with docname and anchor; sorted within each kind.

    Extensions count, or draw by lot, labels for equations, exercises and theorems that have none: those do not last.
    """
    for label, (docname, node_id) in sorted(env.domains.standard_domain.anonlabels.items()):
        if not re.fullmatch(rf"{re.escape(docname.lower())}-exercise-\d+", label):
            yield label, docname, node_id
    for label, (docname, _number) in sorted(env.domains.math_domain.equations.items()):
        if not re.fullmatch(rf"{re.escape(docname)}:\d+", label) and not _RANDOM.fullmatch(label):
            yield label, docname, nodes.make_id(f"equation-{label}")
    theorems: Mapping[str, Mapping[str, Any]] = getattr(env, "proof_list", {})
    for label, entry in sorted(theorems.items()):
        if not re.fullmatch(rf"{re.escape(entry['realtype'])}-\d+", label):
            yield label, entry["docname"], label


_RANDOM = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
