"""`d2lbook_require_labels`: a build warns of every section that has no label."""

from __future__ import annotations

from collections.abc import Set
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment

from ...log import Warn, warn


class SectionLabelsDomain(Domain):
    """Keeps, a list a page, line and title of the sections without a label."""

    name = "d2llabels"
    label = "sections without a label"
    data_version = 1
    initial_data: ClassVar[dict[str, Any]] = {"unlabelled": {}}

    @property
    def unlabelled(self) -> dict[str, list[tuple[int | None, str]]]:
        found: dict[str, list[tuple[int | None, str]]] = self.data["unlabelled"]
        return found

    def clear_doc(self, docname: str) -> None:
        self.unlabelled.pop(docname, None)

    def merge_domaindata(self, docnames: Set[str], otherdata: dict[str, Any]) -> None:
        self.unlabelled.update({name: found for name, found in otherdata["unlabelled"].items() if name in docnames})

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        explicit = {document.nameids.get(name) for name, is_explicit in document.nametypes.items() if is_explicit}
        found = []
        for section in document.findall(nodes.section):
            title = next((child for child in section.children if isinstance(child, nodes.title)), None)
            if title is not None and title.astext() and explicit.isdisjoint(section["ids"]):
                found.append((title.line or section.line, " ".join(title.astext().split())))
        if found:
            self.unlabelled[docname] = found

    def check_consistency(self) -> None:
        """Called after reading, in every build that reads a page."""
        if not self.env.config.d2lbook_require_labels:
            return
        for docname, sections in sorted(self.unlabelled.items()):
            for line, title in sections:
                warn(
                    Warn.LABEL,
                    "the section %r has no label, and this book requires them (d2lbook_require_labels); write (name)= "
                    "above it, or run `sphinx-d2lbook labels --write`",
                    title,
                    location=(docname, line),
                )

    def resolve_any_xref(self, *_args: Any) -> list[tuple[str, nodes.reference]]:
        """Nothing here is a target. Called for every reference of unknown kind."""
        return []


def setup_extension(app: Sphinx) -> None:
    app.add_domain(SectionLabelsDomain)
