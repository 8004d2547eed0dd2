"""Name the destinations of the PDF by page and anchor, so that they are equal in every build."""

from __future__ import annotations

import re

_RANDOM = re.compile(r"(?:^|#)equation-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")


def is_random(name: str) -> bool:
    """Check whether a key or an anchor is one that MyST makes up for an equation without a label, new at each reading.

    Such names are kept out of the PDF's bytes.
    """
    return _RANDOM.search(name) is not None


def key(docname: str, anchor: str = "") -> str:
    """Return the label and named destination of an anchor: `linear/scratch#training`; of a page: `linear/scratch`."""
    return f"{docname}#{anchor}" if anchor else docname


def docname_of(name: str) -> str:
    """Return the page of a key."""
    return name.partition("#")[0]
