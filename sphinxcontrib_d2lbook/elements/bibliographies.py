"""Print each entry of a bibliography once, however often one process resolves its page, with valid addresses."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..upstream.proofs import empty_citations

INVALID = re.compile(r"""[<>"\\^`{|}]""")
"""Characters that no address contains unencoded (RFC 3986)."""


class EmptyCitations(SphinxPostTransform):
    """Empty the entries before they are written."""

    default_priority = 4  # sphinxcontrib-bibtex writes them at 5

    def run(self, **_options: Any) -> None:
        empty_citations(self.env, self.document)


class ValidAddresses(SphinxPostTransform):
    """Encode what an address cannot have as it is, as the angle brackets in older identifiers of articles."""

    default_priority = 600  # after bibliographies are written (5)
    formats = ("html",)

    def run(self, **_options: Any) -> None:
        for reference in self.document.findall(nodes.reference):
            if INVALID.search(reference.get("refuri", "")):
                reference["refuri"] = INVALID.sub(lambda found: quote(found[0]), reference["refuri"])


def setup(app: Sphinx) -> None:
    app.add_post_transform(EmptyCitations)
    app.add_post_transform(ValidAddresses)
