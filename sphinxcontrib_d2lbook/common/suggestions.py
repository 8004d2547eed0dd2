"""Suggest the names that an author of an unknown name probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def did_you_mean(name: str, there: Iterable[str], most: int = 1, cutoff: float = 0.6) -> str:
    """Return a question with the names in ``there`` that resemble ``name``; "" if none does.

    At most ``most`` names are in it. ``cutoff`` is the least similarity, as `difflib.get_close_matches` takes it.
    """
    near = get_close_matches(name, sorted({str(known) for known in there} - {name}), n=most, cutoff=cutoff)
    return f"did you mean {' or '.join(map(repr, near))}?" if near else ""
