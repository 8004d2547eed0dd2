"""Choose the framework that outputs other than the website show: the one that is printed."""

from __future__ import annotations

from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

from ...config.frameworks import printed_framework
from ...numbering.frameworks import frameworks_in, select, shows_one
from ...upstream.sphinx.application import app_of


class ChooseFramework(SphinxPostTransform):
    """Keep the variants of one framework."""

    # Before all others, which would work on, and warn of, what is not shown.
    default_priority = 1

    def run(self, **_options: object) -> None:
        builder = app_of(self.env).builder
        known = list(self.config.d2lbook_frameworks)
        if not shows_one(builder):
            return
        there = frameworks_in(self.document, known)
        if there:
            select(self.document, printed_framework(self.config, there))


def setup(app: Sphinx) -> None:
    app.add_post_transform(ChooseFramework)
