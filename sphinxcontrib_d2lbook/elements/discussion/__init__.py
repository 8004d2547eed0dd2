"""Define `{discussion}`, where readers talk about a section: a thread on the page, and a QR code on paper.

`directive` and the domain in `discussion_facts` note where discussions are, `placing` puts them into pages that are
written, `html` and `paper` show them. The thread itself is the forum's; `threads` asks the room `forum` for it.
"""

from __future__ import annotations

from sphinx.application import Sphinx

from . import html, paper
from .directive import Discussion, discussion
from .discussion_facts import DiscussionDomain, determine_discussions
from .placing import PlaceDiscussions

__all__ = ["setup"]


def setup(app: Sphinx) -> None:
    app.add_node(
        discussion,
        html=(html.visit, None),
        typst=(paper.visit_typst, None),
        latex=(paper.visit_latex, None),
    )
    app.add_domain(DiscussionDomain)
    app.add_directive("discussion", Discussion)
    app.add_post_transform(PlaceDiscussions)
    app.connect("html-page-context", html.add_assets)
    # Runs after numbers are given out (500), by which sections are chosen, and before addresses are checked (900).
    app.connect("env-get-updated", determine_discussions, priority=800)
