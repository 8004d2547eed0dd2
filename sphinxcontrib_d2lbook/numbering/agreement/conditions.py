"""Which numbered things stand in an `only` block, so that an output may leave them out."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, ClassVar

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment


class ConditionsDomain(Domain):
    """Keeps, a set a page, the anchors of all that is in `only` blocks."""

    name = "d2lconditions"
    label = "what only some outputs show"
    data_version = 1
    initial_data: ClassVar[dict[str, Any]] = {"ids": {}}

    @property
    def ids(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = self.data["ids"]
        return found

    def clear_doc(self, docname: str) -> None:
        self.ids.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        self.ids.update({name: ids for name, ids in otherdata["ids"].items() if name in docnames})

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        found = {
            item
            for only in document.findall(addnodes.only)
            for node in only.findall(nodes.Element)
            for item in node["ids"]
        }
        if found:
            self.ids[docname] = found

    def resolve_any_xref(self, *_args: Any) -> list[tuple[str, nodes.reference]]:
        """Nothing here is a target. Called for every reference of unknown kind."""
        return []


def conditional_ids(env: BuildEnvironment, docname: str) -> Set[str]:
    """Anchors of a page that an output may leave out."""
    domain = env.domains[ConditionsDomain.name]
    return domain.ids.get(docname, set()) if isinstance(domain, ConditionsDomain) else set()


def setup_extension(app: Sphinx) -> None:
    app.add_domain(ConditionsDomain)
