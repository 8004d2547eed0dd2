"""Report before any page runs what is missing for some output."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

from ...common.errors import BookError
from ...common.warning_types import Warn, warn
from ...library.extension import collected
from . import read_as_html
from .companion_files import companion_outputs
from .process_role import in_child

DISCUSSION = re.compile(r"\{discussion\}|^\s*\.\. discussion::", re.MULTILINE)


def check_address(app: Sphinx) -> None:
    """Report once that `html_baseurl` is missing, if outputs lead there from discussions. Handle `builder-inited`.

    Raise BookError if a printed code would have to lead there.
    """
    config = app.config
    if in_child() or not config.d2lbook_forum or config.html_baseurl:
        return
    if not config.d2lbook_discussions and not any(map(DISCUSSION.search, collected(app).texts.values())):
        return
    outputs = [*read_as_html.outputs_of(app), *(output for output, _written in companion_outputs(app))]
    remedy = "set it to the address at which the book will stay"
    if any(output.is_printed for output in outputs):
        raise BookError(
            f"{app.confdir}/conf.py: the book has discussions and no html_baseurl, and no code can be printed for a "
            f"discussion: {remedy}, as printed codes lead there"
        )
    if any(output.is_copied for output in outputs):
        warn(
            Warn.DISCUSSION,
            "conf.py: the book has discussions and no html_baseurl, so that readers' notebooks lead to the present "
            "threads, and to none where a discussion is part of its page; %s",
            remedy,
        )
