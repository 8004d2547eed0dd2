"""The list of what a page cites, from sphinxcontrib-bibtex's domain."""

from __future__ import annotations

from collections.abc import Mapping

from docutils import nodes
from sphinx.environment import BuildEnvironment
from sphinxcontrib.bibtex.transforms import BibliographyTransform, node_text_transform


def citations(env: BuildEnvironment) -> Mapping[str, nodes.paragraph]:
    """Every entry of the book's bibliographies: `docname#id` -> its text. Empty where bibtex is not in use."""
    if "cite" not in env.domaindata:
        return {}
    found = {}
    for citation in env.get_domain("cite").citations:  # type: ignore[attr-defined]
        entry = BibliographyTransform.backend.paragraph(citation.formatted_entry)
        node_text_transform(entry)
        found[f"{citation.bibliography_key.docname}#{citation.citation_id}"] = entry
    return found
