"""Write addresses of pages into references, for outputs without a file for each page: `%docname#anchor`.

A visitor turns such an address into a place in the same output, or into an address of the site.
"""

from __future__ import annotations

_PREFIX = "%"


def internal_address(docname: str) -> str:
    """Return what Sphinx puts into references to a page, before `#anchor`."""
    return _PREFIX + docname


def internal_target(uri: str) -> tuple[str, str] | None:
    """Return page and anchor ("" for the page itself) of an internal address; None for any other address."""
    if not uri.startswith(_PREFIX):
        return None
    docname, _, anchor = uri.removeprefix(_PREFIX).partition("#")
    return docname, anchor
