"""What is known of threads: the forum of the book, asked about a section by its label."""

from __future__ import annotations

from typing import Any

from ...addresses.schemes import fault
from ...errors import BookError
from ...forum import Forum
from ...forum import of as forum_of

__all__ = ["embedded", "forum_of", "thread_of"]


def thread_of(forum: Forum, identifier: str) -> str:
    """Address of a thread; "" if there is none yet. Raises BookError for one that readers cannot be led to."""
    address = forum.thread(identifier)
    if address:
        _refuse_odd(address, identifier)
    return address


def embedded(forum: Forum, identifier: str, title: str) -> dict[str, Any] | None:
    """What the script of the page is told, as JSON can hold it; None where the thread is only linked to.

    Raises BookError for a script that does not come from a host.
    """
    embed = forum.embed(identifier, title)
    if embed is None:
        return None
    _refuse_odd(embed.script, identifier)
    return {
        "kind": embed.kind,
        "script": embed.script,
        "attributes": dict(embed.attributes),
        "settings": dict(embed.settings),
    }


def _refuse_odd(address: str, identifier: str) -> None:
    problem = fault(address)
    if problem is None and not address.lower().startswith(("http://", "https://")):
        problem = "it is no address of the web"
    if problem:
        raise BookError(
            f"the forum that d2lbook_forum names gives {address[:100]!r} for the section {identifier!r}: {problem}"
        )
