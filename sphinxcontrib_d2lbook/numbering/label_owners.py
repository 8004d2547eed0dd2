"""Give each label one owner, whatever the order in which pages were read, and warn of labels on several pages.

Sphinx gives a label to the page that was read last. That page differs with `-j 2` and after an edit, and pages that
were read in different processes do not know of each other. Here the first page in the alphabet always has the label.
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
    """Standard domain that takes over labels without a warning: `warn_of_duplicate_labels` follows later."""

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        """Remove the labels of this page that other pages own, so that Sphinx does not warn of them."""
        for name in document.nametypes:
            if name in self.labels and self.labels[name][0] in env.found_docs - {docname}:
                del self.labels[name]
        super().process_doc(env, docname, document)


class BookMathDirective(MathDirective):
    """Directive of Sphinx that notes which document it is in, whatever parser runs it."""

    def add_target(self, ret: list[nodes.Node]) -> None:
        with parsing(self.state.document):
            super().add_target(ret)


class BookMathDomain(MathDomain):
    """Math domain that takes over labels without a warning, and keeps addresses of equations unique on a page."""

    def note_equation(self, docname: str, labelid: str, location: Any = None) -> None:
        """Note an equation, after removing a label that another page owns and freeing the anchor."""
        if labelid in self.equations and self.equations[labelid][0] != docname:
            del self.equations[labelid]
        document = document_being_parsed()
        if document is not None:
            make_room_for_equation(document, labelid, location)
        super().note_equation(docname, labelid, location)


def owners(domain: NumbersDomain, kind: str) -> dict[str, list[str]]:
    """Return label -> docnames of the pages that have it; the first one owns it."""
    pages_of_label: dict[str, list[str]] = {}
    for docname, page in sorted(domain.pages.items()):
        for name in page.labels[kind]:
            pages_of_label.setdefault(name, []).append(docname)
    return pages_of_label


def place_of(domain: NumbersDomain, kind: str, name: str, docname: str) -> Label:
    """Return the place of a label of one domain ("std", "math", "prf") on a page."""
    return domain.pages[docname].labels[kind][name]


def assign_owners(env: BuildEnvironment) -> None:
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


def duplicate_labels(domain: NumbersDomain) -> Iterator[tuple[str, str, str]]:
    """Yield (label, page that owns it, other page that has it) for every label of several pages."""
    for kind in KINDS:
        for name, pages in sorted(owners(domain, kind).items()):
            yield from ((name, pages[0], other) for other in pages[1:])


def warn_of_duplicate_labels(_app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of each label that several pages have. Handle `env-check-consistency`."""
    domain = numbers_domain(env)
    seen: set[tuple[str, str, str]] = set()
    for name, owner, other in duplicate_labels(domain):
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
    """Return whether a label was made from a count, because its author gave none. Such a label does not last.

    ``kind`` is "std", where sphinx-exercise counts exercises and solutions, or "math".
    """
    # Called for all labels in each build; a regular expression would have to be compiled for each page.
    head, _, count = label.rpartition(":" if kind == "math" else "-")
    if not (count.isascii() and count.isdecimal()):
        return False
    page = docname.lower()
    return head == docname if kind == "math" else head in (f"{page}-exercise", f"{page}-solution")


def known(domain: NumbersDomain) -> Set[str]:
    """Return every label of the book."""
    return {name for page in domain.pages.values() for kind in KINDS for name in page.labels[kind]}
