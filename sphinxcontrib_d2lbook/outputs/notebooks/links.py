"""Find the addresses that links and citations of notebooks lead to."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from copy import copy
from functools import cached_property
from urllib.parse import quote

from docutils import nodes
from sphinx.environment import BuildEnvironment

from ...addresses.internal_uris import internal_target
from ...addresses.permanent_addresses import page_address
from ...numbering.frameworks import frameworks_with, shown_frameworks
from ...upstream import proofs
from .notebook_files import file_of


class Links:
    """Addresses that a reader can follow, for links inside the book."""

    framework = ""
    """Framework of the notebooks that have the links; "" for pages that have not several."""

    def __init__(self, env: BuildEnvironment) -> None:
        self._env = env

    def of_framework(self, framework: str) -> Links:
        """Return the links in the notebooks of one framework."""
        links = copy(self)
        links.framework = framework
        return links

    def address(self, docname: str, target: str, anchor: str = "") -> str:
        """Return the address of a link on page ``docname``: on the site, or of a notebook beside it; "" for neither."""
        if self._env.config.html_baseurl:
            return page_address(self._env.config, target, anchor)
        if self._is_here(docname, target, anchor):
            return ""
        return self._path(docname, target, anchor)

    def _is_here(self, docname: str, target: str, anchor: str) -> bool:
        """Return whether a link stays in the notebook that has it, and not in that of another framework."""
        return target == docname and self._file(target, anchor) == self._file(docname)

    def _path(self, docname: str, target: str, anchor: str) -> str:
        """Return the path from the notebook of a page to the one that a link leads to, as an address."""
        path = quote(posixpath.relpath(self._file(target, anchor), posixpath.dirname(self._file(docname)) or "."))
        # A colon in the first part would make a scheme of it.
        return f"./{path}" if ":" in path.partition("/")[0] else path

    def _file(self, docname: str, anchor: str = "") -> str:
        """Return the notebook of a page: that of the same framework, or else of the first one that has the anchor."""
        there = frameworks_with(self._env, docname, anchor) or shown_frameworks(self._env, docname)
        return file_of(docname, self.framework if self.framework in there else next(iter(there), ""))

    def lead_elsewhere(self, docname: str, doctree: nodes.document) -> bool:
        """Return whether a page has references to other pages of the book."""
        targets = (internal_target(reference.get("refuri", "")) for reference in doctree.findall(nodes.reference))
        return any(target is not None and target[0] != docname for target in targets)

    @cached_property
    def citations(self) -> Mapping[str, nodes.paragraph]:
        """Text of every entry of the book's bibliographies, by `docname#id`; empty where bibtex is not in use."""
        return {
            f"{citation.docname}#{citation.node_id}": proofs.paragraph_of(citation)
            for citation in proofs.citations(self._env)
        }


class SiblingLinks(Links):
    """Addresses for notebooks that lie in one folder: links to other pages lead to the notebooks there."""

    def address(self, docname: str, target: str, anchor: str = "") -> str:
        """Return the path of another page's notebook, or else the same address as in a notebook that lies alone."""
        if docname and target in self._env.found_docs and not self._is_here(docname, target, anchor):
            return self._path(docname, target, anchor)
        return super().address(docname, target, anchor)
