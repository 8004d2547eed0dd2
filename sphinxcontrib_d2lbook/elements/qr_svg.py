"""QR codes: which addresses may become one, how large one must be for paper, and its drawing as SVG. Pure."""

from __future__ import annotations

import math
from functools import lru_cache
from html import escape

import segno

from ..addresses import url_schemes

QUIET_ZONE = 4
"""Light modules around the code, as ISO/IEC 18004 asks for."""
LONGEST = 300
"""Characters; longer addresses make codes too large for a page's margin."""
FINEST = 0.4
"""Millimetres of a module. Half of it is what printers resolve; a telephone held over a desk wants the other half."""


def fault(address: str) -> str | None:
    """What keeps an address from becoming a code; None if nothing does."""
    if len(address) > LONGEST:
        return f"its {len(address)} characters are too many for a code that scans from paper (at most {LONGEST})"
    return url_schemes.fault(address)


def smallest_size(address: str) -> int:
    """Millimetres of the side of a code, quiet zone included, whose modules are not finer than `FINEST`."""
    return math.ceil((len(_modules(address)) + 2 * QUIET_ZONE) * FINEST)


def qr_svg(address: str, title: str) -> str:
    """The code (error correction M, quiet zone 4) as one `svg` element, one unit a module; the same text each time.

    ``title`` is what screen readers say. Raises ValueError for an address with a `fault`.
    """
    problem = fault(address)
    if problem:
        raise ValueError(f"{address!r}: {problem}")
    rows = _modules(address)
    size = len(rows) + 2 * QUIET_ZONE
    name = escape(title, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" aria-label="{name}"'
        f' shape-rendering="crispEdges"><title>{name}</title>'
        f'<rect width="{size}" height="{size}" fill="#fff"/><path fill="#000" d="{_runs(rows)}"/></svg>'
    )


@lru_cache(maxsize=256)
def _modules(address: str) -> tuple[tuple[bool, ...], ...]:
    """Rows of the code, true where it is dark.

    Error correction M restores 15 % of a code: what a fold or a stain takes, without making the modules much finer.
    """
    code = segno.make(address, error="m", boost_error=False, micro=False)
    return tuple(tuple(map(bool, row)) for row in code.matrix)


def _runs(rows: tuple[tuple[bool, ...], ...]) -> str:
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
