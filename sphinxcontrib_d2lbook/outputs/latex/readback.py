"""Where things came to stand in the PDF: read from it, for LaTeX tells nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...printed import Printed
from ..paper.record import noted
from .translator import BookFacts

POINTS_PER_MM = 72 / 25.4


def read(pdf: Path, facts: BookFacts) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    """Pages (from 1) and named destinations of all that was placed; the QR codes, as a `PrintedCode` has them.

    What the PDF does not have is left out: the check of numbers misses it.
    """
    with Printed(pdf) as printed:
        spots = printed.destinations
        places = {
            key: noted(spots[name].page + 1, name, aside=key in facts.asides)
            for key, name in facts.placed.items()
            if name in spots
        }
        codes = []
        for name, code in facts.codes.items():
            spot = spots.get(name)
            if spot is not None:
                _width, height = printed.size(spot.page)
                at = {"page": spot.page + 1, "x": spot.left / POINTS_PER_MM, "y": (height - spot.top) / POINTS_PER_MM}
                codes.append({"address": code.address, "at": code.at, "size": code.size, **at})
    return places, codes
