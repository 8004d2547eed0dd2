"""One owner for each label, whatever the order in which pages were read; labels that two places have are named.

Sphinx gives a label to the page that was read last. That differs with `-j 2` and after an edit, and pages that were
read in different processes are never told of each other. Here the first page in the alphabet has it, always.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.directives.patches import MathDirective
from sphinx.domains.math import MathDomain
from sphinx.domains.std import StandardDomain
from sphinx.environment import BuildEnvironment

from ..common.current_document import document_being_parsed, parsing
from ..common.warning_types import Warn, warn
from .address_collisions import make_room_for_equation
from .page_facts import Label, NumbersDomain, numbers_domain

KINDS = ("std", "math", "prf")


class BookStandardDomain(StandardDomain):
    """Sphinx's, which takes a label over from another page without a word: see `settle` and `warn_of_twins`."""

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        for name in document.nametypes:
            if name in self.labels and self.labels[name][0] in env.found_docs - {docname}:
                del self.labels[name]
        super().process_doc(env, docname, document)


class BookMathDirective(MathDirective):
    """Sphinx's, which is told in which document it stands, whatever parser has found it."""

    def add_target(self, ret: list[nodes.Node]) -> None:
        with parsing(self.state.document):
            super().add_target(ret)


class BookMathDomain(MathDomain):
    """Sphinx's, likewise; no equation has the address of something else."""

    def note_equation(self, docname: str, labelid: str, location: Any = None) -> None:
        if labelid in self.equations and self.equations[labelid][0] != docname:
            del self.equations[labelid]
        document = document_being_parsed()
        if document is not None:
            make_room_for_equation(document, labelid, location)
        super().note_equation(docname, labelid, location)


def owners(domain: NumbersDomain, kind: str) -> dict[str, list[str]]:
    """Label -> the pages that have it; the first owns it."""
    found: dict[str, list[str]] = {}
    for docname, page in sorted(domain.pages.items()):
        for name in page.labels[kind]:
            found.setdefault(name, []).append(docname)
    return found


def place_of(domain: NumbersDomain, kind: str, name: str, docname: str) -> Label:
    return domain.pages[docname].labels[kind][name]


def settle(env: BuildEnvironment) -> None:
    """Make Sphinx's tables of labels what they are after reading all pages anew, in any order."""
    domain = numbers_domain(env)
    standard, equations = env.domains.standard_domain, env.domains.math_domain.equations
    for name, pages in owners(domain, "std").items():
        docname, node_id = pages[0], place_of(domain, "std", name, pages[0]).node_id
        standard.anonlabels[name] = (docname, node_id)
        title = domain.pages[docname].titles.get(name)
        if title is None:
            standard.labels.pop(name, None)
        else:
            standard.labels[name] = (docname, node_id, title)
    for name, pages in owners(domain, "math").items():
        equations[name] = (pages[0], equations.get(name, ("", 0))[1])
    statements = {
        name: (pages[0], place_of(domain, "prf", name, pages[0]).node_id)
        for name, pages in owners(domain, "prf").items()
    }
    domain.data["statements"] = statements


def twins(domain: NumbersDomain) -> Iterator[tuple[str, str, str]]:
    """(label, page that owns it, other page that has it too) for every label of several pages."""
    for kind in KINDS:
        for name, pages in sorted(owners(domain, kind).items()):
            yield from ((name, pages[0], other) for other in pages[1:])


def warn_of_twins(_app: Sphinx, env: BuildEnvironment) -> None:
    """Name each label that several pages have. Handler of `env-check-consistency`."""
    domain = numbers_domain(env)
    seen: set[tuple[str, str, str]] = set()
    for name, owner, other in twins(domain):
        if (name, owner, other) in seen:
            continue
        seen.add((name, owner, other))
        warn(
            Warn.LABEL,
            "the label %r is in %s too, where references to it lead; give one of the two another name",
            name,
            _place(env, domain, name, owner),
            location=(other, _line(domain, name, other)),
        )


def _line(domain: NumbersDomain, name: str, docname: str) -> int | None:
    labels = domain.pages[docname].labels
    return next((labels[kind][name].line for kind in KINDS if name in labels[kind]), None)


def _place(env: BuildEnvironment, domain: NumbersDomain, name: str, docname: str) -> str:
    line = _line(domain, name, docname)
    return f"{env.doc2path(docname, False)}:{line}" if line else str(env.doc2path(docname, False))


def is_made_up(kind: str, label: str, docname: str) -> bool:
    """Whether a label of a page was counted, because its author gave none: such a one does not last.

    ``kind`` is "std", where sphinx-exercise counts exercises and solutions, or "math".
    """
    # All labels are asked about in each build: without a regular expression, which would be another for each page.
    head, _, count = label.rpartition(":" if kind == "math" else "-")
    if not (count.isascii() and count.isdecimal()):
        return False
    page = docname.lower()
    return head == docname if kind == "math" else head in (f"{page}-exercise", f"{page}-solution")


def known(domain: NumbersDomain) -> Set[str]:
    """Every label of the book."""
    return {name for page in domain.pages.values() for kind in KINDS for name in page.labels[kind]}
