"""What a place in the book is called in the PDF: made of page and anchor, so the same in every build."""

from __future__ import annotations

import re

PREFIX = "%"
"""Begins the address of a page in this output, which has no files to link to."""


_RANDOM = re.compile(r"(?:^|#)equation-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def is_random(name: str) -> bool:
    """Whether a key or an anchor is one that MyST makes up for an equation without a label, another at each reading.

    Those are kept out of the PDF's bytes.
    """
    return _RANDOM.search(name) is not None


def key(docname: str, anchor: str = "") -> str:
    """Label and named destination: `linear/scratch#training`; the page itself is `linear/scratch`."""
    return f"{docname}#{anchor}" if anchor else docname


def address(docname: str) -> str:
    """What Sphinx puts into references to a page, before `#anchor`."""
    return PREFIX + docname


def target(refuri: str) -> tuple[str, str] | None:
    """(docname, anchor) of an address made from `address`; None for others."""
    if not refuri.startswith(PREFIX):
        return None
    docname, _, anchor = refuri[len(PREFIX) :].partition("#")
    return docname, anchor
