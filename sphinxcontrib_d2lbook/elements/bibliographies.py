"""Print each entry of a bibliography once, however often one process resolves its page."""

from __future__ import annotations

from typing import Any

from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from ..upstream.proofs import empty_citations


class EmptyCitations(SphinxPostTransform):
    """Empty the entries before they are written."""

    default_priority = 4  # sphinxcontrib-bibtex writes them at 5

    def run(self, **_options: Any) -> None:
        empty_citations(self.env, self.document)


def setup(app: Sphinx) -> None:
    app.add_post_transform(EmptyCitations)
