"""Make the rows of `numbers.json`: every number that was given out, and what has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docutils import nodes
from sphinx.environment import BuildEnvironment

from .label_owners import is_made_up
from .page_facts import Fact, numbers_domain
from .reference_names import anchor_and_number

KINDS = {"displaymath": "equation", "code-block": "listing"}
"""Kinds whose public name differs from Sphinx's figtype."""


PLACES = ("html", "pdf", "notebook")
"""Fields that every row has, whichever outputs the book has; other outputs add fields of their own."""


@dataclass(frozen=True)
class Numbered:
    """Item that has a number, for the outputs that look up where they show it."""

    docname: str
    node_id: str
    anchor: str
    """End of a link to the item, after its page: "#id", or "" for the heading of the page itself."""
    framework: str = ""
    """Framework that has the item; "" for all."""


def manifest(
    env: BuildEnvironment, places: Mapping[str, Callable[[Numbered], Any]] | None = None
) -> list[dict[str, Any]]:
    """Return the rows for `numbers.json`, sorted by kind and number.

    ``places``: field -> function that returns the place of an item in one output, None if the output does not show it.
    """
    places = {**dict.fromkeys(PLACES, _nowhere), **(places or {})}
    names = labels(env)
    rows = []
    for docname, facts in sorted(numbers_domain(env).facts.items()):
        for fact in facts:
            anchor, number = anchor_and_number(env, docname, fact)
            if not number:
                continue
            label = next((names[docname, name] for name in fact.ids if (docname, name) in names), None)
            if fact.same:
                continue  # the row of what it stands for has its places, too
            things = _things(env, docname, fact, facts, anchor)
            rows.append(
                {
                    "kind": KINDS.get(fact.figtype, fact.figtype),
                    "id": fact.ids[0],
                    "label": label,
                    "number": number,
                    "title": fact.title,
                    "docname": docname,
                    **{field: _place(place, things) for field, place in places.items()},
                }
            )
    return sorted(rows, key=lambda row: (row["kind"], number_key(row["number"]), row["docname"], row["id"]))


def _things(env: BuildEnvironment, docname: str, fact: Fact, facts: Sequence[Fact], anchor: str) -> dict[str, Numbered]:
    """Return a numbered thing, and what stands for it in other frameworks: framework ("" for all) -> thing."""
    if not fact.frameworks:
        return {"": Numbered(docname, fact.ids[0], anchor)}
    group = [other for other in facts if other is fact or other.same == fact.ids[0]]
    of_framework = {name: other for other in reversed(group) for name in other.frameworks}
    return {
        name: Numbered(docname, other.ids[0], anchor_and_number(env, docname, other)[0], name)
        for name in env.config.d2lbook_frameworks
        if (other := of_framework.get(name)) is not None
    }


def _place(place: Callable[[Numbered], Any], things: Mapping[str, Numbered]) -> Any:
    """Return the place of a thing in an output: of what only some frameworks have, a map of frameworks to places.

    An output that shows one framework has the place of that.
    """
    if "" in things:
        return place(things[""])
    of_framework = {name: found for name, thing in things.items() if (found := place(thing)) is not None}
    return of_framework or None


def _nowhere(_thing: Numbered) -> None:
    """Return None, the place of an item in an output that the book does not have."""


def number_key(number: str) -> list[tuple[int, int, str]]:
    """Return the sort key of a number: 2, 10, A, Z, AA come in this order, and so do 3.2, 3.2a, 3.10."""
    parts = re.findall(r"[0-9]+|[^\W\d_]+", number)
    return [(0, int(part), "") if part.isdecimal() else (1, len(part), part) for part in parts]


def labels(env: BuildEnvironment) -> dict[tuple[str, str], str]:
    """Return (docname, id) -> the label that authors write."""
    standard = env.domains.standard_domain
    # Of several labels at one place the first in the alphabet counts, so it is put in last.
    label_of = {
        (docname, node_id): label
        for label, (docname, node_id) in sorted(standard.anonlabels.items(), reverse=True)
        if not is_made_up("std", label, docname)
    }
    equations = env.domains.math_domain.equations.items()
    label_of |= {
        (docname, nodes.make_id(f"equation-{label}")): label
        for label, (docname, _number) in equations
        if not is_made_up("math", label, docname)
    }
    return label_of | {place: label for label, place in numbers_domain(env).statements.items()}
