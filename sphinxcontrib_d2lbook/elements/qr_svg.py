"""QR codes: which addresses may become one, and its drawing as SVG. Pure."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import urlsplit

import segno

QUIET_ZONE = 4
"""Light modules around the code, as ISO/IEC 18004 asks for."""
LONGEST = 300
"""Characters; longer addresses make codes too fine to be scanned from paper."""
_PRINTABLE = re.compile(r"[!-~]+")


def fault(address: str) -> str | None:
    """What keeps an address from becoming a code; None if nothing does."""
    if not _PRINTABLE.fullmatch(address):
        return "an address has only ASCII characters and no spaces (percent-encode others)"
    if len(address) > LONGEST:
        return f"its {len(address)} characters are too many for a code that scans from paper (at most {LONGEST})"
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError as err:
        return f"it cannot be read: {err}"
    if parts.scheme == "mailto":
        return None if "@" in parts.path else "a mailto address needs an @"
    if parts.scheme not in ("http", "https"):
        return f"its scheme is {parts.scheme or 'missing'}; codes lead to http, https or mailto"
    return None if host else "it names no host"


def qr_svg(address: str, title: str) -> str:
    """The code (error correction M, quiet zone 4) as one `svg` element, one unit a module; the same text each time.

    ``title`` is what screen readers say. Raises ValueError for an address with a `fault`.
    """
    problem = fault(address)
    if problem:
        raise ValueError(f"{address!r}: {problem}")
    rows = [list(map(bool, row)) for row in segno.make(address, error="m", boost_error=False, micro=False).matrix]
    size = len(rows) + 2 * QUIET_ZONE
    name = escape(title, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" aria-label="{name}"'
        f' shape-rendering="crispEdges"><title>{name}</title>'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{_runs(rows)}"/></svg>'
    )


def _runs(rows: list[list[bool]]) -> str:
    """Dark modules as rectangles, one for each run in a row."""
    path = []
    for y, row in enumerate(rows, QUIET_ZONE):
        start = None
        for x, dark in enumerate([*row, False], QUIET_ZONE):
            if dark and start is None:
                start = x
            elif not dark and start is not None:
                path.append(f"M{start} {y}h{x - start}v1h-{x - start}z")
                start = None
    return "".join(path)
