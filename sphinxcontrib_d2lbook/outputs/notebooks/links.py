"""Find the addresses that links and citations of notebooks lead to."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import cached_property

from docutils import nodes
from sphinx.environment import BuildEnvironment

from ...addresses.permanent_addresses import page_address
from ...upstream import proofs


class Links:
    """Addresses that a reader can follow, for links inside the book."""

    def __init__(self, env: BuildEnvironment) -> None:
        self._env = env

    def address(self, docname: str, target: str, anchor: str = "") -> str:
        """Return the address of a link on page ``docname``: on the site, or of a notebook beside it; "" for neither."""
        if self._env.config.html_baseurl:
            return page_address(self._env.config, target, anchor)
        if target == docname:
            return ""
        return posixpath.relpath(f"{target}.ipynb", posixpath.dirname(docname) or ".")

    @cached_property
    def citations(self) -> Mapping[str, nodes.paragraph]:
        """Text of every entry of the book's bibliographies, by `docname#id`; empty where bibtex is not in use."""
        return {
            f"{citation.docname}#{citation.node_id}": proofs.paragraph_of(citation)
            for citation in proofs.citations(self._env)
        }
