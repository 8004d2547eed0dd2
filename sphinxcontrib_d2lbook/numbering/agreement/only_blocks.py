"""Which numbered things stand in an `only` block, so that an output may leave them out."""

from __future__ import annotations

from collections.abc import Set

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ...common.per_page_domain import PerPageDomain


class ConditionsDomain(PerPageDomain[set[str]]):
    """Keeps, a set a page, the anchors of all that is in `only` blocks."""

    name = "d2lconditions"
    label = "what only some outputs show"
    data_version = 2

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        found = {
            item
            for only in document.findall(addnodes.only)
            for node in only.findall(nodes.Element)
            for item in node["ids"]
        }
        if found:
            self.pages[docname] = found


def conditional_ids(env: BuildEnvironment, docname: str) -> Set[str]:
    """Anchors of a page that an output may leave out."""
    domain = env.domains[ConditionsDomain.name]
    return domain.pages.get(docname, set()) if isinstance(domain, ConditionsDomain) else set()


def setup(app: Sphinx) -> None:
    app.add_domain(ConditionsDomain)
