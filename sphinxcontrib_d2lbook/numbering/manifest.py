"""`numbers.json`: every number that was given out, and to what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from docutils import nodes
from sphinx.environment import BuildEnvironment

from .facts import numbers_domain
from .labels import is_made_up
from .names import anchor_and_number

KINDS = {"displaymath": "equation", "code-block": "listing"}
"""Kinds whose public name differs from Sphinx's figtype."""


def manifest(
    env: BuildEnvironment,
    *,
    html: Mapping[str, str] | None = None,
    pdf: Mapping[str, Mapping[str, Any]] | None = None,
    notebooks: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Rows for `numbers.json`, sorted by kind and number.

    ``html`` and ``notebooks`` take a docname to its page or file; ``pdf`` takes "docname#id" to
    ``{"page", "destination"}``. What an output does not have is null.
    """
    names = labels(env)
    rows = []
    for docname, facts in sorted(numbers_domain(env).facts.items()):
        for fact in facts:
            anchor, number = anchor_and_number(env, docname, fact)
            if not number:
                continue
            label = next((names[docname, name] for name in fact.ids if (docname, name) in names), None)
            page = (html or {}).get(docname)
            place = (pdf or {}).get(f"{docname}#{fact.ids[0]}")
            rows.append(
                {
                    "kind": KINDS.get(fact.figtype, fact.figtype),
                    "id": fact.ids[0],
                    "label": label,
                    "number": number,
                    "title": fact.title,
                    "docname": docname,
                    "html": page and page + anchor,
                    "pdf": place and {"page": place["page"], "destination": place["destination"]},
                    "notebook": (notebooks or {}).get(docname),
                }
            )
    return sorted(rows, key=lambda row: (row["kind"], number_key(row["number"]), row["docname"], row["id"]))


def number_key(number: str) -> list[tuple[int, int, str]]:
    """What numbers sort by: 2, 10, A, Z, AA in this order, and 3.2, 3.2a, 3.10."""
    parts = re.findall(r"[0-9]+|[^\W\d_]+", number)
    return [(0, int(part), "") if part.isdecimal() else (1, len(part), part) for part in parts]


def labels(env: BuildEnvironment) -> dict[tuple[str, str], str]:
    """(docname, id) -> the label that authors write."""
    standard = env.domains.standard_domain
    # Of several labels at one place the first in the alphabet: it is put in last.
    found = {
        (docname, node_id): label
        for label, (docname, node_id) in sorted(standard.anonlabels.items(), reverse=True)
        if not is_made_up("std", label, docname)
    }
    equations = env.domains.math_domain.equations.items()
    found |= {
        (docname, nodes.make_id(f"equation-{label}")): label
        for label, (docname, _number) in equations
        if not is_made_up("math", label, docname)
    }
    return found | {place: label for label, place in numbers_domain(env).statements.items()}
