"""Warn of every section that has no label, if `d2lbook_require_labels` is set."""

from __future__ import annotations

import shlex

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

from ...common.notebook_positions import argument
from ...common.per_page_domain import PerPageDomain
from ...common.warning_types import Warn, warn


class SectionLabelsDomain(PerPageDomain[list[tuple[int | None, str]]]):
    """Domain that keeps line and title of the sections without a label, in one list for each page."""

    name = "d2llabels"
    label = "sections without a label"
    data_version = 2

    def process_doc(self, env: BuildEnvironment, docname: str, document: nodes.document) -> None:
        explicit = {document.nameids.get(name) for name, is_explicit in document.nametypes.items() if is_explicit}
        sections = []
        for section in document.findall(nodes.section):
            title = next((child for child in section.children if isinstance(child, nodes.title)), None)
            if title is not None and title.astext() and explicit.isdisjoint(section["ids"]):
                sections.append((title.line or section.line, " ".join(title.astext().split())))
        if sections:
            self.pages[docname] = sections

    def check_consistency(self) -> None:
        """Warn of sections without a label. Called after reading, in every build that reads a page."""
        if not self.env.config.d2lbook_require_labels:
            return
        for docname, sections in sorted(self.pages.items()):
            for line, title in sections:
                warn(
                    Warn.LABEL,
                    "the section %r has no label, and this book requires them (d2lbook_require_labels); write (name)= "
                    "above it, or run `sphinx-d2lbook labels --write %s`",
                    title,
                    shlex.quote(argument(str(self.env.doc2path(docname, base=False)), line or 1)),
                    location=(docname, line),
                )


def setup(app: Sphinx) -> None:
    app.add_domain(SectionLabelsDomain)
