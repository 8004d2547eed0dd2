"""Find the numbered items inside `only` blocks, which an output may leave out."""

from __future__ import annotations

from collections.abc import Set

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ...common.per_page_domain import PerPageDomain


class ConditionsDomain(PerPageDomain[set[str]]):
    """Domain that keeps the anchors of everything in `only` blocks, as one set for each page."""

    name = "d2lconditions"
    label = "what only some outputs show"
    data_version = 2

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        anchors = {
            item
            for only in document.findall(addnodes.only)
            for node in only.findall(nodes.Element)
            for item in node["ids"]
        }
        if anchors:
            self.pages[docname] = anchors


def conditional_ids(env: BuildEnvironment, docname: str) -> Set[str]:
    """Return the anchors of a page that an output may leave out."""
    domain = env.domains[ConditionsDomain.name]
    return domain.pages.get(docname, set()) if isinstance(domain, ConditionsDomain) else set()


def setup(app: Sphinx) -> None:
    app.add_domain(ConditionsDomain)
