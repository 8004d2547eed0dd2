"""Nodes of what only some frameworks have, and the choice of one framework in a doctree.

A place of a page has one `framework_variants` with a `framework_variant` for each thing that only some frameworks have,
in the order of the page. The page of one framework is what remains without the variants of the others.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar, cast

from docutils import nodes
from sphinx.builders import Builder
from sphinx.environment import BuildEnvironment

from ..common.per_page_domain import PerPageDomain
from .counterparts import SAME
from .page_facts import numbers_domain

TABS = ("html",)
"""Formats that show all frameworks."""
OWN = ("notebook",)
"""Formats whose builders choose for themselves, since they write a file for each framework."""


class framework_variants(nodes.General, nodes.Element):  # noqa: N801
    """All variants of one place. Attribute: `frameworks`, those that have something here, in the order of conf.py."""


class framework_variant(nodes.General, nodes.Element):  # noqa: N801
    """Content for some frameworks. Attribute: `frameworks`, their names in the order of conf.py."""


def shows_one(builder: Builder) -> bool:
    """Return whether an output has one framework of each page: that which is printed."""
    return builder.format not in (*TABS, *OWN) or bool(getattr(builder, "embedded", False))


def frameworks_in(doctree: nodes.Element, known: Iterable[str]) -> list[str]:
    """Return the frameworks for which a page has variants, in the order of ``known``, those of the book."""
    names = list(known)
    there = {name for node in doctree.findall(framework_variant) for name in node["frameworks"]} if names else set()
    return [name for name in names if name in there]


class FrameworksDomain(PerPageDomain[tuple[str, ...]]):
    """Domain that keeps for each page with variants the frameworks for which it has some."""

    name = "d2lframeworks"
    label = "frameworks of pages"
    data_version = 2
    initial_data: ClassVar[dict[str, Any]] = {"pages": {}, "anchors": {}}
    by_page = ("pages", "anchors")

    @property
    def anchors(self) -> dict[str, dict[str, set[str]]]:
        """docname -> anchor in a variant -> frameworks that have what it names, perhaps under another anchor."""
        return cast("dict[str, dict[str, set[str]]]", self.data["anchors"])

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        there = frameworks_in(document, env.config.d2lbook_frameworks)
        if there:
            self.pages[docname] = tuple(there)
            self.anchors[docname] = _anchors(document)


def _anchors(document: nodes.document) -> dict[str, set[str]]:
    """Return anchor -> frameworks, for what stands in variants; variants may have the same names."""
    of_name: dict[str, set[str]] = {}
    found: list[tuple[nodes.Element, set[str]]] = []

    def walk(node: nodes.Element, frameworks: set[str] | None) -> None:
        if isinstance(node, framework_variant):
            names = set(node["frameworks"])
            frameworks = names if frameworks is None else names & frameworks
        if frameworks is not None and node["ids"]:
            found.append((node, frameworks))
            for name in node["names"]:
                of_name.setdefault(name, set()).update(frameworks)
        for child in node.children:
            if isinstance(child, nodes.Element):
                walk(child, frameworks)

    walk(document, None)
    return {
        anchor: frameworks.union(*(of_name[name] for name in node["names"]))
        for node, frameworks in found
        for anchor in node["ids"]
    }


def frameworks_domain(env: BuildEnvironment) -> FrameworksDomain:
    """Return the domain of this book."""
    return cast("FrameworksDomain", env.domains[FrameworksDomain.name])


def shown_frameworks(env: BuildEnvironment, docname: str) -> tuple[str, ...]:
    """Return the frameworks for which a page has variants, in the order of conf.py; () if it has none."""
    return frameworks_domain(env).pages.get(docname, ())


def frameworks_with(env: BuildEnvironment, docname: str, anchor: str) -> tuple[str, ...]:
    """Return the frameworks that have what an anchor of a page names, or what stands for it, in the order of conf.py.

    () stands for all, and for anchors that the page does not have.
    """
    domain = frameworks_domain(env)
    there = set(domain.anchors.get(docname, {}).get(anchor, ()))
    page = numbers_domain(env).pages.get(docname)
    own = next((fact for fact in page.facts if anchor in fact.ids), None) if page is not None and there else None
    if page is not None and own is not None:
        first = own.same or own.ids[0]
        there.update(name for fact in page.facts if first in (fact.ids[0], fact.same) for name in fact.frameworks)
    return tuple(name for name in env.config.d2lbook_frameworks if name in there)


def select(doctree: nodes.Element, framework: str) -> None:
    """Remove from a doctree the variants of other frameworks, and put the content of the rest in its place.

    What is referred to stays within reach: the ids of things that are removed go to their counterparts in the chosen
    variants (see `counterparts.py`), or else to a target in their place.
    """
    for place in [place for place in doctree.findall(framework_variants) if _outer(place) is None]:
        _select(place, framework)


def _outer(node: nodes.Node) -> nodes.Element | None:
    parent = node.parent
    while parent is not None and not isinstance(parent, framework_variants):
        parent = parent.parent
    return parent


def _select(place: nodes.Element, framework: str) -> None:
    shown: list[nodes.Element] = []
    hidden: list[nodes.Element] = []
    _divide(place, framework, shown, hidden)
    ids = _moved_ids(place, shown, hidden)
    for inner in reversed(list(place.findall(framework_variants))):  # the innermost first, and the place itself last
        content: list[nodes.Node] = [nodes.target("", "", ids=ids)] if ids and inner is place else []
        for child in inner.children:
            if not isinstance(child, framework_variant):
                content.append(child)
            elif framework in child["frameworks"]:
                content += child.children
        inner.replace_self(content)


def _divide(
    node: nodes.Element,
    framework: str,
    shown: list[nodes.Element],
    hidden: list[nodes.Element],
    *,
    is_shown: bool = True,
) -> None:
    """Divide the elements inside a node into those that a framework has and the others."""
    for child in node.children:
        if isinstance(child, nodes.Element):
            has = is_shown and (not isinstance(child, framework_variant) or framework in child["frameworks"])
            (shown if has else hidden).append(child)
            _divide(child, framework, shown, hidden, is_shown=has)


def _moved_ids(place: nodes.Element, shown: Iterable[nodes.Element], hidden: Iterable[nodes.Element]) -> list[str]:
    """Give the ids of hidden things to their counterparts; return those that have none."""
    same: dict[str, str] = place.get(SAME, {})
    node_at = {same.get(anchor, anchor): node for node in shown for anchor in node["ids"]}
    left: list[str] = []
    for node in hidden:
        found = (node_at.get(same.get(anchor, anchor)) for anchor in node["ids"])
        other = next((item for item in found if item is not None), None)
        if other is None:
            left += node["ids"]
        else:
            other["ids"] += node["ids"]
    return left
