"""References in headings and captions, where these are shown elsewhere: in sidebars, contents, links and the search.

Sphinx shows the label there, for it takes titles when a page is read and no number is known. Here the words that the
reference will print are put in, once numbers are given out.
"""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from .page_facts import Fact, NumbersDomain, Reference, numbers_domain
from .reference_names import find


def resolve_titles(env: BuildEnvironment) -> None:
    """Put words in place of labels in all titles that Sphinx keeps. Called with all numbers given out."""
    domain = numbers_domain(env)
    for docname, page in sorted(domain.pages.items()):
        for position, fact in enumerate(page.facts):
            if fact.ids[0] in page.headings:
                text = _text(env, page.headings[fact.ids[0]], {fact.ids[0]})
                page.facts[position] = fact._replace(title=text)
                _tell_labels(env, domain, docname, fact, text)
                if fact.figtype == "section":
                    _tell_contents(env, domain, docname, fact, text)


def reference_of(node: addnodes.pending_xref) -> Reference:
    return Reference(str(node.get("refdomain") or ""), str(node.get("reftype") or ""), str(node.get("reftarget") or ""))


def _text(env: BuildEnvironment, content: Iterable[nodes.Node], within: set[str]) -> str:
    return " ".join("".join(_part(env, node, within) for node in content).split())


def _part(env: BuildEnvironment, node: nodes.Node, within: set[str]) -> str:
    if isinstance(node, addnodes.pending_xref):
        found = find(env, reference_of(node))
        if found is None or node.get("refexplicit"):
            return node.astext()
        page = numbers_domain(env).pages[found.docname]
        anchor = found.fact.ids[0]
        by_title = found.text(str(node["reftype"])) == found.title
        if by_title and anchor in page.headings and anchor not in within:
            return _text(env, page.headings[anchor], within | {anchor})  # a title with a reference of its own
        return found.text(str(node["reftype"])) or node.astext()
    if isinstance(node, nodes.Element) and node.children:
        return "".join(_part(env, child, within) for child in node.children)
    return node.astext()


def _tell_labels(env: BuildEnvironment, domain: NumbersDomain, docname: str, fact: Fact, text: str) -> None:
    labels = env.domains.standard_domain.labels
    for name in domain.pages[docname].titles:
        if name in labels and labels[name][0] == docname and labels[name][1] in fact.ids:
            labels[name] = (docname, labels[name][1], text)


def _tell_contents(env: BuildEnvironment, domain: NumbersDomain, docname: str, fact: Fact, text: str) -> None:
    anchor = domain.anchor(docname, fact.ids[0])
    if anchor == "":
        for titles in (env.titles, env.longtitles):
            if docname in titles:
                titles[docname].children = [nodes.Text(text)]
    for reference in env.tocs[docname].findall(nodes.reference):
        if reference.get("anchorname") == anchor:
            reference.children = [nodes.Text(text)]
