"""Check which addresses can be QR codes, compute how large these must be on paper, and draw them as SVG. Pure."""

from __future__ import annotations

import math
from functools import lru_cache
from html import escape

import segno

from ..addresses import url_schemes

QUIET_ZONE = 4
"""Number of light modules around the code that ISO/IEC 18004 requires."""
LONGEST = 300
"""Greatest number of characters of an address; longer ones make codes that are too large for a page's margin."""
FINEST = 0.4
"""Least width of a module, in millimetres.

Printers can resolve half of it; a telephone that is held over a desk needs the other half.
"""


def fault(address: str) -> str | None:
    """Return why an address cannot be a code; None if it can."""
    if len(address) > LONGEST:
        return f"its {len(address)} characters are too many for a code that scans from paper (at most {LONGEST})"
    return url_schemes.address_problem(address)


def smallest_size(address: str) -> int:
    """Return the least side length of a code, in whole millimetres with the quiet zone; its modules keep `FINEST`."""
    return math.ceil((len(_modules(address)) + 2 * QUIET_ZONE) * FINEST)


def qr_svg(address: str, title: str) -> str:
    """Return the code (error correction M, quiet zone 4) as one `svg` element with one unit for each module.

    The same address always gives the same text. ``title`` is for screen readers. Raise ValueError if the address has a
    `fault`.
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
    """Return the rows of the code, true for dark modules.

    Error correction M restores 15 % of a code. That is enough for a fold or a stain, without much finer modules.
    """
    code = segno.make(address, error="m", boost_error=False, micro=False)
    return tuple(tuple(map(bool, row)) for row in code.matrix)


def _runs(rows: tuple[tuple[bool, ...], ...]) -> str:
    """Return the dark modules as a path of rectangles, one for each run in a row."""
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
