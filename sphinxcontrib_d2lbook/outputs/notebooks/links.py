"""Where the links and the citations of notebooks lead."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from functools import cached_property

from docutils import nodes
from sphinx.environment import BuildEnvironment

from ...addresses.permanent_addresses import page_address
from ...upstream import proofs


class Links:
    """Turns addresses inside the book into those that a reader can follow."""

    def __init__(self, env: BuildEnvironment) -> None:
        self._env = env

    def address(self, docname: str, target: str, anchor: str = "") -> str:
        """Return where a link on page ``docname`` leads: to the site, or to a notebook beside it; "" for neither."""
        if self._env.config.html_baseurl:
            return page_address(self._env.config, target, anchor)
        if target == docname:
            return ""
        return posixpath.relpath(f"{target}.ipynb", posixpath.dirname(docname) or ".")

    @cached_property
    def citations(self) -> Mapping[str, nodes.paragraph]:
        """Every entry of the book's bibliographies: `docname#id` -> its text. Empty where bibtex is not in use."""
        return {f"{one.docname}#{one.node_id}": proofs.paragraph_of(one) for one in proofs.citations(self._env)}
