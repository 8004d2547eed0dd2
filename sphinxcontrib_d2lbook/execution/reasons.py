"""Say in one sentence why a page must run.

The reason is the most telling difference between what the page depends on now and what its last run depended on.
"""

from __future__ import annotations

from collections.abc import Mapping

from .tasks import MISSING, UNSETTLED

NEVER_RUN = "not run before"
LOST = "its outputs are missing from the store"
FAILED = "it failed when it last ran"
DAMAGED = "its stored outputs are damaged"
ASKED = "all pages were asked to run"
EDITED = "{}, which it writes, was changed by something else"
PAGE = "page "
"""Prefix of parts that stand for another page on which a page depends; the docname follows."""
DIGEST_LENGTH = 32
"""Number of characters from which on a value is taken for a digest, which tells an author nothing."""


def run_reason(now: Mapping[str, str], before: Mapping[str, str] | None, through: Mapping[str, str]) -> str:
    """Return the reason for running a page.

    ``now`` is what the page depends on now and ``before`` what its last run depended on (None if it has not run), both
    as name -> digest, version or state. ``through`` maps the part of a saved object to the object through which the
    page reaches it.
    """
    if before is None:
        return NEVER_RUN
    changed = [name for name in now if name in before and now[name] != before[name]]
    added = [name for name in now if name not in before]
    gone = [name for name in before if name not in now]
    sentences = sorted(
        [
            *((_rank(name), name, _changed(name, before[name], now[name], through)) for name in changed),
            *((_rank(name) + 1, name, _added(name, through)) for name in added),
            *((_rank(name) + 2, name, f"{name} is gone") for name in gone),
        ]
    )
    if not sentences:
        return LOST
    more = len(sentences) - 1
    return sentences[0][2] + (f" (and {more} more)" if more else "")


def _rank(name: str) -> int:
    """Return the sort key of a change: the page's own cells come first, since they say more than what they reach."""
    return 0 if name.startswith("code of cell") else 10


def _changed(name: str, before: str, now: str, through: Mapping[str, str]) -> str:
    if name.startswith(PAGE):
        return f"{name.removeprefix(PAGE)}, on which it depends, runs again"
    if before == UNSETTLED:
        return f"{name} changed while the page ran"
    if now == MISSING:
        return f"{name} is gone"
    if before == MISSING:
        return f"{name} is new"
    if max(len(before), len(now)) < DIGEST_LENGTH:
        return f"{name} {before} -> {now}"
    return f"{name} changed" + _through(name, through)


def _added(name: str, through: Mapping[str, str]) -> str:
    if name.startswith(PAGE):
        return f"{name.removeprefix(PAGE)}, on which it depends, is new"
    return f"{name} is new" + _through(name, through)


def _through(name: str, through: Mapping[str, str]) -> str:
    return f" (through {through[name]})" if name in through else ""
