"""What a place in the book is called in the PDF: made of page and anchor, so the same in every build."""

from __future__ import annotations

import re

_RANDOM = re.compile(r"(?:^|#)equation-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def is_random(name: str) -> bool:
    """Whether a key or an anchor is one that MyST makes up for an equation without a label, another at each reading.

    Those are kept out of the PDF's bytes.
    """
    return _RANDOM.search(name) is not None


def key(docname: str, anchor: str = "") -> str:
    """Label and named destination: `linear/scratch#training`; the page itself is `linear/scratch`."""
    return f"{docname}#{anchor}" if anchor else docname
