"""Resolve references in headings and captions for sidebars, tables of contents, links and the search.

Sphinx shows the label of such a reference there, because it keeps titles when a page is read, before any number is
known. This module puts in the text that the reference prints, once all numbers are given out.
"""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from .page_facts import Fact, NumbersDomain, Reference, numbers_domain
from .reference_names import find_target


def resolve_titles(env: BuildEnvironment) -> None:
    """Replace labels by the text of their references in all titles that Sphinx keeps. Called after numbering."""
    domain = numbers_domain(env)
    for docname, page in sorted(domain.pages.items()):
        for position, fact in enumerate(page.facts):
            if fact.ids[0] in page.headings:
                text = _text(env, page.headings[fact.ids[0]], {fact.ids[0]})
                page.facts[position] = fact._replace(title=text)
                _update_labels(env, domain, docname, fact, text)
                if fact.figtype == "section":
                    _update_contents(env, domain, docname, fact, text)


def reference_of(node: addnodes.pending_xref) -> Reference:
    """Return the domain, role and target of a reference node."""
    return Reference(str(node.get("refdomain") or ""), str(node.get("reftype") or ""), str(node.get("reftarget") or ""))


def _text(env: BuildEnvironment, content: Iterable[nodes.Node], within: set[str]) -> str:
    return " ".join("".join(_part(env, node, within) for node in content).split())


def _part(env: BuildEnvironment, node: nodes.Node, within: set[str]) -> str:
    if isinstance(node, addnodes.pending_xref):
        target = find_target(env, reference_of(node))
        if target is None or node.get("refexplicit"):
            return node.astext()
        page = numbers_domain(env).pages[target.docname]
        anchor = target.fact.ids[0]
        by_title = target.text(str(node["reftype"])) == target.title
        if by_title and anchor in page.headings and anchor not in within:
            return _text(env, page.headings[anchor], within | {anchor})  # that title has references too
        return target.text(str(node["reftype"])) or node.astext()
    if isinstance(node, nodes.Element) and node.children:
        return "".join(_part(env, child, within) for child in node.children)
    return node.astext()


def _update_labels(env: BuildEnvironment, domain: NumbersDomain, docname: str, fact: Fact, text: str) -> None:
    labels = env.domains.standard_domain.labels
    for name in domain.pages[docname].titles:
        if name in labels and labels[name][0] == docname and labels[name][1] in fact.ids:
            labels[name] = (docname, labels[name][1], text)


def _update_contents(env: BuildEnvironment, domain: NumbersDomain, docname: str, fact: Fact, text: str) -> None:
    anchor = domain.anchor(docname, fact.ids[0])
    if anchor == "":
        for titles in (env.titles, env.longtitles):
            if docname in titles:
                titles[docname].children = [nodes.Text(text)]
    for reference in env.tocs[docname].findall(nodes.reference):
        if reference.get("anchorname") == anchor:
            reference.children = [nodes.Text(text)]
